/** Where a file that names actions comes from: a commit of a repository, or a folder on disk. */
import type { Source } from "./load.ts";

export type Origin =
  | { readonly kind: "commit"; readonly source: Source }
  /** The top folder of an action's repository below `--actions DIR`. */
  | { readonly kind: "folder"; readonly top: string };
