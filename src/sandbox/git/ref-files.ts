/**
 * Refs read straight from the repository's files, as git lays them out: loose ones first, then `packed-refs`.
 * Nothing is kept that a push could make wrong: a packed file is read again as soon as it is another one.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path/posix";
import { isRefName } from "./ref-names.ts";
import type { Sha } from "./store.ts";

const MAX_SYMBOLIC_DEPTH = 5;

export interface RefValue {
  readonly ref: string;
  readonly sha: Sha;
}

export interface RefFiles {
  read(ref: string): Promise<Sha | undefined>;
  /** Sorted by name. */
  list(prefix: string): Promise<readonly RefValue[]>;
  /** Branch that HEAD names; `undefined` when HEAD is detached. */
  head(): Promise<string | undefined>;
  /** Forgets what was read before. */
  forget(): void;
}

/** Reader of the refs of the bare repository in `directory`. */
export function createRefFiles(directory: string): RefFiles {
  let packed: { readonly stamp: string; readonly refs: ReadonlyMap<string, Sha> } | undefined;

  async function packedRefs(): Promise<ReadonlyMap<string, Sha>> {
    const path = join(directory, "packed-refs");
    const found = await orAbsent(stat(path, { bigint: true }));
    if (!found) return new Map();
    const stamp = `${found.ino}:${found.size}:${found.mtimeNs}`;
    if (packed?.stamp !== stamp) {
      const text = await orAbsent(readFile(path, "utf8"));
      packed = { stamp, refs: parsePackedRefs(text ?? "") };
    }
    return packed.refs;
  }

  async function read(ref: string, depth = 0): Promise<Sha | undefined> {
    if (!isRefName(ref)) return undefined;
    // Loose before packed: git packs a ref before it removes the loose file.
    const loose = await orAbsent(readFile(join(directory, ref), "utf8"));
    if (loose === undefined) return (await packedRefs()).get(ref);
    const target = symbolicTarget(loose);
    if (target !== undefined) return depth < MAX_SYMBOLIC_DEPTH ? read(target, depth + 1) : undefined;
    return shaOf(loose);
  }

  async function list(prefix: string): Promise<readonly RefValue[]> {
    if (prefix.includes("..")) return [];
    const folder = prefix.startsWith("refs/") ? dirname(`${prefix}x`) : "refs";
    const names = (await looseNames(directory, folder)).filter((name) => name.startsWith(prefix));
    const refs = new Map<string, Sha>();
    const values = await Promise.all(names.map((name) => read(name)));
    for (const [ref, sha] of await packedRefs()) if (ref.startsWith(prefix)) refs.set(ref, sha);
    for (const [index, sha] of values.entries()) if (sha !== undefined) refs.set(names[index]!, sha);
    return [...refs].map(([ref, sha]) => ({ ref, sha })).sort((a, b) => (a.ref < b.ref ? -1 : 1));
  }

  return {
    read: (ref) => read(ref),
    list,
    head: async () => symbolicTarget(await readFile(join(directory, "HEAD"), "utf8")),
    forget: () => {
      packed = undefined;
    },
  };
}

function parsePackedRefs(text: string): Map<string, Sha> {
  const refs = new Map<string, Sha>();
  for (const line of text.split("\n")) {
    const match = /^([0-9a-f]{40}) (refs\/.+)$/.exec(line);
    if (match) refs.set(match[2]!, match[1]!);
  }
  return refs;
}

/** Names of the files below a folder of refs; git's lock files are none. */
async function looseNames(directory: string, folder: string): Promise<string[]> {
  const entries = await orAbsent(readdir(join(directory, folder), { withFileTypes: true }));
  const found = await Promise.all(
    (entries ?? []).map((entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return looseNames(directory, name);
      return isRefName(name) ? [name] : [];
    }),
  );
  return found.flat();
}

const symbolicTarget = (content: string): string | undefined => /^ref: (.+)\n?$/.exec(content)?.[1];
const shaOf = (content: string): Sha | undefined => /^[0-9a-f]{40}/.exec(content)?.[0];

/** `undefined` where no such file exists: git itself adds and removes these files at any time. */
async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw error;
  }
}
