/** Where a repository is found: names, which change. */
export interface Address {
  readonly owner: string;
  readonly repo: string;
}
