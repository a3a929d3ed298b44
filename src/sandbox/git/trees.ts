/** Reading of trees with whole paths, and the making of a tree out of another one and changes. */
import { GitStoreError, missingObject } from "./errors.ts";
import type { ObjectReader, ObjectWriter, RawEntry } from "./object-access.ts";
import { encodeTree, fromRawName, toRawName, typeOfMode } from "./objects.ts";
import type { Sha, TreeChange, TreeEntry } from "./store.ts";

/** Entries of the tree (or of the tree of a commit), in git's order; subtrees stand before what is in them. */
export async function readTree(
  reader: ObjectReader,
  sha: Sha,
  depth: "one" | "all",
): Promise<readonly TreeEntry[] | undefined> {
  const entries = await reader.tree(sha);
  return entries && expand(reader, entries, "", depth);
}

async function expand(
  reader: ObjectReader,
  entries: readonly RawEntry[],
  prefix: string,
  depth: "one" | "all",
): Promise<TreeEntry[]> {
  const parts = await Promise.all(
    entries.map(async (raw) => {
      const entry = await withSize(reader, raw, prefix);
      if (depth === "one" || entry.type !== "tree") return [entry];
      const below = await entriesOf(reader, entry.sha);
      return [entry, ...(await expand(reader, below, `${entry.path}/`, depth))];
    }),
  );
  return parts.flat();
}

async function withSize(reader: ObjectReader, raw: RawEntry, prefix: string): Promise<TreeEntry> {
  const type = typeOfMode(raw.mode);
  const entry = { path: prefix + fromRawName(raw.name), mode: raw.mode, type, sha: raw.sha };
  if (type !== "blob") return entry;
  const info = await reader.info(raw.sha);
  return info ? { ...entry, size: info.size } : entry;
}

/** Entry at a path in the tree of a commit-ish; `undefined` when there is none. */
export async function entryAt(
  reader: ObjectReader,
  commit: Sha,
  path: string,
): Promise<TreeEntry | undefined> {
  const names = path.split("/").map(toRawName);
  let tree = await reader.tree(commit);
  for (const [index, name] of names.entries()) {
    const raw = tree?.find((entry) => entry.name === name);
    if (!raw) return undefined;
    if (index === names.length - 1) return { ...(await withSize(reader, raw, "")), path };
    tree = raw.mode === "040000" ? await reader.tree(raw.sha) : undefined;
  }
  return undefined;
}

/** What is to become of one name in a tree: something of its own, and something for the names below it. */
interface Edit {
  own: TreeChange | undefined;
  readonly below: Map<string, Edit>;
}

/**
 * Writes the tree that `base` becomes with the changes and returns its name. Later changes win; a deletion takes
 * away only what `base` has there, so that "delete `a`, add `a/b`" means the same in both orders.
 * Directories that become empty are gone. Deleting what is not there changes nothing.
 * Throws `invalid-path` or `missing-object`.
 */
export async function createTree(
  reader: ObjectReader,
  writer: ObjectWriter,
  base: Sha | undefined,
  changes: readonly TreeChange[],
): Promise<Sha> {
  await assertObjects(reader, changes);
  for (const { path } of changes) for (const name of path.split("/")) assertName(name, path);
  const raw = changes.map((change) => ({ ...change, path: toRawName(change.path) }));
  return changeTree(reader, writer, base, raw);
}

/** The same with raw paths of objects that are known to be there. */
export async function changeTree(
  reader: ObjectReader,
  writer: ObjectWriter,
  base: Sha | undefined,
  changes: readonly TreeChange[],
): Promise<Sha> {
  const root = new Map<string, Edit>();
  for (const change of changes) addEdit(root, change);
  const entries = base === undefined ? [] : await entriesOf(reader, base);
  return writeEntries(writer, await applyEdits(reader, writer, entries, root));
}

async function assertObjects(reader: ObjectReader, changes: readonly TreeChange[]): Promise<void> {
  await Promise.all(
    changes.map(async ({ sha, mode }) => {
      // The commit of a submodule lives in another repository.
      if (sha === null || mode === "160000") return;
      const wanted = typeOfMode(mode);
      const info = await reader.info(sha);
      if (info?.type !== wanted) throw missingObject(sha, wanted);
    }),
  );
}

function addEdit(root: Map<string, Edit>, change: TreeChange): void {
  let level = root;
  let edit: Edit | undefined;
  for (const name of change.path.split("/")) {
    edit = level.get(name) ?? { own: undefined, below: new Map() };
    level.set(name, edit);
    level = edit.below;
  }
  edit!.own = change;
  if (change.sha !== null) edit!.below.clear();
}

function assertName(name: string, path: string): void {
  if (name !== "" && name !== "." && name !== ".." && name.toLowerCase() !== ".git" && !name.includes("\0"))
    return;
  throw new GitStoreError("invalid-path", {
    what: "git does not take this path in a tree",
    where: JSON.stringify(path),
    next: "Write it relative to the root, without empty parts, `.`, `..` or `.git`.",
  });
}

async function entriesOf(reader: ObjectReader, tree: Sha): Promise<readonly RawEntry[]> {
  const found = await reader.tree(tree);
  if (!found) throw missingObject(tree, "tree");
  return found;
}

async function applyEdits(
  reader: ObjectReader,
  writer: ObjectWriter,
  base: readonly RawEntry[],
  edits: ReadonlyMap<string, Edit>,
): Promise<readonly RawEntry[]> {
  const entries = new Map(base.map((entry) => [entry.name, entry]));
  for (const [name, edit] of edits) {
    const changed = await applyEdit(reader, writer, name, entries.get(name), edit);
    if (changed) entries.set(name, changed);
    else entries.delete(name);
  }
  return [...entries.values()];
}

async function applyEdit(
  reader: ObjectReader,
  writer: ObjectWriter,
  name: string,
  before: RawEntry | undefined,
  edit: Edit,
): Promise<RawEntry | undefined> {
  const start = edit.own === undefined ? before : ownEntry(name, edit.own);
  if (edit.below.size === 0) return start;
  const isTree = start?.mode === "040000";
  if (!isTree && onlyDeletes(edit.below)) return start; // nothing of that is below a file
  const inside = isTree ? await entriesOf(reader, start.sha) : [];
  const after = await applyEdits(reader, writer, inside, edit.below);
  if (after.length === 0) return undefined;
  return { name, mode: "040000", sha: await writeEntries(writer, after) };
}

function ownEntry(name: string, change: TreeChange): RawEntry | undefined {
  return change.sha === null ? undefined : { name, mode: change.mode, sha: change.sha };
}

function onlyDeletes(edits: ReadonlyMap<string, Edit>): boolean {
  return [...edits.values()].every((edit) => (edit.own?.sha ?? null) === null && onlyDeletes(edit.below));
}

function writeEntries(writer: ObjectWriter, entries: readonly RawEntry[]): Promise<Sha> {
  return writer.write("tree", encodeTree(entries));
}
