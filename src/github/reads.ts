/** Everything that Cairn reads on GitHub: GET only, safe to repeat. */

import type { Address } from "./address.ts";
import type { Answer, Client, Params } from "./client.ts";
import { GitHubError } from "./errors.ts";
import { createFileCache, type FileCache, readFile } from "./files.ts";
import { createListCache, knownList, type ListCache } from "./known-lists.ts";
import { queuePlace } from "./merge-queue.ts";
import { allPages, firstPages, pagesFromLast } from "./pages.ts";
import type { GitHubReads, Permission, Read } from "./ports.ts";
import * as present from "./present.ts";
import { branchRules } from "./rules.ts";
import { objectsOf, pathOf, Shape } from "./shape.ts";
import { teamMembership, teamSeen } from "./teams.ts";
import { openThreads } from "./threads.ts";

const REPO = "/repos/{owner}/{repo}";

/** `address` is asked anew for each request; `cache` and `lists`: what is known already. */
export function createReads(
  client: Client,
  address: () => Address,
  cache: FileCache = createFileCache(),
  lists: ListCache = createListCache(),
): GitHubReads {
  async function one<T>(
    route: string,
    params: Params,
    read: (shape: Shape) => T,
  ): Promise<Read<T> | undefined> {
    const answer = await client.get(route, { ...address(), ...params });
    return answer && readOf(answer, read(new Shape(route, answer.data)));
  }

  /** Of a list that always exists where the repository does. */
  async function list<T>(
    route: string,
    params: Params,
    read: (shape: Shape) => T,
  ): Promise<Read<readonly T[]>> {
    const pages = await allPages(client, route, { ...address(), ...params });
    return present404(route, pages && readOf(pages, pages.items.map(read)));
  }

  /** Of a list that sweeps read again and again. */
  async function known<T>(
    route: string,
    params: Params,
    take: (shape: Shape) => T,
  ): Promise<Read<readonly T[]>> {
    const found = await knownList(client, lists, { route, params: { ...address(), ...params } }, take);
    return present404(route, found);
  }

  const wrapped = (key: string) => (where: string, answer: Answer) =>
    new Shape(where, answer.data).objects(key);

  return {
    repository: async () => present404(REPO, await one(REPO, {}, present.repository)),
    mergeMethods: async () => present404(REPO, await one(REPO, {}, present.mergeMethods)),
    issue: (issue_number) => one(`${REPO}/issues/{issue_number}`, { issue_number }, present.issue),
    async comments(issue_number, expected) {
      const route = `${REPO}/issues/{issue_number}/comments`;
      const pages = present404(
        route,
        await pagesFromLast(client, route, { ...address(), issue_number }, expected),
      );
      const items = pages.items.map(present.comment);
      return readOf(
        pages,
        items.length < expected ? { kind: "short", items, expected } : { kind: "complete", items },
      );
    },
    comment: (comment_id) => one(`${REPO}/issues/comments/{comment_id}`, { comment_id }, present.comment),
    commentsSince: (since) =>
      list(
        `${REPO}/issues/comments`,
        { since: new Date(since).toISOString(), sort: "updated", direction: "asc" },
        present.repositoryComment,
      ),
    async newestComments(since, most) {
      const route = `${REPO}/issues/comments`;
      const params = { since: new Date(since).toISOString(), sort: "created", direction: "desc" };
      const pages = present404(route, await firstPages(client, route, { ...address(), ...params }, most));
      return readOf(pages, pages.items.map(present.repositoryComment));
    },
    async issuesLabelled(labels) {
      const found = await known(`${REPO}/issues`, { labels, state: "open" }, present.listed);
      return { ...found, value: found.value.flatMap((one) => (one.isPull ? [] : [one.number])) };
    },
    async issuesChanged(since) {
      const params = { since: new Date(since).toISOString(), state: "all" };
      const found = await known(`${REPO}/issues`, params, present.listed);
      return { ...found, value: found.value.filter(({ isPull, comments }) => !isPull || comments > 0) };
    },
    async issueTextsSince(since) {
      // GitHub's times are whole seconds: what changed later in this one says that it did at its beginning.
      const from = new Date(Math.floor(since / 1_000) * 1_000).toISOString();
      const found = await list(`${REPO}/issues`, { since: from, state: "all" }, present.issueText);
      return { ...found, value: found.value.flatMap(({ isPull, ...text }) => (isPull ? [] : [text])) };
    },
    blockers: (issue_number) =>
      list(`${REPO}/issues/{issue_number}/dependencies/blocked_by`, { issue_number }, present.blocker),
    async lastEdit(number) {
      const answer = await client.query(LAST_EDIT, { ...address(), number });
      return present.lastEdit(new Shape("graphql", answer.data), (value) => readOf(answer, value));
    },
    async commentEdits(ids) {
      const answer = await client.query(COMMENT_EDITS, { ids: ids.slice(0, 100) });
      return readOf(answer, present.commentEdits(new Shape("graphql", answer.data)));
    },
    issueEvents: (issue_number) =>
      list(`${REPO}/issues/{issue_number}/events`, { issue_number }, present.issueEvent),
    ref: (ref) =>
      one(`${REPO}/git/ref/{+ref}`, { ref: pathOf(ref) }, (shape) => shape.object("object").text("sha")),
    matchingRefs: (ref) =>
      known(`${REPO}/git/matching-refs/{+ref}`, { ref: pathOf(ref) }, (shape) => ({
        ref: shape.text("ref"),
        sha: shape.object("object").text("sha"),
      })),
    commit: (commit_sha) => one(`${REPO}/git/commits/{commit_sha}`, { commit_sha }, present.commit),
    file: (path, ref) => readFile(client, address(), { path, ref, cache }),
    async isAncestor(ancestor, descendant) {
      const status = await one(
        `${REPO}/compare/{ancestor}...{descendant}`,
        { ancestor, descendant },
        (shape) => shape.text("status"),
      );
      return status?.value === "ahead" || status?.value === "identical";
    },
    permission: (username) => permissionOf(client, address(), username),
    teamMembership: (team, login) => teamMembership(client, address().owner, team, login),
    teamSeen: (team) => teamSeen(client, address().owner, team),
    pull: (pull_number) => one(`${REPO}/pulls/{pull_number}`, { pull_number }, present.pull),
    pullsOfHead: (branch) =>
      list(`${REPO}/pulls`, { state: "all", head: `${address().owner}:${branch}` }, present.pull),
    async closedPulls() {
      const route = `${REPO}/pulls`;
      const params = { ...address(), state: "closed", sort: "updated", direction: "desc", per_page: 100 };
      const answer = present404(route, await client.get(route, params));
      return readOf(answer, objectsOf(route, answer.data).map(present.pull));
    },
    messagesSince: (sha, since) =>
      list(`${REPO}/commits`, { sha, since: new Date(since).toISOString() }, (shape) =>
        shape.object("commit").text("message"),
      ),
    reviews: (pull_number) => list(`${REPO}/pulls/{pull_number}/reviews`, { pull_number }, present.review),
    lineComments: (pull_number) =>
      list(`${REPO}/pulls/{pull_number}/comments`, { pull_number }, present.lineComment),
    pullCommits: (pull_number) =>
      list(`${REPO}/pulls/{pull_number}/commits`, { pull_number }, present.pullCommit),
    async checks(ref) {
      const route = `${REPO}/commits/{ref}/check-runs`;
      const params = { ...address(), ref, filter: "latest" };
      const runs = present404(route, await allPages(client, route, params, wrapped("check_runs")));
      const statusRoute = `${REPO}/commits/{ref}/status`;
      const statuses = present404(
        statusRoute,
        await allPages(client, statusRoute, { ...address(), ref }, wrapped("statuses")),
      );
      return readOf(runs, [...runs.items.map(present.checkRun), ...statuses.items.map(present.commitStatus)]);
    },
    branchRules: (branch) => branchRules(client, address(), branch),
    async pullFiles(pull_number) {
      const found = await list(`${REPO}/pulls/{pull_number}/files`, { pull_number }, (shape) => [
        shape.text("filename"),
        ...(typeof shape.fields.previous_filename === "string" ? [shape.fields.previous_filename] : []),
      ]);
      return { ...found, value: { files: found.value.length, paths: found.value.flat() } };
    },
    queuePlace: (pull) => queuePlace(client, address(), pull),
    openThreads: (pull) => openThreads(client, address(), pull),
    async dispatchedRuns(workflow_id) {
      const route = `${REPO}/actions/workflows/{workflow_id}/runs`;
      // The newest hundred: older runs are of intents that are over.
      const answer = await client.get(route, {
        ...address(),
        workflow_id,
        event: "workflow_dispatch",
        per_page: 100,
      });
      return answer && readOf(answer, wrapped("workflow_runs")(route, answer).map(present.run));
    },
    workflowState: (workflow_id) =>
      one(`${REPO}/actions/workflows/{workflow_id}`, { workflow_id }, (shape) => shape.text("state")),
    async jobs(run_id) {
      const route = `${REPO}/actions/runs/{run_id}/jobs`;
      const params = { ...address(), run_id, filter: "all" };
      const pages = present404(route, await allPages(client, route, params, wrapped("jobs")));
      return readOf(pages, pages.items.map(present.job));
    },
    async jobLog(job_id) {
      const answer = await client.download(`${REPO}/actions/jobs/{job_id}/logs`, { ...address(), job_id });
      return answer && readOf(answer, String(answer.data));
    },
    runAttempt: (run_id, attempt) =>
      one(`${REPO}/actions/runs/{run_id}/attempts/{attempt}`, { run_id, attempt }, present.run),
  };
}

