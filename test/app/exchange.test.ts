/** The token exchange: each claim that is not as it must be refuses alone, with its code; rights are the least. */
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  checkClaims,
  checkRun,
  ExchangeRefusal,
  otherRepository,
  permissionsFor,
  THERE,
} from "../../src/app/exchange.ts";
import { type ExchangeDesk, exchange } from "../../src/app/exchange-answer.ts";
import { exchangeHandler } from "../../src/app/exchange-handler.ts";
import type { OpenEdge } from "../../src/core/chain.ts";
import {
  agentRun,
  branchCreate,
  branchPush,
  issueCreate,
  merge,
  mergeEnqueue,
  pullClose,
  reviewAgain,
  reviewPost,
} from "../../src/core/keys.ts";
import type { Edge, Effect } from "../../src/core/words.ts";
import { GitHubError, type OidcClaims, type RunInfo } from "../../src/github/index.ts";

const trust = {
  workflowFile: "cairn.yml",
  trustedWorkflows: ["cairn-dev/cairn/.github/workflows/cairn.yml@refs/tags/v1"],
  botId: 900,
};
const claims: OidcClaims = {
  repository: "acme/tools",
  repositoryId: 7,
  runId: 5,
  runAttempt: 1,
  workflowRef: "acme/tools/.github/workflows/cairn.yml@refs/heads/main",
  jobWorkflowRef: "cairn-dev/cairn/.github/workflows/cairn.yml@refs/tags/v1",
  eventName: "workflow_dispatch",
  ref: "refs/heads/main",
  actorId: 900,
};
const run: RunInfo = {
  id: 5,
  attempt: 1,
  status: "in_progress",
  conclusion: null,
  event: "workflow_dispatch",
  headBranch: "main",
  path: ".github/workflows/cairn.yml",
  displayTitle: "",
  actorId: 900,
  repositoryId: 7,
  createdAt: 0,
  startedAt: 0,
  updatedAt: 0,
  htmlUrl: "",
};

const codeOf = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof ExchangeRefusal) return error.code;
    throw error;
  }
  return "granted";
};

test.each<[string, Partial<OidcClaims>, string]>([
  ["as it must be", {}, "granted"],
  ["another event", { eventName: "push" }, "wrong-event"],
  ["a pull request's event", { eventName: "pull_request_target" }, "wrong-event"],
  ["another branch", { ref: "refs/heads/feature" }, "wrong-branch"],
  [
    "a caller from another branch",
    { workflowRef: "acme/tools/.github/workflows/cairn.yml@refs/heads/x" },
    "wrong-workflow",
  ],
  [
    "another caller",
    { workflowRef: "acme/tools/.github/workflows/own.yml@refs/heads/main" },
    "wrong-workflow",
  ],
  ["a job of the repository's own", { jobWorkflowRef: claims.workflowRef }, "wrong-workflow"],
  [
    "another ref of the workflow",
    { jobWorkflowRef: "cairn-dev/cairn/.github/workflows/cairn.yml@refs/heads/main" },
    "wrong-workflow",
  ],
  [
    "a fork of it",
    { jobWorkflowRef: "evil/cairn/.github/workflows/cairn.yml@refs/tags/v1" },
    "wrong-workflow",
  ],
  ["a person's dispatch", { actorId: 1 }, "wrong-actor"],
])("claims: %s", (_what, change, code) => {
  expect(codeOf(() => checkClaims({ ...claims, ...change }, trust, "main"))).toBe(code);
});

test.each<[string, Partial<RunInfo> | null, string]>([
  ["as the claims say", {}, "granted"],
  ["not to be seen", null, "run-unseen"],
  ["over", { status: "completed" }, "run-unconfirmed"],
  ["in another attempt", { attempt: 2 }, "run-unconfirmed"],
  ["of another repository", { repositoryId: 8 }, "run-unconfirmed"],
  ["of another workflow", { path: ".github/workflows/ci.yml" }, "run-unconfirmed"],
  ["on another branch", { headBranch: "x" }, "run-unconfirmed"],
  ["started by somebody else", { actorId: 1 }, "run-unconfirmed"],
])("the run: %s", (_what, change, code) => {
  const seen = change === null ? undefined : { ...run, ...change };
  expect(codeOf(() => checkRun(seen, claims, trust, "main"))).toBe(code);
});

