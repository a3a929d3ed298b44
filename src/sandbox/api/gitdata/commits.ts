/** Commits as people see them, comparisons, and branches. */
import type { ChangedFile, Commit, Sha } from "../../git/store.ts";
import { fullName } from "../../world/find.ts";
import { protectionSummary } from "../../world/protection.ts";
import { ApiError, notFound } from "../errors.ts";
import { paginate } from "../paginate.ts";
import { presentCommit } from "../present/commit.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { asText } from "./as-text.ts";
import { resolveCommit } from "./resolve.ts";

/** A comparison or a commit shows no more files than this on one page. */
const MOST_FILES = 300;
const MOST_COMMITS = 250;

async function listCommits(context: RouteContext): Promise<RouteResult> {
  const { query, store, repository } = context;
  const asked = query.get("sha") ?? repository.defaultBranch;
  const from = await resolveCommit(context, asked);
  if (repository.refs.size === 0) throw new ApiError(409, "Git Repository is empty.");
  if (from === undefined) throw notFound();
  const path = query.get("path") ?? undefined;
  const since = Date.parse(query.get("since") ?? "") || 0;
  const until = Date.parse(query.get("until") ?? "") || Number.POSITIVE_INFINITY;
  const within = ({ committer }: Commit) =>
    committer.timestamp * 1000 >= since && committer.timestamp * 1000 <= until;
  const commits = (await store.log(from, { limit: 10_000, ...(path ? { path } : {}) })).filter(within);
  return paginate(context, commits, (commit) =>
    presentCommit(context.world, context.urls, repository, commit),
  );
}

/** Files of a diff, as commits, comparisons and pull requests list them. */
export function presentFiles(context: RouteContext, head: Sha, files: readonly ChangedFile[]) {
  const { urls, world, repository } = context;
  const name = fullName(world, repository);
  return files.map((file) => {
    const path = file.path.split("/").map(encodeURIComponent).join("/");
    return {
      sha: file.sha,
      filename: file.path,
      status: file.status,
      additions: file.additions,
      deletions: file.deletions,
      changes: file.additions + file.deletions,
      blob_url: `${urls.html}/${name}/blob/${head}/${path}`,
      raw_url: `${urls.html}/${name}/raw/${head}/${path}`,
      contents_url: `${urls.api}/repos/${name}/contents/${path}?ref=${head}`,
      ...(file.patch === undefined ? {} : { patch: file.patch }),
      ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
    };
  });
}

