/** What a write's end means: GitHub's documented answers, and the requests that are never sent. */
import { expect, test } from "vitest";
import { createClient } from "../../src/github/client.ts";
import {
  createGovernor,
  GitHubError,
  type GitHubWrites,
  type Outcome,
  realClock,
} from "../../src/github/index.ts";
import { connectTo, type Reply, scripted } from "./connection.ts";

async function ended(
  reply: Reply,
  send: (writes: GitHubWrites) => Promise<Outcome<unknown>>,
): Promise<Outcome<unknown>> {
  await using github = await scripted(() => reply);
  const { writes } = await connectTo(github);
  const end = await send(writes);
  expect(github.arrived).toHaveLength(1);
  return end;
}

const dispatch = (writes: GitHubWrites) =>
  writes.dispatchWorkflow({ workflowFile: "cairn.yml", ref: "main", inputs: {} });
const merge = (writes: GitHubWrites) =>
  writes.mergePull({ number: 1, sha: "a".repeat(40), method: "merge", title: "t", message: "m" });

test("a dispatch is taken with 204, or with 200 and the run's id", async () => {
  expect(await ended({ status: 204 }, dispatch)).toMatchObject({ kind: "applied" });
  const details = { workflow_run_id: 5, run_url: "x", html_url: "y" };
  expect(await ended({ body: details }, dispatch)).toMatchObject({ kind: "applied" });
});

test("a merge is one only where GitHub says so", async () => {
  const sha = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
  const whole = { sha, merged: true, message: "Pull Request successfully merged" };
  expect(await ended({ body: whole }, merge)).toEqual({ kind: "applied", status: 200, value: { sha } });
  expect(await ended({ body: { ...whole, merged: false } }, merge)).toMatchObject({ kind: "unknown" });
  expect(await ended({ body: { merged: true } }, merge)).toMatchObject({ kind: "unknown" });
});

test.each<[string, Reply, (writes: GitHubWrites) => Promise<Outcome<unknown>>]>([
  ["an empty 200 is no closed issue", {}, (writes) => writes.closeIssue(1, "completed")],
  [
    "an issue that is still open is no closed one",
    { body: { state: "open" } },
    (writes) => writes.closeIssue(1, "completed"),
  ],
  ["an empty 200 is no label", {}, (writes) => writes.addLabels(1, ["a"])],
  ["null is no closed pull request", { body: "null" }, (writes) => writes.closePull(1)],
  [
    "an object without an id is no comment",
    { status: 201, body: { body: "x" } },
    (writes) => writes.createComment(1, "x"),
  ],
  [
    "a web page is no cancelled run",
    { headers: { "content-type": "text/html" }, body: "<p>Sign in</p>" },
    (writes) => writes.cancelRun(1),
  ],
])("%s: unknown", async (_what, reply, send) => {
  expect(await ended(reply, send)).toMatchObject({ kind: "unknown", status: reply.status ?? 200 });
});

test("a refusal carries GitHub's words and errors, on one line", async () => {
  const body = {
    message: "Validation\nFailed",
    errors: [
      { resource: "PullRequest", code: "custom", message: "A pull request already exists for acme:x." },
    ],
    documentation_url: "https://docs.github.com/rest",
  };
  const end = await ended({ status: 422, body }, (writes) =>
    writes.createPull({ title: "t", body: "", head: "x", base: "main" }),
  );
  expect(end).toEqual({
    kind: "refused",
    status: 422,
    reason: "invalid",
    message: "Validation Failed",
    errors: ["A pull request already exists for acme:x."],
  });
});

test("a primary limit ends with the hour, by GitHub's clock", async () => {
  const date = new Date("2026-11-21T10:00:00Z");
  const headers = {
    date: date.toUTCString(),
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": String(date.getTime() / 1000 + 90),
  };
  const reply = { status: 403, headers, body: { message: "API rate limit exceeded for installation ID 1." } };
  expect(await ended(reply, (writes) => writes.createComment(1, "x"))).toMatchObject({
    reason: "rate-limited",
    retryAt: date.getTime() + 90_000,
  });
});

