/** Scenario 22: behind a check that said no another attempt mends the work, as long as one is left and the files change. */
import { mkdtempDisposable, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { markersOn, say } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  agentRuns,
  chainOf,
  configure,
  done,
  expectOnce,
  fault,
  holdOf,
  kinds,
  landed,
  pass,
  REPO,
  request,
  runsOf,
} from "./observing.ts";

/** The first attempt leaves what no test passes; each keeps what it was given. */
const learns = (folder: string): string =>
  [
    `env | grep ^CAIRN_ > "${folder}/env-$CAIRN_ATTEMPT"`,
    `[ -z "\${CAIRN_FINDINGS_FILE:-}" ] || cp "$CAIRN_FINDINGS_FILE" "${folder}/findings-$CAIRN_ATTEMPT"`,
    'if [ "$CAIRN_ATTEMPT" = 1 ]; then echo "export const greet = () => 1;" > src/greet.js',
    "else sh tools/agent.sh; fi",
  ].join("\n");

const TOKEN = `ghp_${"a1B2".repeat(9)}`;
/** Says a secret before what is to be known. */
const CHECK = `echo "token: ${TOKEN}"; node --test && echo "none of it is wrong"`;

const ONCE = ["branch.create", "pull.create", "review.request", "merge"];
const keysOf = (issue: number, last: number): string[] =>
  Array.from({ length: last }, (_, at) => `agent.run:${issue}#g1a${at + 1}`);
const lastComment = async (loop: Loop, issue: number): Promise<string> =>
  (await loop.shown(issue)).comments.at(-1)?.body ?? "";

/** Nothing more begins, however often the app looks. */
async function expectRest(loop: Loop, keys: readonly string[]): Promise<void> {
  for (let sweep = 0; sweep < 2; sweep += 1) {
    await pass(loop, 400);
    await loop.app.idle();
  }
  expect(agentRuns(loop)).toEqual(keys);
}

