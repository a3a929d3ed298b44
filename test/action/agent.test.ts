/** The agent's process sees nothing of the job, cannot speak to the runner, and leaves nothing running (I12). */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runAgent } from "../../action/agent-process.ts";
import type { AgentContext } from "../../action/handover.ts";

let temp: string;
beforeEach(async () => {
  temp = await mkdtemp(join(tmpdir(), "cairn-agent-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(temp, { recursive: true, force: true });
});

async function agent(command: string, context: Partial<AgentContext> = {}) {
  const printed: string[] = [];
  const end = await runAgent({
    context: {
      issue: 12,
      title: "Greet $(whoami) `now`",
      generation: 2,
      attempt: 3,
      base: "main",
      commit: "0".repeat(40),
      command,
      timeoutMinutes: 1,
      rules: { reservedPaths: [], limits: { files: 1, kilobytes: 1 } },
      check: null,
      ...context,
    },
    workspace: temp,
    temp,
    path: process.env.PATH ?? "",
    issueFile: join(temp, "issue.md"),
    print: (line) => printed.push(line),
    grace: 500,
  });
  const word = printed[0]?.replace("::stop-commands::", "") ?? "";
  return { end, printed, word, said: printed.slice(1, -1) };
}

/** Whether a process of this id is there and no zombie. */
async function lives(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid.trim()}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) Z /.test(stat);
}

test("its environment is the list that is documented, and nothing else", async () => {
  for (const name of [
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
  ]) {
    vi.stubEnv(name, "canary");
  }
  for (const name of [
    "GITHUB_TOKEN",
    "GITHUB_OUTPUT",
    "GITHUB_ENV",
    "GITHUB_PATH",
    "RUNNER_TEMP",
    "INPUT_GITHUB-TOKEN",
    "NODE_OPTIONS_CANARY",
    "AWS_SECRET_ACCESS_KEY",
  ]) {
    vi.stubEnv(name, "canary");
  }
  const { said } = await agent("env -0 | tr '\\n' ' ' | tr '\\0' '\\n'");
  const seen = Object.fromEntries(
    said.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const own = ["PWD", "SHLVL", "_", "OLDPWD"];
  expect(
    Object.keys(seen)
      .filter((name) => !own.includes(name))
      .sort(),
  ).toEqual([
    "CAIRN_ATTEMPT",
    "CAIRN_BASE",
    "CAIRN_GENERATION",
    "CAIRN_ISSUE_FILE",
    "CAIRN_ISSUE_NUMBER",
    "CAIRN_ISSUE_TITLE",
    "CI",
    "GIT_TERMINAL_PROMPT",
    "HOME",
    "LANG",
    "PATH",
    "TERM",
    "TMPDIR",
  ]);
  expect(said.join("\n")).not.toContain("canary");
  expect(seen).toMatchObject({
    CAIRN_ISSUE_NUMBER: "12",
    CAIRN_ISSUE_TITLE: "Greet $(whoami) `now`",
    CAIRN_GENERATION: "2",
    CAIRN_ATTEMPT: "3",
    CAIRN_BASE: "main",
    CAIRN_ISSUE_FILE: join(temp, "issue.md"),
    CI: "true",
  });
  expect(seen.HOME).not.toBe(process.env.HOME);
});

test("its home is new, can be written to, and is gone afterwards", async () => {
  const { said, end } = await agent(
    'ls -A "$HOME"; echo token > "$HOME/.netrc"; echo "$HOME"; touch "$TMPDIR/x"',
  );
  expect(end.outcome).toBe("done");
  expect(said[0]).toBe("tmp");
  await expect(readFile(join(said[1] ?? "", ".netrc"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("what it prints that looks like a workflow command stands between the words that stop commands", async () => {
  const { printed, word, said } = await agent(
    "printf '::set-output name=outcome::done\\r::add-mask::x\\n##[add-path]/evil\\n'; printf '::error::last, without an end' >&2",
  );
  expect(word).toMatch(/^cairn-[0-9a-f-]{36}$/);
  expect(printed.at(-1)).toBe(`::${word}::`);
  expect([...said].sort()).toEqual([
    "##[add-path]/evil",
    "::add-mask::x",
    "::error::last, without an end",
    "::set-output name=outcome::done",
  ]);
});

test("nothing is printed once commands count again, even by a process that got away and holds the pipe", async () => {
  const { printed, word } = await agent(
    "setsid bash -c 'for i in $(seq 60); do echo ::set-output name=late::$i; sleep 0.1; done' & sleep 0.2; echo done",
  );
  const count = printed.length;
  expect(printed.at(-1)).toBe(`::${word}::`);
  await pause(500);
  expect(printed).toHaveLength(count);
});

test("what it left running in its group ends with it", async () => {
  const { end, said } = await agent(
    "sleep 300 & echo $!; (sleep 300 & echo $!); nohup sleep 300 > /dev/null & echo $!",
  );
  expect(end.outcome).toBe("done");
  expect(said).toHaveLength(3);
  await pause(50);
  for (const pid of said) expect(await lives(pid)).toBe(false);
});

test("beyond its time it is asked to end, with all that it started, and the reason says so", async () => {
  const { end, said } = await agent("trap 'echo asked; exit 0' TERM; sleep 300 & echo $!; wait", {
    timeoutMinutes: 0.01,
  });
  expect(end).toEqual({ outcome: "failed", reason: "agent-timeout", detail: "after 0.01 minutes" });
  expect(said.at(-1)).toBe("asked");
  expect(await lives(said[0] ?? "")).toBe(false);
});

test("one that does not listen is ended all the same", async () => {
  const { end } = await agent("trap '' TERM; sleep 300", { timeoutMinutes: 0.005 });
  expect(end.reason).toBe("agent-timeout");
}, 15_000);

test.each([
  ["no-such-agent --fix", "agent-missing", "127"],
  ["./agent.sh", "agent-missing", "126"],
  ["exit 1", "agent-failed", "1"],
  ["kill -9 $$", "agent-failed", "128"],
])("`%s` ends as %s", async (command, reason, code) => {
  await writeFile(join(temp, "agent.sh"), "echo not executable\n", { mode: 0o644 });
  const { end } = await agent(command);
  expect(end).toMatchObject({ outcome: "failed", reason, detail: expect.stringContaining(code) });
});

test("a line without an end does not pile up", async () => {
  const { said, end } = await agent("head -c 200000 /dev/zero | tr '\\0' x");
  expect(end.outcome).toBe("done");
  expect(said.join("")).toHaveLength(200_000);
  expect(said.length).toBeGreaterThan(2);
});
