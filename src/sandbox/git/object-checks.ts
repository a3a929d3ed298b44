/** What must be there before something names it: an object that lacks its parts would make every later clone fail. */
import { missingObject } from "./errors.ts";
import type { ObjectReader } from "./object-access.ts";
import type { Commit, Sha, Tag } from "./store.ts";

/** Throws `missing-object` unless every name is a commit of this repository. */
export async function assertCommits(reader: ObjectReader, ...shas: readonly Sha[]): Promise<void> {
  const infos = await Promise.all(shas.map((sha) => reader.info(sha)));
  for (const [index, info] of infos.entries()) {
    if (info?.type !== "commit") throw missingObject(shas[index]!, "commit");
  }
}

/** Throws `missing-object`. */
export async function assertCommitParts(
  reader: ObjectReader,
  { tree, parents }: Pick<Commit, "tree" | "parents">,
): Promise<void> {
  if ((await reader.info(tree))?.type !== "tree") throw missingObject(tree, "tree");
  await assertCommits(reader, ...parents);
}

/** Throws `missing-object`. */
export async function assertTagged(
  reader: ObjectReader,
  { object, type }: Pick<Tag, "object" | "type">,
): Promise<void> {
  if ((await reader.info(object))?.type !== type) throw missingObject(object, type);
}

/** A branch stands for a commit, any other ref for any object. Throws `missing-object`. */
export async function assertTarget(reader: ObjectReader, ref: string, to: Sha): Promise<void> {
  const type = (await reader.info(to))?.type;
  const isBranch = ref.startsWith("refs/heads/");
  if (type === undefined || (isBranch && type !== "commit"))
    throw missingObject(to, isBranch ? "commit" : "object");
}