async function getCommit(context: RouteContext): Promise<RouteResult> {
  const asked = context.params.ref ?? "";
  const sha = await resolveCommit(context, asked);
  if (sha === undefined) throw new ApiError(422, `No commit found for SHA: ${asked}`);
  const accept = context.headers.accept ?? "";
  if (/\bsha\b/.test(accept))
    return {
      status: 200,
      body: sha,
      headers: { "content-type": "application/vnd.github.sha; charset=utf-8" },
    };
  const commit = await commitAt(context, sha);
  const parent = commit.parents[0];
  const text = await asText(context, { from: parent, to: sha, commits: "last" });
  if (text) return text;
  const files = parent === undefined ? [] : await context.store.diff(parent, sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const body = {
    ...presentCommit(context.world, context.urls, context.repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: presentFiles(context, sha, files.slice(0, MOST_FILES)),
  };
  return { status: 200, body };
}

async function commitAt(context: RouteContext, sha: Sha): Promise<Commit> {
  const commit = await context.store.readCommit(sha);
  if (!commit) throw notFound();
  return commit;
}

async function compare(context: RouteContext): Promise<RouteResult> {
  const [baseName, headName] = (context.params.basehead ?? "").split("...");
  if (!baseName || !headName) throw notFound();
  const withoutOwner = (name: string): string => name.replace(/^[^:/]+:/, "");
  const base = await resolveCommit(context, withoutOwner(baseName));
  const head = await resolveCommit(context, withoutOwner(headName));
  if (base === undefined || head === undefined) throw notFound();
  const { store, world, urls, repository } = context;
  const mergeBase = await store.mergeBase(base, head);
  if (mergeBase === undefined)
    throw new ApiError(404, `No common ancestor between ${baseName} and ${headName}.`);
  const text = await asText(context, { from: mergeBase, to: head, commits: "all" });
  if (text) return text;
  const { ahead, behind } = await store.aheadBehind(base, head);
  const commits = [...(await store.log(head, { limit: MOST_COMMITS, notReachableFrom: base }))].reverse();
  const show = (commit: Commit) => presentCommit(world, urls, repository, commit);
  const name = fullName(world, repository);
  const page = `${urls.html}/${name}/compare/${baseName}...${headName}`;
  const body = {
    url: `${urls.api}/repos/${name}/compare/${baseName}...${headName}`,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: show(await commitAt(context, base)),
    merge_base_commit: show(await commitAt(context, mergeBase)),
    status: relation(ahead, behind),
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: commits.map(show),
    files: presentFiles(context, head, (await store.diff(mergeBase, head)).slice(0, MOST_FILES)),
  };
  return { status: 200, body };
}

function relation(ahead: number, behind: number): "identical" | "ahead" | "behind" | "diverged" {
  if (ahead === 0) return behind === 0 ? "identical" : "behind";
  return behind === 0 ? "ahead" : "diverged";
}

function branchesOf(context: RouteContext): { name: string; sha: Sha }[] {
  const heads = [...context.repository.refs].filter(([ref]) => ref.startsWith("refs/heads/"));
  const named = heads.map(([ref, sha]) => ({ name: ref.slice("refs/heads/".length), sha }));
  return named.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function summary(context: RouteContext, branch: string) {
  const { protected: isProtected, ...protection } = protectionSummary(
    context.world,
    context.repository,
    branch,
  );
  const name = fullName(context.world, context.repository);
  const url = `${context.urls.api}/repos/${name}/branches/${encodeURIComponent(branch)}/protection`;
  return { protected: isProtected, protection, protection_url: url };
}

function listBranches(context: RouteContext): RouteResult {
  const wanted = context.query.get("protected");
  const name = fullName(context.world, context.repository);
  const all = branchesOf(context).map((branch) => ({
    name: branch.name,
    commit: { sha: branch.sha, url: `${context.urls.api}/repos/${name}/commits/${branch.sha}` },
    ...summary(context, branch.name),
  }));
  const found = all.filter((branch) => wanted === null || String(branch.protected) === wanted);
  return paginate(context, found, (branch) => branch);
}

async function getBranch(context: RouteContext): Promise<RouteResult> {
  const branch = context.params.branch ?? "";
  const sha = context.repository.refs.get(`refs/heads/${branch}`);
  if (sha === undefined) throw new ApiError(404, "Branch not found");
  const name = fullName(context.world, context.repository);
  const self = `${context.urls.api}/repos/${name}/branches/${encodeURIComponent(branch)}`;
  const body = {
    name: branch,
    commit: presentCommit(context.world, context.urls, context.repository, await commitAt(context, sha)),
    _links: { self, html: `${context.urls.html}/${name}/tree/${branch}` },
    ...summary(context, branch),
  };
  return { status: 200, body };
}

const REPO = "/repos/{owner}/{repo}";
const READ = { permission: { contents: "read" } } as const;

export const commitRoutes: readonly Route[] = [
  route("GET", `${REPO}/commits`, READ, listCommits),
  route("GET", `${REPO}/commits/{ref*}`, READ, getCommit),
  route("GET", `${REPO}/compare/{basehead*}`, READ, compare),
  route("GET", `${REPO}/branches`, READ, listBranches),
  route("GET", `${REPO}/branches/{branch*}`, READ, getBranch),
];