const open = (edge: Edge, ...effects: Effect[]): OpenEdge => ({
  edge,
  generation: 1,
  attempt: 1,
  budget: null,
  digest: "d",
  effects,
  seq: 2,
  claim: null,
  result: null,
  cancel: null,
});
const turn = { generation: 1, attempt: 1 };

test("a token can do what its job needs and no more", () => {
  const implement = open("implement", agentRun(12, turn), branchCreate("cairn/12-g1"));
  expect(permissionsFor("gate", implement)).toEqual({ contents: "write", issues: "read" });
  expect(permissionsFor("gate", open("implement", pullClose(4, turn), agentRun(12, turn)))).toMatchObject({
    pull_requests: "write",
  });
  // What the check printed in an earlier run.
  expect(permissionsFor("gate", { ...implement, mends: { id: 5, attempt: 1 } })).toEqual({
    contents: "write",
    issues: "read",
    actions: "read",
  });
  const merging = open("merge", merge(41, "a".repeat(40), "merge", turn));
  expect(permissionsFor("gate", merging)).toMatchObject({
    pull_requests: "write",
    checks: "read",
    statuses: "read",
  });
  // Into a merge queue, where the installation grants it.
  const entering = open("merge", mergeEnqueue(41, "a".repeat(40), turn));
  expect(permissionsFor("gate", entering)).toEqual(permissionsFor("gate", merging));
  expect(permissionsFor("gate", entering, { queue: true })).toEqual({
    ...permissionsFor("gate", merging),
    merge_queues: "write",
  });
  expect(permissionsFor("gate", merging, { queue: true })).not.toHaveProperty("merge_queues");
  // Who is in a team: where people have set conditions aside, what they may hangs on teams, and for that job alone.
  const overridden: OpenEdge = { ...merging, overridden: true };
  const teams = { teams: true };
  expect(permissionsFor("gate", overridden, teams)).toEqual({
    ...permissionsFor("gate", merging),
    members: "read",
  });
  expect(permissionsFor("gate", overridden)).not.toHaveProperty("members");
  expect(permissionsFor("gate", merging, teams)).not.toHaveProperty("members");
  expect(permissionsFor("conclude", overridden, teams)).not.toHaveProperty("members");
  expect(permissionsFor("effect", implement)).toEqual({
    contents: "write",
    pull_requests: "write",
    issues: "read",
  });
  const push = branchPush("cairn/12-g1", 41, "a".repeat(40), { generation: 1, round: 1 });
  const fixing = open("fix", agentRun(12, { generation: 1, round: 1 }), push);
  expect(permissionsFor("gate", fixing)).toEqual({
    contents: "write",
    issues: "read",
    actions: "read",
    checks: "read",
    pull_requests: "read",
    statuses: "read",
  });
  expect(permissionsFor("effect", fixing)).toEqual({
    contents: "write",
    pull_requests: "read",
    issues: "read",
  });
  // Whoever asked for changes is asked again.
  const asks = reviewAgain("cairn/12-g1", ["robin"], "a".repeat(40), { generation: 1, round: 1 });
  expect(permissionsFor("effect", open("fix", push, asks))).toMatchObject({ pull_requests: "write" });
  const post = reviewPost(41, "a".repeat(40), { generation: 1, look: 1 });
  const reviewing = open("review", agentRun(12, { generation: 1, look: 1 }), post);
  expect(permissionsFor("gate", reviewing)).toEqual({ contents: "write", issues: "read" });
  // What reviews it publishes nothing.
  expect(permissionsFor("effect", reviewing)).toEqual({
    contents: "read",
    pull_requests: "write",
    issues: "read",
  });
  // What opens an issue elsewhere writes nothing here but the chain; there it may write issues, and in no other job.
  const there = { repository: 8, name: "acme/billing", asker: { id: 1, login: "maya" } };
  const routing = open("route", issueCreate({ repository: 7, number: 12 }, there, turn));
  expect(permissionsFor("gate", routing)).toEqual({ contents: "write", issues: "read" });
  expect(THERE).toEqual({ issues: "write" });
  expect(otherRepository("gate", routing)).toBe(8);
  expect(otherRepository("effect", routing)).toBeUndefined();
  expect(otherRepository("conclude", routing)).toBeUndefined();
  expect(otherRepository("gate", implement)).toBeUndefined();
  expect(permissionsFor("conclude", implement)).toEqual({ contents: "write", issues: "write" });
  for (const purpose of ["gate", "effect", "conclude"] as const) {
    expect(permissionsFor(purpose, implement)).not.toHaveProperty("workflows");
    expect(permissionsFor(purpose, implement)).not.toHaveProperty("actions");
  }
});

