/** The triage's job, as GitHub starts it, with commands that would like to be more than asked: it ends well, whatever they do. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { configOf, type RunSoFar, type Stage, setStage, TITLE } from "./stage.ts";

let folder: string;
let stage: Stage;
let run: RunSoFar;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cairn-triage-"));
  const command = `sh '${join(folder, "triage.sh")}'`;
  const triage = `triage: { command: ${JSON.stringify(command)}, timeout-seconds: 90 }\n`;
  stage = await setStage({ ".github/cairn.yml": `${triage}${configOf(undefined)}` });
  run = await stage.begin(await stage.declare(), 1);
  const end = await stage.job(run, "gate");
  expect(end.code, end.log).toBe(0);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function asked(script: string, attempt = 1) {
  await writeFile(join(folder, "triage.sh"), script);
  await rm(join(run.temp, `triage-${attempt}`), { recursive: true, force: true });
  await rm(join(run.temp, "cairn-answer.json"), { force: true });
  return stage.job(run, "triage", attempt);
}

/** As far as a process of the same account can look: a variable of the Action's. */
const LOOK = `look() { tr '\\0' '\\n' < /proc/$PPID/environ | sed -n "s/^$1=//p"; }\n`;
const say = (answer: object): string => `echo '${JSON.stringify(answer)}' > "$CAIRN_ANSWER_FILE"\n`;

test("the gate says that the command is asked, and how long its job may take", () => {
  expect(run.needs.gate?.outputs).toMatchObject({ triage: "required", "triage-minutes": "12" });
});

test("its variables are those that are documented, and nothing of the job's is where it can look", async () => {
  const end = await asked(
    `env; tr '\\0' '\\n' < /proc/$PPID/environ | sed 's/^/above /'\n${say({ verdict: "take" })}`,
  );
  expect(end.outputs).toMatchObject({ outcome: "take" });
  expect(end.log).toMatch(/above ACTIONS_RUNTIME_TOKEN=x+\n/);
  expect(end.log).not.toMatch(/canary|ghs_|INPUT_(?:IDENTITY|APP|GITHUB-TOKEN)|^(?:GITHUB|ACTIONS)_/m);
});

test("it reads the issue as JSON, in a checkout of the commit that the agent works on", async () => {
  const end = await asked(
    `cp "$CAIRN_INPUT_FILE" '${folder}/input.json'; git rev-parse HEAD > '${folder}/head'; exit 1`,
  );
  expect(end.outputs.outcome).toBe("unusable");
  const { issue } = run.turn;
  expect(JSON.parse(await readFile(join(folder, "input.json"), "utf8"))).toEqual({
    version: 1,
    repository: "acme/work",
    number: issue,
    title: TITLE,
    body: "`sum([1, 2])` should give 3.",
    labels: [],
    answers: [],
  });
  expect(await readFile(join(folder, "head"), "utf8")).toBe(`${run.needs.gate?.outputs.commit}\n`);
});

test("a question is told without what looks like a secret, and leaves nothing for the agent", async () => {
  const question = "Is ghp_abcdefghijklmnopqrstuvwx0123 meant?";
  const end = await asked(say({ verdict: "ask", question }));
  expect(end.code).toBe(0);
  expect(end.outputs).toEqual({ outcome: "ask", detail: "Is *** meant?" });
  expect(end.summary).toContain("`Is *** meant?`");
});

test.each([
  ["fails", "echo no; exit 7", /ended with 7: no$/],
  ["is killed", "kill -9 $$", /ended with (?:128|137)$/],
  [
    "writes a question into the job's outputs, and fails",
    `${LOOK}printf 'outcome<<E\\nask\\nE\\ndetail<<E\\n@rui forged\\nE\\n' >> "$(look GITHUB_OUTPUT)"; exit 1`,
    /ended with 1$/,
  ],
  [
    "speaks to the runner",
    "echo '::set-output name=outcome::ask'; exit 2",
    /::set-output name=outcome::ask$/,
  ],
  ["changes what it was given", 'echo more >> "$CAIRN_ISSUE_FILE"; exit 3', /ended with 3$/],
])("a command that %s has no answer, and the job ends well", async (_what, script, why) => {
  const kept = await readFile(join(run.temp, "cairn-issue/issue.md"));
  const end = await asked(script);
  await writeFile(join(run.temp, "cairn-issue/issue.md"), kept);
  expect(end.code).toBe(0);
  expect(end.outputs).toEqual({ outcome: "unusable", detail: expect.stringMatching(why) });
  expect(`${end.raw}${end.later}${end.summary}`).not.toMatch(/forged/);
});

test("a command that was replaced on the way to its job is not started", async () => {
  const file = join(run.temp, "cairn-issue/context.json");
  const before = await readFile(file, "utf8");
  await writeFile(file, before.replace('"command":"sh ', '"command":"echo started; sh '));
  const end = await asked("echo started");
  await writeFile(file, before);
  expect(end.code).toBe(0);
  expect(end.outputs.outcome).toBe("unusable");
  expect(end.log).not.toMatch(/^started$/m);
});

test("20: run anew it asks nobody", async () => {
  const end = await asked(`echo started; ${say({ verdict: "ask", question: "How?" })}`, 2);
  expect(end.outputs).toEqual({ outcome: "neutral" });
  expect(end.log).not.toMatch(/^started$/m);
});

test("the agent gets what is specified, beside the issue", async () => {
  await asked(say({ verdict: "take", specification: "Sum from the left." }));
  expect(await readFile(join(run.temp, "cairn-triage/answer.json"), "utf8")).toContain("from the left");
  const end = await stage.job(run, "agent");
  expect(end.outputs.outcome).toBe("done");
  expect(await readFile(join(run.temp, "cairn-issue/specification.md"), "utf8")).toBe("Sum from the left.\n");
});