test("the last request of the hour lets no other follow (I11)", async () => {
  const reset = String(Math.floor(Date.now() / 1000) + 600);
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
  await using github = await scripted(() => ({ status: 201, headers, body: { id: 7 } }));
  const { writes, reads } = await connectTo(github);
  expect(await writes.createComment(1, "x")).toMatchObject({ kind: "applied" });
  await expect(writes.createComment(1, "y")).rejects.toMatchObject({ kind: "rate-limited" });
  await expect(reads.issue(1)).rejects.toMatchObject({ kind: "rate-limited" });
  expect(github.arrived).toHaveLength(1);
});

test("without a token nothing is sent, and nothing is unknown", async () => {
  await using github = await scripted(() => ({ status: 201, body: { id: 7 } }));
  const token = async (): Promise<string> => {
    throw new GitHubError("unavailable", "POST access_tokens", "no answer");
  };
  const { writes, reads } = await connectTo(github, { token });
  await expect(writes.createComment(1, "x")).rejects.toMatchObject({ kind: "unavailable" });
  await expect(reads.issue(1)).rejects.toThrow("POST access_tokens: no answer");
  expect(github.arrived).toEqual([]);
});

test("a 401 forgets the token; a write is not sent again for it, a read is, once", async () => {
  let minted = 0;
  let forgotten = 0;
  const tokens = { token: async () => `t${++minted}`, invalidate: () => void ++forgotten };
  await using github = await scripted(({ method, headers }) =>
    method === "GET" && headers.authorization === "token t3"
      ? { body: { object: { sha: "a".repeat(40) } } }
      : { status: 401, body: { message: "Bad credentials" } },
  );
  const { writes, reads } = await connectTo(github, tokens);
  expect(await writes.createComment(1, "x")).toMatchObject({ kind: "refused", reason: "unauthorized" });
  expect(github.arrived).toHaveLength(1);
  expect(await reads.ref("cairn/1")).toMatchObject({ value: "a".repeat(40) });
  expect(github.arrived).toHaveLength(3);
  expect(forgotten).toBe(2);
  await expect(reads.ref("cairn/1")).rejects.toMatchObject({ kind: "unauthorized" });
  expect(github.arrived).toHaveLength(5);
});

test("what waited too long behind the read that permits it is not sent; a compare-and-set may be late (I1)", async () => {
  let now = 0;
  const clock = {
    now: () => now,
    async sleep(ms: number) {
      now += ms;
    },
  };
  const inner = createGovernor({ clock });
  const governor = {
    ...inner,
    async admit(kind: "read" | "write" | "content", where: string) {
      // As a job does that waits for a limit to end.
      await clock.sleep(60_000);
      return inner.admit(kind, where);
    },
  };
  const sha = "a".repeat(40);
  await using github = await scripted(() => ({ status: 201, body: { id: 7, object: { sha } } }));
  const { writes } = await connectTo(github, { clock, governor });
  const late = { kind: "refused", reason: "rate-limited", message: expect.stringContaining("not sent") };
  expect(await writes.createComment(1, "x")).toMatchObject(late);
  expect(await writes.createRef("refs/heads/cairn/1-g1", sha)).toMatchObject(late);
  expect(github.arrived).toEqual([]);
  expect(await writes.createRef("refs/cairn/1", sha)).toMatchObject({ kind: "applied" });
  expect(await writes.updateRef("refs/cairn/1", sha)).toMatchObject({ kind: "applied" });
});

test("requests name the issue that they are for", async () => {
  const agents: (string | undefined)[] = [];
  await using github = await scripted(({ headers }) => {
    agents.push(headers["user-agent"]);
    return { status: 201, body: { id: 7 } };
  });
  const client = createClient({
    apiUrl: github.sandbox.url,
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => "t",
    attribution: "issue=77/12",
  });
  await client.send("write", "POST /x", {}, () => 1);
  expect(agents[0]).toContain("cairn (issue=77/12)");
});
