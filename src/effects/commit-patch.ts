/**
 * The verified patch as git objects on GitHub: blobs, a tree, one commit. No ref names them, so nothing has
 * happened yet; what makes them count is the effect `branch.create`. GitHub's tree must be the verified one.
 */
import { Refusal, type Site } from "../barrier/index.ts";
import type { Outcome } from "../github/outcome.ts";
import type { NewFile, Sha } from "../github/ports.ts";

export interface PatchedFile {
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000";
  /** `undefined`: removed. */
  readonly content: Buffer | undefined;
}

export interface VerifiedTree {
  /** Commit and tree that the patch was verified on. */
  readonly base: Sha;
  readonly baseTree: Sha;
  /** What git made of base and patch where it was verified. */
  readonly tree: Sha;
  readonly files: readonly PatchedFile[];
  /** Of a merge: the head that it goes onto, then `base`; by default `base` alone. */
  readonly parents?: readonly Sha[] | undefined;
}

/** Throws `PublishRefused` with GitHub's words. */
export async function commitPatch(site: Site, patch: VerifiedTree, message: string): Promise<Sha> {
  const files: NewFile[] = [];
  for (const file of patch.files) files.push(await uploaded(site, file));
  const tree = value(await repeatable(() => site.writes.createTree({ baseTree: patch.baseTree, files })));
  if (tree.sha !== patch.tree) {
    throw new PublishRefused(`GitHub made tree ${tree.sha} of the patch, ${patch.tree} was verified`);
  }
  const input = { message, tree: tree.sha, parents: patch.parents ?? [patch.base] };
  return value(await repeatable(() => site.writes.createCommit(input))).sha;
}

/** Text goes along with the tree; anything that is not UTF-8 needs a blob of its own. */
async function uploaded(site: Site, { path, mode, content }: PatchedFile): Promise<NewFile> {
  if (content === undefined) return { path, mode };
  if (isText(content)) return { path, mode, content: content.toString("utf8") };
  const blob = value(await repeatable(() => site.writes.createBlob(content)));
  return { path, mode, blob: blob.sha };
}

const isText = (content: Buffer): boolean => Buffer.from(content.toString("utf8"), "utf8").equals(content);

/** How many requests the uploads take beside the tree: one for each file that is no text. */
export const blobsOf = (files: readonly PatchedFile[]): number =>
  files.filter(({ content }) => content !== undefined && !isText(content)).length;

/** Objects are named by their content: made again they are the same, and unnamed ones change nothing. */
async function repeatable<T>(send: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const first = await send();
  const limited = first.kind === "refused" && first.reason === "rate-limited";
  return first.kind === "unknown" || limited ? send() : first;
}

function value<T>(end: Outcome<T>): T {
  if (end.kind === "applied") return end.value;
  throw new PublishRefused(end.message);
}

/** GitHub does not take the objects. Nothing was published. */
export class PublishRefused extends Refusal {
  constructor(why: string) {
    super("not-intended", why);
  }
}
