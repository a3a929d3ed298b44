/**
 * What this process happens to remember of an issue's status comment. It decides nothing about the issue: lost, the
 * comment is looked for, and made or edited where it does not say what it should. Times are GitHub's, ms.
 */
export interface KnownStatus {
  /** The comment that counts. */
  id: number | undefined;
  /** What it says, by its name; or what there is nothing to be done about. */
  key: string | undefined;
  /** Digest of the body as it was written last, and when. */
  body: string | undefined;
  at: number;
  /** The same without its place in a queue. */
  gist: string | undefined;
  /** What it is to say but for that, and since when. */
  wanted: { readonly gist: string; readonly since: number } | undefined;
  /** When it was written lately. */
  written: readonly number[];
  /** Nothing is written before. */
  notBefore: number;
  /** Tries in a row that came to nothing. */
  failures: number;
  /** Whether it was created nobody knows until then, or a list may not show it. */
  createAfter: number;
  /** When a list is read that shows whether it was written twice. */
  checkAt: number | undefined;
  /** Generation of which this process has made a step: others wait before they create one. */
  mine: number | undefined;
  /** A share of the ration of those that wait was taken for what it is to say. */
  rationed: boolean;
  /** What it was to say when somebody deleted it. */
  deletedAt: string | undefined;
  /** Milliseconds that the agents of ended runs worked. */
  readonly worked: Map<string, number>;
}

export const unknownStatus = (): KnownStatus => ({
  id: undefined,
  key: undefined,
  gist: undefined,
  body: undefined,
  at: 0,
  wanted: undefined,
  written: [],
  notBefore: 0,
  failures: 0,
  createAfter: 0,
  checkAt: undefined,
  mine: undefined,
  rationed: false,
  deletedAt: undefined,
  worked: new Map(),
});
