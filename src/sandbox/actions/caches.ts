export interface Caches {
  readonly x?: never;
}
