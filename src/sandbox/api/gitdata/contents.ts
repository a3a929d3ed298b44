/** Files and directories by path. */
import { posix } from "node:path";
import type { Sha, TreeEntry } from "../../git/store.ts";
import { moveRef } from "../../refs.ts";
import { fullName } from "../../world/find.ts";
import { ApiError, notFound } from "../errors.ts";
import { optionalString, requiredString } from "../input.ts";
import { presentGitCommit } from "../present/commit.ts";
import { checkFileMove } from "../pulls/push-gate.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { wrapBase64 } from "./objects.ts";
import { peopleOf, signedByGitHub } from "./people.ts";
import { resolveCommit } from "./resolve.ts";
import { submoduleUrl } from "./submodules.ts";

async function getContents(context: RouteContext): Promise<RouteResult> {
  const { repository, store } = context;
  const path = (context.params.path ?? "").replace(/^\/+|\/+$/g, "");
  const ref = context.query.get("ref") ?? repository.defaultBranch;
  const commit = await resolveCommit(context, ref);
  if (commit === undefined) {
    if (repository.refs.size === 0) throw new ApiError(404, "This repository is empty.");
    throw new ApiError(404, context.query.has("ref") ? `No commit found for the ref ${ref}` : "Not Found");
  }
  if (path === "") return directory(context, "", (await store.readCommit(commit))?.tree ?? "", ref);
  const entry = await store.entryAt(commit, path);
  if (!entry) throw notFound();
  if (entry.type === "tree") return directory(context, path, entry.sha, ref);
  if (entry.type === "commit") {
    const shown = presentEntry(context, { ...entry, path }, ref);
    const url = await submoduleUrl(context, commit, path);
    return { status: 200, body: { ...shown, type: "submodule", submodule_git_url: url } };
  }
  if (entry.mode === "120000") return link(context, commit, path, ref);
  return file(context, { ...entry, path }, ref, entry.sha);
}

/** Documented: a link to a plain file of the repository is shown as that file, any other as itself. */
async function link(context: RouteContext, commit: Sha, path: string, ref: string): Promise<RouteResult> {
  const { store } = context;
  const entry = await store.entryAt(commit, path);
  const target = entry && String((await store.readBlob(entry.sha)) ?? "");
  if (!entry || target === undefined) throw notFound();
  const there = posix.join(posix.dirname(path), target);
  const isWithin = !target.startsWith("/") && !there.startsWith("../");
  const found = isWithin ? await store.entryAt(commit, there) : undefined;
  if (found?.type === "blob" && found.mode !== "120000")
    return file(context, { ...found, path }, ref, found.sha);
  const shown = presentEntry(context, { ...entry, path, size: target.length }, ref);
  return { status: 200, body: { ...shown, type: "symlink", target } };
}

/** Documented: the text of up to 1 MB; of more none, with the encoding `none`. */
const MOST_BYTES = 1_048_576;

async function file(context: RouteContext, entry: TreeEntry, ref: string, sha: Sha): Promise<RouteResult> {
  const content = await context.store.readBlob(sha);
  if (!content) throw notFound();
  if (/\braw\b/.test(context.headers.accept ?? "")) {
    return {
      status: 200,
      body: content,
      headers: { "content-type": "application/vnd.github.raw; charset=utf-8" },
    };
  }
  const shown = presentEntry(context, { ...entry, size: content.length }, ref);
  const text =
    content.length > MOST_BYTES
      ? { content: "", encoding: "none" }
      : { content: wrapBase64(content), encoding: "base64" };
  return { status: 200, body: { ...shown, ...text } };
}

async function directory(context: RouteContext, path: string, tree: Sha, ref: string): Promise<RouteResult> {
  const entries = (await context.store.readTree(tree)) ?? [];
  const within = (name: string): string => (path === "" ? name : `${path}/${name}`);
  return {
    status: 200,
    body: entries.map((entry) => presentEntry(context, { ...entry, path: within(entry.path) }, ref)),
  };
}