test("22: a check that says no gives another attempt at once, whose agent reads what it said, and no secret; it is published once", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-again-"));
  await using loop = await startLoop({ agent: learns(folder.path) });
  await configure(loop, { "check.command": CHECK });
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  expect(landed(loop).slice(0, 2)).toEqual(keysOf(issue, 2));
  expect(kinds(loop).slice(2)).toEqual(ONCE);
  expect((await readdir(folder.path)).filter((name) => name.startsWith("findings"))).toEqual(["findings-2"]);
  expect(await readFile(join(folder.path, "env-1"), "utf8")).not.toContain("FINDINGS");
  const findings = await readFile(join(folder.path, "findings-2"), "utf8");
  expect(findings).toContain("## What the check said of attempt 1");
  expect(findings).toContain("nothing of it was published");
  expect(findings).toMatch(/\n {4}.*greets one person/);
  expect(findings).toContain("    token: ***");
  expect(findings).not.toContain(TOKEN);
  // What the runner did before and after is none of it.
  expect(findings).not.toMatch(/upload-artifact|nothing is published|\d{4}-\d\d-\d\dT/);
  expect(findings.length).toBeLessThan(16_384 * 1.5);
  const [told] = await markersOn(loop, issue, "result");
  const [first, second] = await markersOn(loop, issue, "intent");
  expect(told).toMatchObject({
    reason: "check-red",
    attempt: 1,
    tree: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  expect(first).not.toHaveProperty("mends");
  expect(second?.mends).toEqual({ attempt: 1, run: told?.run, said: told?.detail });
  const { attempts } = await chainOf(loop, issue);
  expect(attempts.implement).toMatchObject({ last: 2, lost: [{ attempt: 1, red: { tree: told?.tree } }] });
  // It is told to people as what it was: nothing is on hold.
  expect(await markersOn(loop, issue, "hold")).toEqual([]);
});

test("22: the same files again, and the check's no again: a hold with the evidence, and no third attempt", async () => {
  await using loop = await startLoop({ agent: "echo more >> README.md" });
  await configure(loop, { "check.command": "echo not ok; false", attempts: 5 });
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("check-red");
  const text = await lastComment(loop, issue);
  expect(text).toContain("`the same files as in attempt 1: ");
  for (const attempt of [1, 2]) expect(text).toMatch(new RegExp(`- attempt ${attempt}: in \\[run \\d+\\]`));
  const [one, two] = await markersOn(loop, issue, "result");
  expect(one?.tree).toBe(two?.tree);
  await expectRest(loop, keysOf(issue, 2));
  expect(kinds(loop)).toEqual(["agent.run", "agent.run"]);
});

test("22: as many attempts as there may be, each with other files, and the check's no to all: a hold with the evidence", async () => {
  await using loop = await startLoop({ agent: 'echo "$CAIRN_ATTEMPT" >> README.md' });
  await configure(loop, { "check.command": "echo not ok; false", attempts: 2 });
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("check-red");
  const text = await lastComment(loop, issue);
  expect(text).not.toContain("the same files");
  expect(text.match(/^- attempt \d: in \[run \d+\]/gm)).toHaveLength(2);
  await expectRest(loop, keysOf(issue, 2));
});

/** The hours of GitHub's clock around now, in which no agent begins. */
function hoursAround(loop: Loop): string {
  const at = (hours: number): string =>
    new Date(loop.stage.sandbox.clock.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return `${at(-3)}-${at(3)}`;
}

for (const [how, stop] of [
  ["/cairn cancel", (loop: Loop, issue: number) => say(loop, issue, "/cairn cancel")],
  [
    "its label's removal",
    (loop: Loop, issue: number) =>
      request(loop, "DELETE", `${loop.repo}/issues/${issue}/labels/cairn:implementing`),
  ],
] as const)
  test(`22: ${how} while the attempt behind a check's no waits for its hour: none begins`, async () => {
    await using loop = await startLoop({ agent: "sleep 2; echo more >> README.md" });
    await configure(loop, { "check.command": "false" });
    const issue = await loop.issue();
    await loop.ready(issue);
    await loop.until("the agent", () => (agentRuns(loop).length > 0 ? true : undefined));
    await configure(loop, { "quiet-hours": hoursAround(loop) });
    await loop.until("the settlement", async () => {
      const { open, attempts } = await chainOf(loop, issue);
      return !open && attempts.implement.lost.length > 0 ? true : undefined;
    });
    await stop(loop, issue);
    await loop.until("the end", async () =>
      (await chainOf(loop, issue)).hold?.reason === "cancelled" ? true : undefined,
    );
    await configure(loop, { "quiet-hours": undefined });
    await expectRest(loop, keysOf(issue, 1));
  });

test("22: a log that cannot be read keeps no attempt from beginning: its agent is told that it is missing", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-again-"));
  await using loop = await startLoop({ agent: learns(folder.path) });
  fault(loop, {
    method: "GET",
    path: `${REPO}/actions/jobs/{job_id}/logs`,
    count: 9,
    fault: { kind: "status", status: 410, message: "Gone" },
  });
  await configure(loop, { "check.command": CHECK });
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  expect(agentRuns(loop)).toEqual(keysOf(issue, 2));
  const findings = await readFile(join(folder.path, "findings-2"), "utf8");
  expect(findings).toContain("The log of that check is missing");
  expect(findings).toContain("ended with 1");
  expect(runsOf(loop)[0]?.conclusion).toBe("failure");
});

/** Robin looks at the first head. */
const objects = 'if [ "${CAIRN_ROUND:-0}" = 0 ]; then echo one > work.txt; else ';

test("22: in a round of fixing too: what the check said no to is not pushed, and the next round mends it", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-again-"));
  const agent = `cp "\${CAIRN_FINDINGS_FILE:-/dev/null}" "${folder.path}/round-\${CAIRN_ROUND:-0}"; ${objects} echo "round $CAIRN_ROUND" > work.txt; fi`;
  await using loop = await startLoop({ agent });
  await configure(loop, { "check.command": "cat work.txt; ! grep -q 'round 1' work.txt", "fix-rounds": 2 });
  const issue = await loop.issue();
  await loop.ready(issue);
  const head = await loop.until(
    "the pull request",
    async () =>
      (await loop.reviewer.get<{ number: number; head: { sha: string } }[]>(`${loop.repo}/pulls`))[0],
    { review: "no" },
  );
  await loop.reviewer.post(`${loop.repo}/pulls/${head.number}/reviews`, {
    event: "REQUEST_CHANGES",
    commit_id: head.head.sha,
    body: "Say two.",
  });
  await loop.until("the second round", () => (kinds(loop).includes("branch.update") ? true : undefined), {
    review: "no",
  });
  expectOnce(loop);
  expect(agentRuns(loop)).toEqual([
    `agent.run:${issue}#g1a1`,
    `agent.run:${issue}#g1f1`,
    `agent.run:${issue}#g1f2`,
  ]);
  expect(kinds(loop).filter((kind) => kind === "branch.update")).toHaveLength(1);
  const findings = await readFile(join(folder.path, "round-2"), "utf8");
  expect(findings).toContain("Say two.");
  expect(findings).toContain("## What the check said of round 1");
  expect(findings).toContain("    round 1");
  expect(await readFile(join(folder.path, "round-1"), "utf8")).not.toContain("What the check said");
});
