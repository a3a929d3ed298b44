/** Writes are sent once, whatever becomes of the answer (I3; GitHub facts: "Octokit and Probot"). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, createGovernor, type GitHubWrites, realClock } from "../../src/github/index.ts";
import type { FaultRule } from "../../src/sandbox/control/faults.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";

/** A client with a governor of its own: a limit that one test meets would hold the next one back. */
const connected = (token: string): GitHubWrites =>
  connect({
    apiUrl: fixture.sandbox.url,
    address: () => ({ owner: "acme", repo: "tools" }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => token,
  }).writes;

let fixture: Fixture;
let writes: GitHubWrites;

beforeAll(async () => {
  fixture = await start();
  const token = await fixture.installationToken();
  writes = connected(token);
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** How many requests arrived while `work` ran, and what it came to. */
async function counted<T>(work: () => Promise<T>): Promise<{ arrived: number; end: T }> {
  const before = fixture.sandbox.requestLog.length;
  const end = await work();
  return { arrived: fixture.sandbox.requestLog.length - before, end };
}

const COMMENTS = "/repos/{owner}/{repo}/issues/{issue_number}/comments";

test.each<[string, FaultRule["fault"], string]>([
  ["the answer is lost after it was applied", { kind: "answer-lost" }, "unknown"],
  ["the request is lost", { kind: "request-lost" }, "unknown"],
  ["502 after it was applied", { kind: "status-after", status: 502 }, "unknown"],
  ["503 and not applied", { kind: "status", status: 503 }, "unknown"],
  ["200 with half a body", { kind: "half-body" }, "unknown"],
  [
    "a secondary limit",
    { kind: "status", status: 403, message: "You have exceeded a secondary rate limit" },
    "refused",
  ],
  ["429 without retry-after", { kind: "status", status: 429, message: "slow down" }, "refused"],
  [
    "a missing permission",
    { kind: "status", status: 403, message: "Resource not accessible by integration" },
    "refused",
  ],
])("%s: one request, and it ends as told", async (_what, fault, kind) => {
  const issue = (await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" })).body.number;
  fixture.sandbox.faults.add({ method: "POST", path: COMMENTS, fault });
  const token = await fixture.installationToken();
  const own = connected(token);
  const { arrived, end } = await counted(() => own.createComment(issue, "once"));
  expect(arrived).toBe(1);
  expect(end.kind).toBe(kind);
  fixture.sandbox.faults.clear();
});

test("a limit is told apart from a missing permission, and says until when", async () => {
  const refusal = async (fault: FaultRule["fault"]) => {
    const token = await fixture.installationToken();
    const own = connected(token);
    fixture.sandbox.faults.add({ method: "POST", path: "/repos/{owner}/{repo}/git/refs", fault });
    const end = await own.createRef("refs/heads/x", "0".repeat(40));
    const next = await own.createRef("refs/heads/x", "0".repeat(40)).catch((error: Error) => error);
    fixture.sandbox.faults.clear();
    return { end, next };
  };
  const limited = await refusal({
    kind: "status",
    status: 403,
    message: "secondary rate limit",
    headers: { "retry-after": "7" },
  });
  expect(limited.end).toMatchObject({ reason: "rate-limited" });
  // I11: nothing new goes out before the limit has ended.
  expect(limited.next).toMatchObject({ kind: "rate-limited" });
  const plain = await refusal({
    kind: "status",
    status: 403,
    message: "Resource not accessible by integration",
  });
  expect(plain.end).toMatchObject({ reason: "forbidden" });
  expect(plain.next).toMatchObject({ kind: "refused", reason: "invalid" });
});

test("a ref is never forced: what does not descend is refused (GitHub facts: Refs)", async () => {
  const { store, refs } = await repository();
  const main = refs.get("refs/heads/main") ?? "";
  const tree = (await store.readCommit(main))?.tree ?? "";
  const first = await writes.createCommit({ message: "a", tree, parents: [main] });
  const other = await writes.createCommit({ message: "b", tree, parents: [main] });
  if (first.kind !== "applied" || other.kind !== "applied") throw new Error("no commits");
  // An app's own commits without author and committer are signed by GitHub.
  expect(first.value).toMatchObject({ verified: true, message: "a" });
  expect(await writes.createRef("refs/cairn/900", first.value.sha)).toMatchObject({ kind: "applied" });
  expect(await writes.createRef("refs/cairn/900", other.value.sha)).toMatchObject({
    kind: "refused",
    reason: "invalid",
    message: "Reference already exists",
  });
  expect(await writes.updateRef("refs/cairn/900", other.value.sha)).toMatchObject({
    reason: "invalid",
    message: "Update is not a fast forward",
  });
});

test("removing a label that is not set is what was asked for", async () => {
  const issue = (await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" })).body.number;
  expect(await writes.removeLabel(issue, "never")).toMatchObject({ kind: "applied" });
});

async function repository() {
  const { sandbox, repository: found } = fixture;
  const store = sandbox.services.stores.get(found.id);
  if (!store) throw new Error("no store");
  return { store, refs: found.refs };
}
