/** Objects of a repository by their names, wherever they are kept. */
import type { Commit, FileMode, Sha } from "./store.ts";

export type ObjectType = "commit" | "tree" | "blob" | "tag";

export interface ObjectInfo {
  readonly sha: Sha;
  readonly type: ObjectType;
  /** Bytes. */
  readonly size: number;
}

export interface ObjectContent extends ObjectInfo {
  readonly content: Buffer;
}

export interface ObjectReader {
  /** Type and size; `undefined` when the repository has no such object. */
  info(name: string): Promise<ObjectInfo | undefined>;
  /** The object itself. `name`: 40 digits, also with `^{tree}` or `^{commit}` behind them. */
  read(name: string): Promise<ObjectContent | undefined>;
  /** Entries of a tree, or of the tree that a commit or a tag stands for. */
  tree(name: Sha): Promise<readonly RawEntry[] | undefined>;
  commit(name: Sha): Promise<Commit | undefined>;
  /** After what was asked before has been answered. Every later question is refused (`closed`). */
  close(): Promise<void>;
}

/**
 * Entry of a tree with its name as git holds it: bytes, here as a `latin1` string with one character for each byte,
 * so that a name that is no UTF-8 survives, and that strings compare as bytes do.
 */
export interface RawEntry {
  readonly name: string;
  readonly mode: FileMode;
  readonly sha: Sha;
}

export interface ObjectWriter {
  /** Keeps the object, if it is not there yet, and returns its name. */
  write(type: ObjectType, content: Buffer): Promise<Sha>;
}
