/** `cairn explain`: what it says of an issue in each state, that it only reads, and how it ends. */
import { expect, test } from "vitest";
import { readTerms } from "../../src/app/settings.ts";
import { makeSteps, readChain } from "../../src/barrier/index.ts";
import { explainIssue } from "../../src/cli/explain/look.ts";
import type { Report } from "../../src/cli/explain/report.ts";
import { explainText } from "../../src/cli/explain/text.ts";
import { textDigest } from "../../src/core/canonical.ts";
import { emptyChain, type Step } from "../../src/core/chain.ts";
import type { DeclaredMarker } from "../../src/core/commit-message.ts";
import { agentRun, branchCreate, pullCreate, trailerOf } from "../../src/core/keys.ts";
import { type AlarmMarker, encodeMarker } from "../../src/core/marker.ts";
import { holding } from "../../src/core/plan.ts";
import { proseOf } from "../../src/core/prose.ts";
import { connect, createGovernor, realClock } from "../../src/github/index.ts";
import { type Scene, scene } from "../barrier/scene.ts";
import type { Call } from "../sandbox/fixture.ts";
import { cairn } from "./cairn.ts";

const maya = ({ fixture }: Scene): Call => fixture.as(fixture.tokens.maintainer);

/** What a reader with a person's token is told; nothing but reads reach GitHub meanwhile. */
async function told(
  { fixture, issue }: Scene,
  slug?: string,
  token = fixture.tokens.reviewer,
): Promise<Report> {
  const { sandbox } = fixture;
  const before = sandbox.requestLog.length;
  const connection = connect({
    apiUrl: sandbox.url,
    address: () => ({ owner: "acme", repo: "tools" }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => token,
    retryPause: 1,
  });
  const report = await explainIssue({ connection, issue, terms: readTerms({}), slug });
  const methods = new Set(sandbox.requestLog.slice(before).map(({ method }) => method));
  expect([...methods]).toEqual(["GET"]);
  if (!report) throw new Error("no such issue");
  return report;
}

async function step(
  s: Scene,
  steps: readonly Step[],
  markers: readonly DeclaredMarker[] = [],
): Promise<void> {
  const { value } = await readChain(s.site);
  if (value.kind === "foreign") throw new Error("foreign");
  const end = await makeSteps(s.site, value, steps, markers);
  if (end.kind !== "made") throw new Error(`not made: ${end.kind}`);
  for (const marker of markers)
    await s.site.writes.createComment(s.issue, encodeMarker(proseOf(marker), marker));
}

/** As the app shows a state: no act of a person. */
const shown = (s: Scene, label: string) => s.site.writes.addLabels(s.issue, [label]);

const turn = { generation: 1, attempt: 1 };

test("an issue that nobody has asked for: no chain, no app, and what would begin it", async () => {
  await using s = await scene();
  const report = await told(s);
  expect(explainText(report)).toContain("now      nobody-asked: Nobody has asked for anything yet.");
  await expect(told(s, undefined, s.fixture.tokens.outsider)).rejects.toThrow("no such issue");
  expect(report.now).toMatchObject({
    code: "nobody-asked",
    state: "idle",
    next: "Somebody with write access sets `cairn:ready`.",
  });
  expect(report).toMatchObject({ app: { how: "unknown" }, chain: { kind: "absent", links: [] }, open: null });
});

test("a hold: its code, its detail, what lifts it and who can; the app is known by its own commits", async () => {
  await using s = await scene();
  const plan = holding(emptyChain(s.site.issue), [], "config-invalid", "line 3: merge");
  await step(s, plan.steps, plan.markers as DeclaredMarker[]);
  await shown(s, "cairn:hold");
  const report = await told(s);
  expect(report.now).toMatchObject({ code: "config-invalid", detail: "line 3: merge" });
  expect(report.now.next).toBe(
    "Correct the file. Then somebody with write access sets `cairn:ready` again, or writes `/cairn resume`; a new generation starts.",
  );
  expect(report.app).toMatchObject({ login: "cairn[bot]", id: s.site.app.appId, how: "seen", others: [] });
  expect(report.chain.links).toMatchObject([
    { by: "cairn[bot]", says: "held (config-invalid)", seq: 1, sound: true },
  ]);
  expect(report.ledger.markers).toMatchObject([{ type: "hold", says: "config-invalid line 3: merge" }]);
  expect(explainText(report)).toMatch(
    /^now {6}config-invalid: .*\n {9}line 3: merge\nnext {5}Correct the file\./m,
  );
  // The same app, named; and another one, for which this chain is not its own.
  expect((await told(s, "cairn")).app).toMatchObject({ how: "named", id: s.site.app.appId });
  const other = await told(s, "other");
  expect(other.chain).toMatchObject({ kind: "foreign", links: [{ sound: false }] });
  expect(other.app).toMatchObject({ how: "named", id: null, others: ["cairn[bot]"] });
  expect(other.ledger.inert).toMatchObject([{ code: "not-ours" }]);
});

test("an intent whose comment is gone: what the app has to do, and what is missing", async () => {
  await using s = await scene();
  const pins = { text: textDigest("t", "b"), config: "c", commit: "0".repeat(40), base: "main" };
  const { comment } = await s.declare([agentRun(s.issue, turn)], { pins });
  expect((await told(s)).now).toMatchObject({
    code: "app-to-act",
    detail: expect.stringContaining("never-started"),
  });
  await maya(s)("DELETE", `~/issues/comments/${comment}`);
  const report = await told(s);
  expect(report.now).toMatchObject({ code: "app-to-act", detail: "to write the intent's comment" });
  expect(report.missing).toEqual([
    expect.stringContaining("the comment of the intent at step 2"),
    `the effect agent.run:${s.issue}#g1a1`,
  ]);
});

test("an owner of which nothing can be told is left alone; markers of others count for nothing, each with its code", async () => {
  await using s = await scene();
  const { proof } = await s.own([agentRun(s.issue, turn), branchCreate(`cairn/${s.issue}-g1`)]);
  await shown(s, "cairn:implementing");
  const body = encodeMarker("x", proof.marker);
  const forged = await maya(s)("POST", `~/issues/${s.issue}/comments`, { body });
  await s.site.writes.createComment(s.issue, encodeMarker("x", { ...proof.marker, why: "more" }));
  const report = await told(s);
  expect(report.now.code).toBe("run-works");
  expect(report.open).toMatchObject({
    owner: { run: 5, attempt: 1, status: expect.stringContaining("cannot tell") },
  });
  expect(report.ledger.inert).toMatchObject([
    { comment: forged.body.id, author: "maya", code: "not-ours" },
    { code: "undeclared" },
  ]);
  expect(report.missing).toEqual([
    `the effect agent.run:${s.issue}#g1a1`,
    `the effect branch.create:cairn/${s.issue}-g1`,
  ]);
  expect(report.chain.links.map(({ says }) => says)).toEqual([
    "generation 1 raised by act 1; implement/1 of generation 1 declared",
    "claimed by run 5 attempt 1",
  ]);
});

test("a pull request that waits: for whom, with its checks", async () => {
  await using s = await scene();
  const branch = `cairn/${s.issue}-g1`;
  await s.own([branchCreate(branch), pullCreate(branch, "main")]);
  const { number, head } = await s.openPull(`work\n\n${trailerOf(branchCreate(branch).key)}`);
  await step(s, [{ step: "settle", edge: "implement", attempt: 1, as: "applied" }]);
  await shown(s, "cairn:reviewing");
  await maya(s)("POST", `~/statuses/${head}`, { state: "pending", context: "test" });
  const report = await told(s);
  expect(report.now).toMatchObject({ code: "review-missing", state: "reviewing" });
  expect(report.visible).toEqual([
    `branch ${branch} at ${head}`,
    `pull request #${number} open at ${head}`,
    expect.stringMatching(/^merge gate waits \(review-missing\)/),
    "check test: pending",
  ]);
});

test("a chain that was pushed to: what is not the app's, and how it is repaired", async () => {
  await using s = await scene();
  await s.declare([agentRun(s.issue, turn)]);
  const { refs } = s.fixture.repository;
  const head = refs.get(`refs/cairn/${s.issue}`) ?? "";
  const { tree } = (await s.site.reads.commit(head))?.value ?? { tree: "" };
  const mine = await maya(s)("POST", "~/git/commits", { message: "mine", tree, parents: [head] });
  await maya(s)("PATCH", `~/git/refs/cairn/${s.issue}`, { sha: mine.body.sha });
  expect((await told(s, "cairn")).now).toMatchObject({
    code: "app-to-act",
    detail: expect.stringContaining("chain-foreign"),
  });
  const alarm: AlarmMarker = {
    v: 1,
    type: "alarm",
    issue: s.site.issue,
    seq: 1,
    reason: "chain-foreign",
    detail: "",
    head: mine.body.sha,
  };
  await s.site.writes.createComment(s.issue, encodeMarker(proseOf(alarm), alarm));
  await shown(s, "cairn:hold");
  const report = await told(s, "cairn");
  expect(report.now).toMatchObject({
    code: "chain-foreign",
    next: expect.stringMatching(/^Move the ref back .* goes on by itself\.$/),
  });
  expect(report.chain.links.map(({ sound }) => sound)).toEqual([true, false]);
});

test("a chain that is gone, and comments that lag: what is missing, and that absence is not concluded from a short list", async () => {
  await using s = await scene();
  const { comment } = await s.declare([agentRun(s.issue, turn)]);
  const { sandbox } = s.fixture;
  const path = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
  sandbox.faults.add({
    method: "GET",
    path,
    count: 9,
    fault: { kind: "stale", asOf: sandbox.faults.snapshot() },
  });
  await maya(s)("POST", `~/issues/${s.issue}/comments`, { body: "more" });
  // The reader sees one comment of two; the intent is among them, so that it goes on from there.
  expect((await told(s)).ledger.comments).toEqual({ found: 1, expected: 2 });
  sandbox.faults.clear();
  await maya(s)("DELETE", `~/git/refs/cairn/${s.issue}`);
  const report = await told(s);
  expect(report.app).toMatchObject({ login: "cairn[bot]", how: "seen" });
  expect(report.chain).toMatchObject({ kind: "absent", links: [] });
  expect(report.now).toMatchObject({ code: "app-to-act", detail: expect.stringContaining("chain-missing") });
  expect(report.missing).toEqual([`step 2 of the chain, which comment ${comment} cites`]);
});

test("what this token may not read is named, and nothing is concluded from it", async () => {
  await using s = await scene();
  await maya(s)("POST", `~/issues/${s.issue}/labels`, { labels: ["cairn:ready"] });
  const path = "/repos/{owner}/{repo}/collaborators/{username}/permission";
  const fault = { kind: "status", status: 403, message: "Must have push access" } as const;
  s.fixture.sandbox.faults.add({ method: "GET", path, count: 9, fault });
  const report = await told(s);
  expect(report.now).toMatchObject({ code: "cannot-tell", detail: expect.stringContaining("push access") });
});

test("as a command: 0 with a report, 1 where there is nothing to explain, 2 for what cannot be asked", async () => {
  await using s = await scene();
  const { sandbox, tokens } = s.fixture;
  const env = { GITHUB_API_URL: sandbox.url, GITHUB_TOKEN: tokens.reviewer };
  await maya(s)("PATCH", "~", { name: "renamed" });
  const moved = await cairn(env, "explain", `acme/tools#${s.issue}`);
  expect(moved).toMatchObject({ code: 1, out: "", err: expect.stringContaining("it has another address") });
  await maya(s)("PATCH", "/repos/acme/renamed", { name: "tools" });
  const [json, none, noIssue, noToken] = await Promise.all([
    cairn(env, "explain", `acme/tools#${s.issue}`, "--json"),
    cairn(env, "explain", "acme/tools#999"),
    cairn(env, "explain", "acme/tools"),
    cairn({ GITHUB_API_URL: sandbox.url }, "explain", `acme/tools#${s.issue}`),
  ]);
  expect(json.code).toBe(0);
  expect(JSON.parse(json.out)).toMatchObject({ now: { code: "nobody-asked" }, issue: { number: s.issue } });
  expect(none).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining("no issue that this token can see"),
  });
  expect(noIssue).toMatchObject({ code: 2, err: expect.stringContaining("OWNER/REPO#N") });
  expect(noToken).toMatchObject({ code: 2, err: expect.stringContaining("GITHUB_TOKEN") });
});
