/** Git objects: blobs, trees, commits. */
import type { FileMode, Sha, TreeChange, TreeEntry } from "../../git/store.ts";
import { fullName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import { ApiError, notFound } from "../errors.ts";
import { optionalString, optionalStrings, requiredString } from "../input.ts";
import { presentGitCommit } from "../present/commit.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { peopleOf, signedByGitHub } from "./people.ts";

const SHA = /^[0-9a-f]{40}$/;
/** GitHub cuts a recursive tree off here and says `truncated`. */
const MOST_TREE_ENTRIES = 100_000;

const gitUrl = (context: RouteContext): string =>
  `${context.urls.api}/repos/${fullName(context.world, context.repository)}/git`;

async function getBlob(context: RouteContext): Promise<RouteResult> {
  const sha = context.params.file_sha ?? "";
  const content = SHA.test(sha) ? await context.store.readBlob(sha) : undefined;
  if (!content) throw notFound();
  const body = {
    sha,
    node_id: nodeId("B", Number.parseInt(sha.slice(0, 12), 16)),
    size: content.length,
    url: `${gitUrl(context)}/blobs/${sha}`,
    content: wrapBase64(content),
    encoding: "base64",
  };
  return { status: 200, body };
}

/** Base64 in lines of 60 characters, as GitHub sends it. */
export function wrapBase64(content: Buffer): string {
  return content
    .toString("base64")
    .replace(/(.{60})/g, "$1\n")
    .replace(/([^\n])$/, "$1\n");
}

async function createBlob(context: RouteContext): Promise<RouteResult> {
  const content = requiredString(context.body, "content");
  const encoding = optionalString(context.body, "encoding") ?? "utf-8";
  if (encoding !== "utf-8" && encoding !== "base64")
    throw new ApiError(422, "encoding must be utf-8 or base64");
  const sha = await context.store.createBlob(Buffer.from(content, encoding === "base64" ? "base64" : "utf8"));
  const url = `${gitUrl(context)}/blobs/${sha}`;
  return { status: 201, body: { sha, url }, headers: { location: url } };
}

function presentTree(context: RouteContext, sha: Sha, entries: readonly TreeEntry[]) {
  const url = gitUrl(context);
  const shown = entries.slice(0, MOST_TREE_ENTRIES).map((entry) => ({
    path: entry.path,
    mode: entry.mode,
    type: entry.type,
    sha: entry.sha,
    ...(entry.size === undefined ? {} : { size: entry.size }),
    ...(entry.type === "commit" ? {} : { url: `${url}/${entry.type}s/${entry.sha}` }),
  }));
  return { sha, url: `${url}/trees/${sha}`, tree: shown, truncated: entries.length > MOST_TREE_ENTRIES };
}

async function getTree(context: RouteContext): Promise<RouteResult> {
  const asked = context.params.tree_sha ?? "";
  const { repository, store } = context;
  const named = SHA.test(asked)
    ? asked
    : (repository.refs.get(`refs/heads/${asked}`) ?? repository.refs.get(`refs/tags/${asked}`));
  if (named === undefined) throw notFound();
  const commit = (await store.objectType(named)) === "commit" ? await store.readCommit(named) : undefined;
  const sha = commit?.tree ?? named;
  const recursive = context.query.has("recursive"); // any value of it, even 0, as the documentation says
  const entries = await store.readTree(sha, { recursive });
  if (!entries) throw notFound();
  return { status: 200, body: presentTree(context, sha, entries) };
}

const MODES: readonly string[] = ["100644", "100755", "040000", "160000", "120000"];

async function createTree(context: RouteContext): Promise<RouteResult> {
  const { store, body } = context;
  const given = body.tree;
  if (!Array.isArray(given)) throw new ApiError(422, "Invalid tree info");
  const baseSha = optionalString(body, "base_tree") ?? undefined;
  const base = baseSha === undefined ? undefined : await treeOf(context, baseSha);
  const changes = await Promise.all(given.map((entry: unknown) => treeChange(context, entry)));
  const sha = await store.createTree(base, changes);
  const shown = presentTree(context, sha, (await store.readTree(sha)) ?? []);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

/** A tree by its own name or by that of a commit: GitHub takes both as `base_tree`. */
async function treeOf(context: RouteContext, sha: Sha): Promise<Sha> {
  const type = SHA.test(sha) ? await context.store.objectType(sha) : undefined;
  if (type === "tree") return sha;
  const commit = type === "commit" ? await context.store.readCommit(sha) : undefined;
  if (!commit) throw new ApiError(422, "base_tree is not a valid tree oid");
  return commit.tree;
}

const kept = ({ services }: RouteContext, content: string): string =>
  services.facts["inline-text"] ? content : content.replaceAll("\0", "");

/** Git's tree without entries: it has its name before anybody has written it. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const CUT_MESSAGE = 16_384;

async function treeChange(context: RouteContext, entry: unknown): Promise<TreeChange> {
  if (typeof entry !== "object" || entry === null) throw new ApiError(422, "Invalid tree info");
  const { path, mode, sha, content } = entry as Record<string, unknown>;
  if (typeof path !== "string" || path === "") throw new ApiError(422, "Must supply a path for tree.path");
  if (
    path.startsWith("/") ||
    path
      .split("/")
      .some((part) => part === "" || part === "." || part === ".." || part.toLowerCase() === ".git")
  ) {
    throw new ApiError(422, "tree.path contains a malformed path component");
  }
  if (sha === null) return { path, mode: "100644", sha: null };
  if (typeof mode !== "string" || !MODES.includes(mode))
    throw new ApiError(422, "Must supply a valid tree.mode");
  if (typeof content === "string") {
    return {
      path,
      mode: mode as FileMode,
      sha: await context.store.createBlob(Buffer.from(kept(context, content), "utf8")),
    };
  }
  if (typeof sha !== "string") throw new ApiError(422, "Must supply either tree.sha or tree.content");
  const known = SHA.test(sha) && (mode === "160000" || (await context.store.objectType(sha)) !== undefined);
  if (!known) throw new ApiError(422, `tree.sha ${sha} is not a valid blob`);
  return { path, mode: mode as FileMode, sha };
}

async function getCommit(context: RouteContext): Promise<RouteResult> {
  const sha = context.params.commit_sha ?? "";
  const commit = SHA.test(sha) ? await context.store.readCommit(sha) : undefined;
  if (!commit) throw notFound();
  return { status: 200, body: presentGitCommit(context.world, context.urls, context.repository, commit) };
}

async function createCommit(context: RouteContext): Promise<RouteResult> {
  const { store, body, world, urls, repository } = context;
  const { facts } = context.services;
  const whole = requiredString(body, "message");
  const message = facts["long-messages"] ? whole : whole.slice(0, CUT_MESSAGE);
  const tree = requiredString(body, "tree");
  const parents = optionalStrings(body, "parents") ?? [];
  const hasTree = tree === EMPTY_TREE ? facts["empty-tree"] : (await store.objectType(tree)) === "tree";
  if (!SHA.test(tree) || !hasTree) throw new ApiError(422, "Tree SHA does not exist");
  for (const parent of parents) {
    if (SHA.test(parent) && (await store.objectType(parent)) === "commit") continue;
    throw new ApiError(422, "Parent SHA does not exist or is not a commit object");
  }
  const sha = await store.createCommit({ tree, parents, message, ...peopleOf(context) });
  if (signedByGitHub(context) && facts["app-commits-signed"]) repository.verifiedCommits.add(sha);
  const commit = await store.readCommit(sha);
  if (!commit) throw new RangeError(`the store lost the commit ${sha}`);
  const shown = presentGitCommit(world, urls, repository, commit);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

const GIT = "/repos/{owner}/{repo}/git";
const READ = { permission: { contents: "read" } } as const;
const WRITE = { permission: { contents: "write" } } as const;

export const objectRoutes: readonly Route[] = [
  route("GET", `${GIT}/blobs/{file_sha}`, READ, getBlob),
  route("POST", `${GIT}/blobs`, WRITE, createBlob),
  route("GET", `${GIT}/trees/{tree_sha*}`, READ, getTree),
  route("POST", `${GIT}/trees`, WRITE, createTree),
  route("GET", `${GIT}/commits/{commit_sha}`, READ, getCommit),
  route("POST", `${GIT}/commits`, WRITE, createCommit),
];
