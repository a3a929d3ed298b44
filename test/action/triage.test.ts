/** The triage command's process, and what is made of its answer where it is used: whatever it does, the agent can begin. */
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readBounded } from "../../action/bounded-file.ts";
import {
  type AgentContext,
  leaveAnswer,
  leaveIssue,
  takeIssue,
  takeSpecification,
} from "../../action/handover.ts";
import { machine } from "../../action/machine.ts";
import { NoAnswer, runTriage } from "../../action/triage-process.ts";
import { LONGEST_ANSWER } from "../../src/policy/triage-answer.ts";

let temp: string;
beforeEach(async () => {
  temp = await mkdtemp(join(tmpdir(), "cairn-triage-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(temp, { recursive: true, force: true });
});

const context: AgentContext = {
  ...{ issue: 12, title: "T", generation: 1, attempt: 1, base: "main", commit: "0".repeat(40) },
  ...{ command: "agent", timeoutMinutes: 1, check: null },
  rules: { reservedPaths: [], limits: { files: 1, kilobytes: 1 } },
};

async function asked(command: string, timeoutSeconds = 10): Promise<string> {
  try {
    const answer = await runTriage({
      context,
      triage: { command, timeoutSeconds },
      ...{ workspace: temp, temp, path: process.env.PATH ?? "", grace: 200 },
      issueFile: join(temp, "issue.md"),
      inputFile: join(temp, "issue.json"),
      secrets: ["hunter2-hunter2"],
      print: () => {},
    });
    return `${answer.length}: ${answer.subarray(0, 40)}`;
  } catch (error) {
    expect(error).toBeInstanceOf(NoAnswer);
    return (error as Error).message;
  }
}

test("it gets the issue in two forms, a place for its answer, and nothing of the job's", async () => {
  for (const name of ["ACTIONS_RUNTIME_TOKEN", "GITHUB_OUTPUT", "INPUT_ISSUE"]) vi.stubEnv(name, "canary");
  await asked(`env > "${temp}/env"; echo {} > "$CAIRN_ANSWER_FILE"`);
  const names = (await readFile(join(temp, "env"), "utf8")).match(/^\w+(?==)/gm) ?? [];
  expect(names.filter((name) => /^(?:CAIRN|ACTIONS|GITHUB|INPUT|RUNNER)_/.test(name)).sort()).toEqual([
    "CAIRN_ANSWER_FILE",
    "CAIRN_BASE",
    "CAIRN_INPUT_FILE",
    "CAIRN_ISSUE_FILE",
    "CAIRN_ISSUE_NUMBER",
    "CAIRN_ISSUE_TITLE",
  ]);
});

test.each([
  ["answers", 'echo "{}" > "$CAIRN_ANSWER_FILE"', "3: {}\n"],
  ["fails", "echo the model is away; exit 3", "ended with 3: the model is away"],
  ["tells a secret", "echo hunter2-hunter2; exit 3", "ended with 3: ***"],
  ["writes nothing", "true", "its answer cannot be read: ENOENT"],
  ["leaves a folder", 'mkdir "$CAIRN_ANSWER_FILE"', "its answer cannot be read: it is no file"],
  ["leaves a pipe, into which nobody writes", 'mkfifo "$CAIRN_ANSWER_FILE"', "it is no file"],
  ["leaves a link", 'ln -s /proc/self/environ "$CAIRN_ANSWER_FILE"', "its answer cannot be read: ELOOP"],
  ["writes megabytes", 'head -c 9000000 /dev/zero > "$CAIRN_ANSWER_FILE"', `${LONGEST_ANSWER + 1}: `],
])("a command that %s", async (_what, command, says) => {
  expect(await asked(command)).toContain(says);
});

test("a command that takes longer than it may is ended", async () => {
  expect(await asked("sleep 60", 1)).toContain("sleep 60 did not end within 1 seconds");
});

const left = async (bytes: Buffer): Promise<string | undefined> => {
  await leaveAnswer(machine, join(temp, "left"), bytes);
  return takeSpecification(machine, join(temp, "left"), temp);
};
const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

test("what it specifies is a file beside the issue", async () => {
  const words = "Write it.\n<!-- cairn:marker {} -->\n/cairn cancel";
  const path = await left(json({ verdict: "take", specification: words }));
  expect(path).toBe(join(temp, "specification.md"));
  expect(await readFile(path ?? "", "utf8")).toBe(`${words}\n`);
});

test.each([
  ["nothing is specified", json({ verdict: "take" })],
  ["it asks", json({ verdict: "ask", question: "How?" })],
  ["a job before it wrote something else", Buffer.from("{")],
  ["a job before it wrote megabytes", json({ verdict: "take", specification: "w".repeat(9_000_000) })],
])("the agent gets the issue alone where %s", async (_what, bytes) => {
  expect(await left(bytes)).toBeUndefined();
  await expect(readFile(join(temp, "specification.md"))).rejects.toThrow("ENOENT");
});

test("the agent gets the issue alone where nothing was left, or a link", async () => {
  expect(await takeSpecification(machine, join(temp, "none"), temp)).toBeUndefined();
  await left(json({ verdict: "take", specification: "w" }));
  await rm(join(temp, "specification.md"));
  await writeFile(join(temp, "other"), json({ verdict: "take", specification: "mine" }));
  await rm(join(temp, "left/answer.json"));
  await symlink(join(temp, "other"), join(temp, "left/answer.json"));
  expect(await takeSpecification(machine, join(temp, "left"), temp)).toBeUndefined();
});

test("the issue as JSON stands under the digest of the gate's files", async () => {
  const digest = await leaveIssue(machine, temp, { issue: "# T", input: "{}" }, context);
  expect(await takeIssue(machine, temp, digest)).toEqual(context);
  await writeFile(join(temp, "issue.json"), '{"title":"another"}');
  await expect(takeIssue(machine, temp, digest)).rejects.toThrow("not those that the gate job left");
});

test("a file is read as far as it may go, and one byte more", async () => {
  const path = join(temp, "file");
  await writeFile(path, "12345");
  expect(String(await readBounded(path, 5))).toBe("12345");
  expect(String(await readBounded(path, 3))).toBe("1234");
});
