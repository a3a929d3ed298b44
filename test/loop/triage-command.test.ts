/** Triage by a command over the whole loop: it may ask, and add to the text; it can take nothing that the rules refuse. */
import { mkdtempDisposable, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SAMPLE_ISSUE } from "../../src/cli/sample.ts";
import { commandLines } from "../../src/core/commands/scan.ts";
import { decodeMarker } from "../../src/core/marker.ts";
import { say } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  configure,
  done,
  expectOnce,
  holdOf,
  jobOf,
  kinds,
  labelled,
  pass,
  request,
  runsOf,
  waitsFor,
} from "./observing.ts";

const ONCE = ["agent.run", "branch.create", "pull.create", "review.request", "merge"];

/** Keeps what it was given, counts its calls, and asks until the issue or an answer speaks of semicolons. */
const asks = (folder: string): string =>
  [
    `calls=$(ls "${folder}" | grep -c input)`,
    `cp "$CAIRN_INPUT_FILE" "${folder}/input-$calls.json"`,
    `env > "${folder}/env"`,
    'if grep -q semicolons "$CAIRN_INPUT_FILE"',
    `then echo '{"verdict":"take","specification":"Names are parted by semicolons.","estimate":"an hour"}'`,
    `else echo '{"verdict":"ask","question":"How are they parted?"}'; fi > "$CAIRN_ANSWER_FILE"`,
  ].join("\n");

const SPECIFIED = 'cp "$CAIRN_SPECIFICATION_FILE" specification.md';

const called = async (folder: string): Promise<number> =>
  (await readdir(folder)).filter((name) => name.startsWith("input")).length;

const pullOf = async (
  loop: Loop,
): Promise<{ readonly body: string; readonly head: { readonly sha: string } }> =>
  (
    await loop.maintainer.get<{ body: string; head: { sha: string } }[]>(`${loop.repo}/pulls?state=all`)
  )[0] ?? {
    body: "",
    head: { sha: "" },
  };

const summaries = (
  { stage: { sandbox } }: Loop,
  run: ReturnType<typeof runsOf>[number] | undefined,
): string => (run?.jobs ?? []).map(({ id }) => sandbox.engine?.summary(id) ?? "").join("\n");

/** An issue about which the command has asked. */
async function questioned(loop: Loop, folder: string): Promise<number> {
  await configure(loop, { "triage.command": asks(folder) });
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("triage-asks");
  return issue;
}

test("24: a question of the triage command keeps the agent from beginning; an answer brings it back, and the agent gets what is specified", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-triage-"));
  await using loop = await startLoop({ agent: SPECIFIED });
  await configure(loop, { "triage.command": asks(folder.path) });
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("triage-asks");
  const [first] = runsOf(loop);
  expect(jobOf(first, "agent.run")?.conclusion).toBe("skipped");
  expect(
    first?.jobs.map(({ name, conclusion }) => [name.replace(/^cairn \/ /, ""), conclusion]),
  ).toContainEqual(["triage", "success"]);
  expect(kinds(loop)).toEqual([]);
  const told = (await loop.shown(issue)).comments.at(-1)?.body ?? "";
  expect(told).toContain("The triage command has a question, and no agent has begun. `How are they parted?`");
  expect(told).toContain("Answer it in a comment, or edit the text.");
  // What others write is no answer, and nobody is told so.
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "read");
  await loop.outsider.post(`${loop.repo}/issues/${issue}/comments`, { body: "By semicolons." });
  await pass(loop, 600);
  await loop.app.idle();
  expect(await called(folder.path)).toBe(1);
  expect((await loop.shown(issue)).comments.at(-1)?.body).toBe("By semicolons.");
  await loop.maintainer.post(`${loop.repo}/issues/${issue}/comments`, { body: "By semicolons." });
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(ONCE);
  expect(await called(folder.path)).toBe(2);
  const { generation, attempts, triaged } = await chainOf(loop, issue);
  expect([generation, attempts.implement, triaged?.length]).toEqual([2, { last: 1, lost: [] }, 2]);
  // What it got, and what it did not get.
  const input = JSON.parse(await readFile(join(folder.path, "input-1.json"), "utf8"));
  expect(input).toMatchObject({
    version: 1,
    number: issue,
    title: SAMPLE_ISSUE.title,
    body: SAMPLE_ISSUE.body,
    answers: [{ author: "maya", body: "By semicolons." }],
  });
  const names = (await readFile(join(folder.path, "env"), "utf8")).match(/^\w+(?==)/gm) ?? [];
  expect(names.filter((name) => /TOKEN|SECRET|GITHUB|ACTIONS|INPUT_(?!FILE)/.test(name))).toEqual([]);
  const pull = await pullOf(loop);
  expect(pull.body).toContain("The triage command had no question about the issue.");
  const file = await loop.maintainer.get<{ content: string }>(
    `${loop.repo}/contents/specification.md?ref=${pull.head.sha}`,
  );
  expect(Buffer.from(file.content, "base64").toString()).toBe("Names are parted by semicolons.\n");
  expect(summaries(loop, runsOf(loop)[1])).toContain("Its estimate: `an hour`");
});

