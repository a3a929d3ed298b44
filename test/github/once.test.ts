/** I3: every method of `GitHubWrites` sends one request, whatever becomes of it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GitHubWrites, Outcome } from "../../src/github/index.ts";
import type { FaultRule } from "../../src/sandbox/control/faults.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";
import { connectTo } from "./connection.ts";

const SHA = "1".repeat(40);

/** Each method with its route; that nothing of it exists in the repository does not matter to the connection. */
const METHODS: Record<keyof GitHubWrites, (writes: GitHubWrites) => Promise<Outcome<unknown>>> = {
  createCommit: (writes) => writes.createCommit({ message: "m", tree: SHA, parents: [] }),
  createBlob: (writes) => writes.createBlob(Buffer.from([0, 255])),
  createTree: (writes) =>
    writes.createTree({ baseTree: SHA, files: [{ path: "a", mode: "100644", content: "a" }] }),
  createRef: (writes) => writes.createRef("refs/cairn/1", SHA),
  updateRef: (writes) => writes.updateRef("refs/cairn/1", SHA),
  createComment: (writes) => writes.createComment(1, "once"),
  createShownComment: (writes) => writes.createShownComment(2, "once"),
  editComment: (writes) => writes.editComment(1, "once"),
  deleteComment: (writes) => writes.deleteComment(1),
  addReaction: (writes) => writes.addReaction(1, "+1"),
  addLabels: (writes) => writes.addLabels(1, ["cairn:ready"]),
  removeLabel: (writes) => writes.removeLabel(1, "cairn:ready"),
  closeIssue: (writes) => writes.closeIssue(1, "completed"),
  createCheck: (writes) =>
    writes.createCheck({ name: "n", head: SHA, conclusion: null, title: "t", summary: "s", externalId: "e" }),
  updateCheck: (writes) =>
    writes.updateCheck(1, { conclusion: "success", title: "t", summary: "s", externalId: "e" }),
  dispatchWorkflow: (writes) =>
    writes.dispatchWorkflow({ workflowFile: "cairn.yml", ref: "main", inputs: { issue: "1" } }),
  cancelRun: (writes) => writes.cancelRun(1),
  createPull: (writes) => writes.createPull({ title: "t", body: "b", head: "h", base: "main" }),
  editPull: (writes) => writes.editPull(2, "b"),
  closePull: (writes) => writes.closePull(1),
  requestReviewers: (writes) => writes.requestReviewers(1, ["rui"]),
  createReview: (writes) => writes.createReview({ pull: 1, head: SHA, body: "b" }),
  enqueuePull: (writes) => writes.enqueuePull("PR_1", SHA),
  dequeuePull: (writes) => writes.dequeuePull("PR_1"),
  mergePull: (writes) =>
    writes.mergePull({ number: 1, sha: SHA, method: "squash", title: "t", message: "m" }),
  updatePullBranch: (writes) => writes.updatePullBranch(1, SHA),
  createIssue: (writes) => writes.createIssue({ title: "t", body: "b" }),
};
const NAMES = Object.keys(METHODS) as (keyof GitHubWrites)[];

const UNKNOWN: readonly [string, FaultRule["fault"]][] = [
  ["the answer is lost", { kind: "answer-lost" }],
  ["the request is lost", { kind: "request-lost" }],
  ["502 after it was applied", { kind: "status-after", status: 502 }],
  ["500", { kind: "status", status: 500 }],
  ["503", { kind: "status", status: 503 }],
  ["408", { kind: "status", status: 408 }],
  ["a 200 that says nothing of what was asked", { kind: "status", status: 200, message: "OK" }],
];

const REFUSED: readonly [string, FaultRule["fault"], string][] = [
  ["301", { kind: "status", status: 301, headers: { location: "/repositories/1/elsewhere" } }, "other"],
  ["307", { kind: "status", status: 307, headers: { location: "/repositories/1/elsewhere" } }, "other"],
  ["308", { kind: "status", status: 308, headers: { location: "/repositories/1/elsewhere" } }, "other"],
  ["401", { kind: "status", status: 401, message: "Bad credentials" }, "unauthorized"],
  [
    "403 for a permission",
    { kind: "status", status: 403, message: "Resource not accessible by integration" },
    "forbidden",
  ],
  [
    "403 for the secondary limit",
    {
      kind: "status",
      status: 403,
      message: "You have exceeded a secondary rate limit",
      headers: { "retry-after": "60" },
    },
    "rate-limited",
  ],
  ["405", { kind: "status", status: 405, message: "Pull Request is not mergeable" }, "not-allowed"],
  ["409", { kind: "status", status: 409, message: "Head branch was modified" }, "conflict"],
  ["410", { kind: "status", status: 410, message: "This issue was deleted" }, "gone"],
  ["422", { kind: "status", status: 422, message: "Validation Failed" }, "invalid"],
  ["429", { kind: "status", status: 429, message: "Too Many Requests" }, "rate-limited"],
  ["451", { kind: "status", status: 451, message: "Repository access blocked" }, "other"],
];

