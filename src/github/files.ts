/** Files of a repository at a commit: there, or seen not to be there. */
import { putBounded } from "../core/bounded.ts";
import type { Address } from "./address.ts";
import type { Client } from "./client.ts";
import { GitHubError } from "./errors.ts";
import type { FileInfo, Read, Sha } from "./ports.ts";
import * as present from "./present.ts";
import { objectsOf, pathOf, Shape } from "./shape.ts";

const CONTENTS = "/repos/{owner}/{repo}/contents/{+path}";
const TREE = "/repos/{owner}/{repo}/git/trees/{tree_sha}";

/** At a commit a file never changes: what was read once, be it that there is none, need not be read again. Safe to lose. */
export interface FileCache {
  get(commit: Sha, path: string): Read<FileInfo | undefined> | undefined;
  put(commit: Sha, path: string, found: Read<FileInfo | undefined>): void;
}

const LIMIT = 500;

export function createFileCache(): FileCache {
  const known = new Map<string, Read<FileInfo | undefined>>();
  return {
    get: (commit, path) => known.get(`${commit}:${path}`),
    put: (commit, path, found) => putBounded(known, `${commit}:${path}`, found, LIMIT),
  };
}

/**
 * Text of a file at a commit or at a branch's tip, or why what is there has none; `undefined`: there is nothing. A file that is not there has a meaning
 * (defaults, nobody's rights narrowed), and a 404 is what GitHub also answers while it cannot see: it is believed only
 * once the nearest folder that can be listed is seen without it. Throws `GitHubError` `unavailable` otherwise.
 */
export async function readFile(
  client: Client,
  address: Address,
  { path, ref, cache }: { readonly path: string; readonly ref: string; readonly cache: FileCache },
): Promise<Read<FileInfo> | undefined> {
  const isFixed = /^[0-9a-f]{40}$/.test(ref);
  const known = isFixed ? cache.get(ref, path) : undefined;
  const found = known ?? (await freshly(client, address, path, ref));
  if (isFixed && !known) cache.put(ref, path, found);
  const { value, ...at } = found;
  return value && { value, ...at };
}

async function freshly(
  client: Client,
  address: Address,
  path: string,
  ref: string,
): Promise<Read<FileInfo | undefined>> {
  const answer = await client.get(CONTENTS, { ...address, path: pathOf(path), ref });
  if (!answer) return seenAbsent(client, address, path, ref);
  return { value: fileOf(path, answer.data), readAt: answer.readAt, serverTime: answer.serverTime };
}

/** What is there and has no text is there: it has another meaning than nothing. */
function fileOf(path: string, data: unknown): FileInfo {
  if (Array.isArray(data)) return { path, sha: "", text: { flaw: "a folder" } };
  const shape = new Shape(CONTENTS, data);
  return { path, sha: shape.text("sha"), text: present.fileText(shape) };
}

/**
 * From the file's folder up to the root: the first that answers says whether the next one down is in it. Of a folder
 * with more than 1,000 entries GitHub lists the first: there a 404 is believed as it is.
 */
async function seenAbsent(
  client: Client,
  address: Address,
  path: string,
  ref: string,
): Promise<Read<undefined>> {
  const names = path.split("/");
  for (let depth = names.length - 1; depth >= 0; depth -= 1) {
    const folder = names.slice(0, depth).join("/");
    const answer = await (folder === ""
      ? client.get(TREE, { ...address, tree_sha: ref })
      : client.get(CONTENTS, { ...address, path: pathOf(folder), ref }));
    if (!answer) continue;
    const wanted = names.slice(0, depth + 1).join("/");
    const entries =
      folder === "" ? new Shape(TREE, answer.data).objects("tree") : objectsOf(CONTENTS, answer.data);
    if (entries.some((entry) => entry.text("path") === wanted)) break;
    return { value: undefined, readAt: answer.readAt, serverTime: answer.serverTime };
  }
  throw new GitHubError(
    "unavailable",
    `GET ${CONTENTS}`,
    `404 for ${path}, which is there, or cannot be seen now`,
    {
      status: 404,
    },
  );
}
