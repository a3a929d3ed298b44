/**
 * What every job of the workflow gets to see, from a run of the real thing: an issue that goes to its merge, one
 * whose agent fails. Triage, the agent, the check and the review look around themselves; the others are watched as the runner starts
 * them (I12).
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunRecord } from "../../../src/sandbox/actions/index.ts";
import { type Loop, startLoop } from "../../loop/loop.ts";
import { configure, done, holdOf, runsOf } from "../../loop/observing.ts";
import { ownFiles, workflowOf } from "../files.ts";
import { EXPECTED } from "./expected.ts";
import { type Place, placesOf } from "./places.ts";
import type { Probed } from "./probe.ts";
import { found, type Secret, secretsOf } from "./secrets.ts";
import { type Row, tableOf } from "./table.ts";
import { type TokenWatch, watchProcesses, watchTokens } from "./watch.ts";

const folder = mkdtempSync(join(tmpdir(), "cairn-visible-"));
/** Where what runs in a job leaves what it saw. */
const probes = {
  triage: join(folder, "triage"),
  agent: join(folder, "agent"),
  check: join(folder, "check"),
  review: join(folder, "review"),
};
const ANSWER = '{"verdict":"take"}';
const VERDICT = '{"verdict":"no-objection","summary":"It looked around."}';
/** Stands in the titles, and so shows that a place is searched at all. */
const CANARY = "canary-7f3a";

let loop: Loop;
let tokens: TokenWatch;
let secrets: readonly Secret[];
let places: readonly Place[];
let table: Readonly<Record<string, Row>>;

beforeAll(async () => {
  for (const path of Object.values(probes)) mkdirSync(path);
  using watch = watchProcesses(folder);
  const probe = fileURLToPath(new URL("./probe.ts", import.meta.url));
  const command = (out: string): string => `'${process.execPath}' '${probe}' '${out}'`;
  loop = await startLoop({ agent: command(probes.agent) });
  await configure(loop, {
    // It fails where the title says so, and nobody waits for it.
    "triage.command": `${command(probes.triage)} && echo '${ANSWER}' > "$CAIRN_ANSWER_FILE"`,
    "check.command": command(probes.check),
    "review.command": `${command(probes.review)} && echo '${VERDICT}' > "$CAIRN_VERDICT_FILE"`,
  });
  const { sandbox, repository } = loop.stage;
  tokens = watchTokens(sandbox);
  sandbox.setSecret(repository, "DEPLOY_KEY", "dk-1b2c3d4e5f60718293a4b5c6");
  // One after the other, so that a token's moment tells whose it is.
  const good = await loop.issue({ title: `A ${CANARY} sings` });
  await loop.ready(good);
  await done(loop, good);
  await over();
  const bad = await loop.issue({ title: `A ${CANARY} fails` });
  await loop.ready(bad);
  expect(await holdOf(loop, bad)).toBe("agent-failed");
  await over();
  const seen = watch.seen();
  const runs = [...sandbox.world.runs.values()];
  secrets = await secretsOf(loop.stage, tokens, seen, (id) => keyOf(runs, id));
  places = placesOf(sandbox, loop.lines);
  table = tableOf(runsOf(loop), seen, tokens.tokens, secrets);
}, 120_000);