let fixture: Fixture;
beforeAll(async () => {
  // More is written here in a minute than GitHub lets one installation write.
  fixture = await start({ limits: "off" });
});
afterAll(() => fixture[Symbol.asyncDispose]());

async function sendBehind(name: keyof GitHubWrites, fault: FaultRule["fault"]) {
  const { writes } = await connectTo(fixture);
  fixture.sandbox.faults.add({ actor: "installation", count: 10, fault });
  const before = fixture.sandbox.requestLog.length;
  const end = await METHODS[name](writes);
  const arrived = fixture.sandbox.requestLog.length - before;
  fixture.sandbox.faults.clear();
  return { end, arrived };
}

test.each(UNKNOWN)("%s: every method sends one request, and nobody knows", async (_what, fault) => {
  for (const name of NAMES) {
    const { end, arrived } = await sendBehind(name, fault);
    expect({ name, arrived, kind: end.kind }).toEqual({ name, arrived: 1, kind: "unknown" });
  }
});

test.each(REFUSED)("%s: every method sends one request, and is refused", async (_what, fault, reason) => {
  for (const name of NAMES) {
    const { end, arrived } = await sendBehind(name, fault);
    expect({ name, arrived, kind: end.kind }).toEqual({ name, arrived: 1, kind: "refused" });
    expect(end).toMatchObject({ reason });
  }
});

test("no answer in time: every method sends one request, and nobody knows", async () => {
  const { writes } = await connectTo(fixture, { timeout: 200 });
  fixture.sandbox.faults.add({ actor: "installation", count: 50, fault: { kind: "hang", ms: 700 } });
  const before = fixture.sandbox.requestLog.length;
  const ends = await Promise.all(NAMES.map(async (name) => [name, (await METHODS[name](writes)).kind]));
  expect(ends).toEqual(NAMES.map((name) => [name, "unknown"]));
  // What was sent stands in the log when it has hung long enough.
  await new Promise((resolve) => setTimeout(resolve, 900));
  const arrived = fixture.sandbox.requestLog.slice(before).map(({ method, path }) => `${method} ${path}`);
  expect(arrived).toHaveLength(NAMES.length);
  // Mutations of GraphQL have one address.
  expect(arrived.filter((one) => one === "POST /graphql")).toHaveLength(2);
  expect(new Set(arrived).size).toBe(NAMES.length - 1);
  fixture.sandbox.faults.clear();
});

test("where no answer came, none is made up: Octokit calls it a 500", async () => {
  expect((await sendBehind("createComment", { kind: "answer-lost" })).end).toMatchObject({
    status: undefined,
  });
  expect((await sendBehind("createComment", { kind: "status", status: 500 })).end).toMatchObject({
    status: 500,
  });
});

test("half of a body that was sent as whole says nothing", async () => {
  const maya = fixture.as(fixture.tokens.maintainer);
  const issue = (await maya("POST", "~/issues", { title: "t" })).body.number;
  const { writes } = await connectTo(fixture);
  fixture.sandbox.faults.add({ actor: "installation", count: 10, fault: { kind: "half-body" } });
  const before = fixture.sandbox.requestLog.length;
  const ends = [
    await writes.createComment(issue, "once"),
    await writes.addLabels(issue, ["one", "two"]),
    await writes.closeIssue(issue, "completed"),
  ];
  fixture.sandbox.faults.clear();
  expect(ends.map((end) => end.kind)).toEqual(["unknown", "unknown", "unknown"]);
  expect(fixture.sandbox.requestLog.length - before).toBe(3);
  // All three were done: only a look at GitHub can tell.
  const { reads } = await connectTo(fixture);
  expect((await reads.issue(issue))?.value).toMatchObject({
    state: "closed",
    labels: ["one", "two"],
    comments: 1,
  });
});
