/** Pull requests: lists, single ones, and what they consist of. */
import { commentsOf, findIssue, findUser } from "../../world/find.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import { asText } from "../gitdata/as-text.ts";
import { presentFiles } from "../gitdata/commits.ts";
import { paginate } from "../paginate.ts";
import { presentCommit } from "../present/commit.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { commitsOf, filesOf } from "./counts.ts";
import { pullParam } from "./param.ts";
import { presentFullPull, presentPull } from "./present.ts";

function listPulls(context: RouteContext): RouteResult {
  const { world, repository, query } = context;
  const state = query.get("state") ?? "open";
  const head = query.get("head")?.toLowerCase();
  const base = query.get("base");
  const owner = findUser(world, repository.ownerId).login;
  const found = [...world.pulls.values()].filter((pull) => {
    if (pull.repositoryId !== repository.id) return false;
    if (state !== "all" && findIssue(world, pull.issueId).state !== state) return false;
    if (base !== null && pull.baseRef !== base) return false;
    // GitHub passes over a head that names no owner.
    return !head?.includes(":") || head === `${owner}:${pull.headRef}`.toLowerCase();
  });
  const key = sortKey(context);
  // Descending where sorted by creation, ascending otherwise, unless asked.
  const byCreation = (query.get("sort") ?? "created") === "created";
  const ascending = (query.get("direction") ?? (byCreation ? "desc" : "asc")) === "asc";
  found.sort((a, b) => (ascending ? 1 : -1) * (key(a) - key(b) || a.number - b.number));
  return paginate(context, found, (pull) => presentPull(world, context.urls, pull));
}

function sortKey({ query, world }: RouteContext): (pull: PullRequest) => number {
  switch (query.get("sort")) {
    case "updated":
      return (pull) => findIssue(world, pull.issueId).updatedAt;
    case "popularity":
      return (pull) => commentsOf(world, pull.issueId).length;
    default:
      return (pull) => findIssue(world, pull.issueId).createdAt;
  }
}

/** As JSON, or as the text that the media type asks for. */
async function getPull(context: RouteContext): Promise<RouteResult> {
  const pull = pullParam(context);
  const fork = await context.store.mergeBase(pull.baseSha, pull.headSha);
  const text = await asText(context, { from: fork ?? pull.baseSha, to: pull.headSha, commits: "all" });
  return text ?? { status: 200, body: presentFullPull(context.world, context.urls, pull) };
}

const REPO = "/repos/{owner}/{repo}";
const ONE = `${REPO}/pulls/{pull_number}`;
const READ = { permission: { pull_requests: "read" } } as const;

export const readRoutes: readonly Route[] = [
  route("GET", `${REPO}/pulls`, READ, listPulls),
  route("GET", ONE, READ, getPull),
  route("GET", `${ONE}/commits`, READ, async (context) =>
    paginate(context, await commitsOf(context.services, pullParam(context)), (commit) =>
      presentCommit(context.world, context.urls, context.repository, commit),
    ),
  ),
  route("GET", `${ONE}/files`, READ, async (context) => {
    const pull = pullParam(context);
    const files = presentFiles(context, pull.headSha, await filesOf(context.services, pull));
    return paginate(context, files, (file) => file);
  }),
];