afterAll(async () => {
  await loop[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const keyOf = (runs: readonly RunRecord[], id: number): string =>
  runs
    .flatMap(({ jobs }) => jobs)
    .find((job) => job.id === id)
    ?.key.replace(/^cairn\./, "") ?? "nobody here";

/** All runs have ended, and the app knows. */
async function over(): Promise<void> {
  const { world } = loop.stage.sandbox;
  await loop.until("the end of all runs", () =>
    [...world.runs.values()].every(({ status }) => status === "completed") ? true : undefined,
  );
  await loop.stage.sandbox.waitIdle();
  await loop.app.idle();
}

test("every job of the workflow has its row", () => {
  const { jobs } = workflowOf(ownFiles(), ".github/workflows/cairn.yml");
  expect(Object.keys(EXPECTED)).toEqual(Object.keys(jobs));
});

test("each job's processes see exactly this, and no job anything of another's", () => {
  expect(table).toEqual(EXPECTED);
});

const BASIC = ["CI", "GIT_TERMINAL_PROMPT", "HOME", "LANG", "PATH"];
// The shell's own: PWD, SHLVL and _.
const SHELL = ["PWD", "SHLVL", "TERM", "TMPDIR", "_"];
const LOOK = ["BASE", "BASE_COMMIT", "HEAD", "ISSUE_FILE", "ISSUE_NUMBER", "ISSUE_TITLE", "VERDICT_FILE"];
const ISSUE = ["ATTEMPT", "BASE", "GENERATION", "ISSUE_FILE", "ISSUE_NUMBER", "ISSUE_TITLE"];

const TRIAGED = ["ANSWER_FILE", "BASE", "INPUT_FILE", "ISSUE_FILE", "ISSUE_NUMBER", "ISSUE_TITLE"];

test.each([
  // One for each issue; of the second there is nothing to check, nor to review.
  ["triage", 2, TRIAGED.map((name) => `CAIRN_${name}`), /\0INPUT_ISSUE-DIGEST=x+\0/],
  ["agent", 2, ISSUE.map((name) => `CAIRN_${name}`), /\0INPUT_GITHUB-TOKEN=x+\0/],
  ["check", 1, [], /\0INPUT_DIGEST=x+\0/],
  ["review", 1, LOOK.map((name) => `CAIRN_${name}`), /\0INPUT_GITHUB-TOKEN=x+\0/],
] as const)("the %s finds no secret in its variables, its job's processes, its files, nor its git", (name, times, own, hidden) => {
  const told = readdirSync(probes[name]).map((file) => readFileSync(join(probes[name], file), "utf8"));
  expect(told).toHaveLength(times);
  for (const text of told) {
    expect(found(secrets, text)).toEqual([]);
    const seen = JSON.parse(text) as Probed;
    const names = seen.environment.split("\0").map((pair) => pair.slice(0, pair.indexOf("=")));
    expect(names.filter(Boolean).sort()).toEqual([...own, ...BASIC, ...SHELL]);
    // It did look: at the action above it, at its job's files, at the checkout's settings.
    const action = seen.processes.find(({ command }) => command.includes("dist/index.js"));
    expect(action?.environment).toMatch(/(?:^|\0)ACTIONS_RUNTIME_TOKEN=x+\0/);
    expect(action?.environment).toMatch(hidden);
    expect(seen.files.map(({ path }) => path)).toContainEqual(expect.stringMatching(/event\.json$/));
    const settings = seen.git.text.split("\n").filter((line) => line.startsWith("file:.git/config"));
    expect(settings).toContainEqual(expect.stringContaining("remote.origin.url"));
    expect(settings.filter((line) => /extraheader|insteadof|askpass|credential|include/i.test(line))).toEqual(
      [],
    );
    expect(seen.remote).toMatchObject({
      status: 128,
      text: expect.stringContaining("could not read Username"),
    });
  }
});

test("no secret is left anywhere: logs, summaries, artifacts, comments, commits, webhooks, the app's log", () => {
  const left = places.flatMap(({ kind, name, text }) =>
    found(secrets, text).map((secret) => `${secret} in ${kind} ${name}`),
  );
  expect(left).toEqual([]);
});

test.each([
  ["job log", CANARY],
  ["summary", "Proved"],
  ["artifact", CANARY],
  ["machine", CANARY],
  ["issues", CANARY],
  ["comments", "<!-- cairn"],
  ["pulls", "cairn/1-g1"],
  ["checkRuns", "agent.run"],
  ["runs", CANARY],
  ["git", CANARY],
  ["webhooks", CANARY],
  ["request log", "/pulls"],
  ["landed", "branch.create"],
  ["app log", "token for gate"],
])("the search looks into: %s", (kind, value) => {
  const texts = places.filter((place) => place.kind === kind).map(({ text }) => text);
  expect(texts.some((text) => found([{ name: "it", value }], text).length > 0)).toBe(true);
});

test("no process says a secret aloud: nothing in any log had to be masked", () => {
  const logs = places
    .filter(({ kind }) => kind === "job log")
    .map(({ text }) => text.replaceAll("::add-mask::***", ""));
  expect(logs.filter((text) => text.includes("***"))).toEqual([]);
  // What GitHub says of an output that it drops.
  expect(logs.filter((text) => text.includes("may contain secret"))).toEqual([]);
});

test("nothing ran but the caller and the repository's own CI: not this project's, which is hosted beside it", () => {
  const runs = [...loop.stage.sandbox.world.runs.values()];
  expect([...new Set(runs.map(({ workflowName }) => workflowName))].sort()).toEqual(["CI", "cairn"]);
  expect([...new Set(runs.map(({ repositoryId }) => repositoryId))]).toEqual([loop.stage.repository.id]);
  expect(loop.stage.sandbox.errors).toEqual([]);
});

test("every token of a job ends with it, those from the app too", () => {
  const live = new Set(loop.stage.sandbox.world.tokens.keys());
  const ofJobs = tokens.tokens.filter(
    ({ token }) => token.kind === "job" || (token.kind === "installation" && token.repositoryIds !== null),
  );
  expect(ofJobs.length).toBeGreaterThan(12);
  expect(ofJobs.filter(({ token }) => live.has(token.token))).toEqual([]);
});