let server: Server;
let url: string;
const said: string[] = [];
const desk: ExchangeDesk = {
  log: ({ message }) => said.push(message),
  verify: async (token) => {
    if (token !== "good") throw new ExchangeRefusal("bad-token", "not good", 401);
    return claims;
  },
  admit: async (_claims, issue) => {
    if (issue === 13) throw new Error("the database of nobody is down");
    if (issue === 14) throw new ExchangeRefusal("limited", "no room", 503, 45_000);
    if (issue === 15) throw new GitHubError("rate-limited", "GET x", "a limit", { retryAfter: 90_000 });
    return open("implement", agentRun(issue, turn));
  },
  issueToken: async () => ({
    token: "ghs_secret",
    expiresAt: "2026-01-01T00:00:00Z",
    appId: 77,
    botId: 900,
    botLogin: "cairn[bot]",
    namespace: "cairn",
  }),
};

beforeAll(async () => {
  const handle = exchangeHandler((request) => exchange(desk, request));
  server = createServer((request, response) => {
    void handle(request, response).then((served) => {
      if (!served) response.writeHead(404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/cairn/token`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = async (body: string, token = "good", method = "POST") => {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(method === "POST" ? { body } : {}),
  });
  return {
    status: response.status,
    body: (await response.json()) as { error?: { code: string }; token?: string },
  };
};

test("over HTTP: a grant, each refusal with its status, and nothing secret in the log", async () => {
  const good = JSON.stringify({ issue: 12, purpose: "gate" });
  expect(await ask(good)).toMatchObject({ status: 200, body: { token: "ghs_secret" } });
  expect(await ask(good, "bad")).toMatchObject({ status: 401, body: { error: { code: "bad-token" } } });
  for (const body of [
    "",
    "{",
    "[]",
    '{"issue":0,"purpose":"gate"}',
    '{"issue":1,"purpose":"agent"}',
    '{"issue":"1","purpose":"gate"}',
  ]) {
    expect(await ask(body)).toMatchObject({ status: 400, body: { error: { code: "bad-request" } } });
  }
  expect(await ask(JSON.stringify({ issue: 12, purpose: "gate", pad: "x".repeat(5_000) }))).toMatchObject({
    status: 413,
  });
  expect((await ask("", "good", "GET")).status).toBe(405);
  // I11: the job is told when to come back, whether its share has no room or a limit lasts.
  for (const [issue, retryAfter] of [
    [14, 45_000],
    [15, 90_000],
  ]) {
    expect(await ask(JSON.stringify({ issue, purpose: "gate" }))).toMatchObject({
      status: 503,
      body: { error: { code: "limited", retryAfter } },
    });
  }
  // What went wrong inside stays inside.
  expect(await ask(JSON.stringify({ issue: 13, purpose: "gate" }))).toMatchObject({
    status: 503,
    body: { error: { code: "unavailable" } },
  });
  expect(said.join("\n")).not.toMatch(/ghs_secret|good\b.*Bearer/);
});