function presentEntry(context: RouteContext, entry: TreeEntry, ref: string) {
  const { world, urls, repository } = context;
  const name = fullName(world, repository);
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const url = `${urls.api}/repos/${name}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const kind = entry.type === "tree" ? "tree" : "blob";
  const gitUrl = `${urls.api}/repos/${name}/git/${kind}s/${entry.sha}`;
  const page = `${urls.html}/${name}/${kind}/${ref}/${path}`;
  return {
    name: entry.path.split("/").at(-1) ?? entry.path,
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: page,
    git_url: gitUrl,
    download_url: entry.type === "blob" ? `${urls.html}/${name}/raw/${ref}/${path}` : null,
    type: typeOf(entry),
    _links: { self: url, git: gitUrl, html: page },
  };
}

/** Within a list a submodule is a `file`: documented as kept for old clients. */
function typeOf(entry: TreeEntry): "file" | "dir" | "symlink" {
  if (entry.type === "tree") return "dir";
  return entry.mode === "120000" ? "symlink" : "file";
}

async function putContents(context: RouteContext): Promise<RouteResult> {
  const content = requiredString(context.body, "content");
  const blob = await context.store.createBlob(Buffer.from(content, "base64"));
  const { created, path, commit, ref } = await commitFile(context, blob);
  const entry = await context.store.entryAt(commit, path);
  const shown =
    entry && presentEntry(context, { ...entry, path, size: Buffer.from(content, "base64").length }, ref);
  return { status: created ? 201 : 200, body: { content: shown, commit: await showCommit(context, commit) } };
}

async function deleteContents(context: RouteContext): Promise<RouteResult> {
  requiredString(context.body, "sha");
  const { commit } = await commitFile(context, null);
  return { status: 200, body: { content: null, commit: await showCommit(context, commit) } };
}

async function showCommit(context: RouteContext, sha: Sha) {
  const commit = await context.store.readCommit(sha);
  if (!commit) throw new RangeError(`the store lost the commit ${sha}`);
  return presentGitCommit(context.world, context.urls, context.repository, commit);
}

/** One commit that sets the file at the path to `blob`, or takes it away, on the branch that the body names. */
async function commitFile(context: RouteContext, blob: Sha | null) {
  const { repository, store, actor, body } = context;
  const path = context.params.path ?? "";
  const message = requiredString(body, "message");
  const branch = optionalString(body, "branch") ?? repository.defaultBranch;
  const ref = `refs/heads/${branch}`;
  const head = repository.refs.get(ref) ?? null;
  if (head === null && repository.refs.size > 0) throw new ApiError(404, `Branch ${branch} not found`);
  const current = head === null ? undefined : await store.entryAt(head, path);
  checkBlobSha(path, current, optionalString(body, "sha") ?? undefined);
  const parent = head === null ? undefined : await store.readCommit(head);
  const tree = await store.createTree(parent?.tree, [{ path, mode: current?.mode ?? "100644", sha: blob }]);
  const parents = head === null ? [] : [head];
  const commit = await store.createCommit({ tree, parents, message, ...peopleOf(context) });
  const what = blob === null ? "delete" : current ? "update" : "create";
  await checkFileMove(context, { ref, before: head, after: commit }, what);
  if (signedByGitHub(context)) repository.verifiedCommits.add(commit);
  const change = { repositoryId: repository.id, ref, to: commit, expected: head };
  const move = await moveRef(context.services, change, { actor, requestId: context.requestId });
  if (!move) throw new ApiError(409, `${path} does not match ${current?.sha ?? ""}`);
  return { created: current === undefined, path, commit, ref: branch };
}

/** The client must know the file that it replaces. */
function checkBlobSha(path: string, current: TreeEntry | undefined, given: string | undefined): void {
  if (!current) {
    if (given !== undefined) throw notFound();
    return;
  }
  if (given === undefined) throw new ApiError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (given !== current.sha) throw new ApiError(409, `${path} does not match ${given}`);
}

const REPO = "/repos/{owner}/{repo}";

export const contentRoutes: readonly Route[] = [
  route("GET", `${REPO}/contents`, { permission: { contents: "read" } }, getContents),
  route("GET", `${REPO}/contents/{path*}`, { permission: { contents: "read" } }, getContents),
  route("PUT", `${REPO}/contents/{path*}`, { permission: { contents: "write" } }, putContents),
  route("DELETE", `${REPO}/contents/{path*}`, { permission: { contents: "write" } }, deleteContents),
];