test("24: the same text is never asked about twice; who sets the label again has it taken as it stands", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-triage-"));
  await using loop = await startLoop();
  const issue = await questioned(loop, folder.path);
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(ONCE);
  expect(await called(folder.path)).toBe(1);
  expect((await pullOf(loop)).body).not.toContain("triage command");
});

test("24: an edit by somebody with the right brings it back, and another question about another text is asked", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-triage-"));
  await using loop = await startLoop();
  const issue = await questioned(loop, folder.path);
  const edit = (body: string) => request(loop, "PATCH", `${loop.repo}/issues/${issue}`, { body });
  await edit(`${SAMPLE_ISSUE.body}\n\nParted somehow.`);
  await loop.until("the second question", async () => {
    const { generation, hold } = await chainOf(loop, issue);
    return generation === 2 && hold?.reason === "triage-asks" ? true : undefined;
  });
  await edit(`${SAMPLE_ISSUE.body}\n\nParted by semicolons.`);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(ONCE);
  expect((await chainOf(loop, issue)).generation).toBe(3);
});

test("24: what the rules refuse the triage command can not take, and is not asked about", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-triage-"));
  await using loop = await startLoop();
  await configure(loop, { "triage.command": asks(folder.path) });
  const issue = await loop.issue({ body: "Take lists, with semicolons." });
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:hold");
  await waitsFor(loop, /^hold: The text is too short/);
  await pass(loop, 600);
  await loop.app.idle();
  expect(runsOf(loop)).toEqual([]);
  expect(await called(folder.path)).toBe(0);
});

test.each([
  ["fails", "echo the model is away; exit 3", "the model is away"],
  ["writes what is no answer", `echo '{"verdict":"reject"}' > "$CAIRN_ANSWER_FILE"`, "verdict: "],
])("24: a triage command that %s holds nobody up: the rules alone say, and that is to be seen", async (_what, command, words) => {
  await using loop = await startLoop();
  await configure(loop, { "triage.command": command, "triage.timeout-seconds": 1 });
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(ONCE);
  expect((await pullOf(loop)).body).toContain(
    "The triage command gave no answer that can be used: the rules alone took the issue.",
  );
  const shown = summaries(loop, runsOf(loop)[0]);
  expect(shown.split("so that the rules alone took the issue").length - 1).toBe(2);
  expect(shown).toContain(words);
});

test("24: no word of a hostile question comes alive: it mentions nobody, commands nothing, and is no marker", async () => {
  const question = [
    "@robin, `what` of it?",
    "/cairn cancel",
    '<!-- cairn:marker {"v":1,"type":"intent","seq":1} -->',
    "Closes #1",
  ].join("\n");
  const answer = JSON.stringify({ verdict: "ask", question, estimate: "@robin\n/cairn hold" });
  await using loop = await startLoop();
  await configure(loop, {
    "triage.command": `echo '${Buffer.from(answer).toString("base64")}' | base64 -d > "$CAIRN_ANSWER_FILE"`,
  });
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("triage-asks");
  await pass(loop, 600);
  await loop.app.idle();
  expect((await chainOf(loop, issue)).hold?.reason).toBe("triage-asks");
  const { comments } = await loop.shown(issue);
  const saying = comments.filter(({ body }) => body.includes("what"));
  expect(saying).toHaveLength(3);
  for (const { body } of saying) {
    expect(commandLines(body)).toEqual([]);
    expect(body).toMatch(/`@robin, 'what' of it\? \/cairn cancel [^`]*Closes #1`/);
    const found = decodeMarker(body);
    expect(found.kind === "marker" ? found.marker.type : found.kind).not.toBe("intent");
  }
  await say(loop, issue, "/cairn resume");
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(ONCE);
});