/** REST does not say that a text was edited, nor by whom. */
const LAST_EDIT = `query lastEdit($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    issue(number: $number) {
      title body lastEditedAt
      editor { __typename login ... on User { databaseId } ... on Bot { databaseId } }
    }
  }
}`;

const COMMENT_EDITS = `query commentEdits($ids: [ID!]!) {
  nodes(ids: $ids) { ... on IssueComment { id body lastEditedAt } }
}`;

const readOf = <T>(at: { readonly readAt: number; readonly serverTime: number }, value: T): Read<T> => ({
  value,
  readAt: at.readAt,
  serverTime: at.serverTime,
});

function present404<T>(where: string, value: T | undefined): T {
  if (value === undefined)
    throw new GitHubError("refused", `GET ${where}`, "404: not there, or not visible to the app", {
      status: 404,
    });
  return value;
}

const ROLES: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];

/** Role names of an organisation's own making fall back to the permission that they build on. */
async function permissionOf(client: Client, address: Address, username: string): Promise<Read<Permission>> {
  const route = `${REPO}/collaborators/{username}/permission`;
  const ask = () => client.get(route, { ...address, username });
  let answer = await ask();
  if (!answer) {
    // An account that does not exist may do nothing. One that does has a permission: a 404 is no answer about it.
    const account = await client.get("/users/{username}", { username });
    if (account)
      throw new GitHubError("unavailable", `GET ${route}`, "404 for an account that is there", {
        status: 404,
      });
    // Whoever is asked about has just been seen to do something: that they are gone is to be said twice.
    answer = await ask();
    if (!answer) return { value: "none", readAt: 0, serverTime: 0 };
  }
  const shape = new Shape(route, answer.data);
  const names = [shape.textOr("role_name", ""), shape.textOr("permission", "none")];
  return readOf(
    answer,
    names.map((name) => ROLES.find((role) => role === name)).find((role) => role !== undefined) ?? "none",
  );
}
