/** What the agent leaves behind ends with it, wherever it hides from its process group; nobody else is touched (I12). */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runAgent } from "../../action/agent-process.ts";
import { endLeftovers } from "../../action/leftovers.ts";

let temp: string;
let bystander: ChildProcess;
beforeEach(async () => {
  temp = await mkdtemp(join(tmpdir(), "cairn-leftovers-"));
  bystander = spawn("sleep", ["300"], { env: { PATH: process.env.PATH, HOME: `${temp}/other` } });
});
afterEach(async () => {
  bystander.kill("SIGKILL");
  await rm(temp, { recursive: true, force: true });
});

async function lives(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) Z /.test(stat);
}

const ended = (pid: string): Promise<void> => vi.waitFor(async () => expect(await lives(pid)).toBe(false));

async function agent(command: string): Promise<string[]> {
  const printed: string[] = [];
  const { outcome } = await runAgent({
    context: {
      issue: 1,
      title: "Leave nothing",
      generation: 1,
      attempt: 1,
      base: "main",
      commit: "0".repeat(40),
      command,
      timeoutMinutes: 1,
      rules: { reservedPaths: [], limits: { files: 1, kilobytes: 1 } },
      check: null,
    },
    workspace: temp,
    temp,
    path: process.env.PATH ?? "",
    issueFile: join(temp, "issue.md"),
    print: (line) => printed.push(line),
  });
  expect(outcome).toBe("done");
  return printed.filter((line) => /^\d+$/.test(line));
}

test("a service in a session of its own is ended, with what it started", async () => {
  const pids = await agent(
    ": > left; setsid bash -c 'echo $$; sleep 300 & echo $!; wait' > left 2> /dev/null & while [ $(wc -l < left) -lt 2 ]; do sleep 0.02; done; cat left",
  );
  expect(pids).toHaveLength(2);
  for (const pid of pids) await ended(pid);
  expect(await lives(String(bystander.pid))).toBe(true);
});

test("one that starts itself anew is ended too", async () => {
  const pids = await agent(
    ": > left; setsid bash -c 'while true; do setsid sleep 300 & echo $!; wait $!; done' > left 2> /dev/null & while [ ! -s left ]; do sleep 0.02; done; cat left",
  );
  for (const pid of pids) await ended(pid);
});

test("only the very folder counts", async () => {
  await endLeftovers(temp);
  expect(await lives(String(bystander.pid))).toBe(true);
  await endLeftovers(`${temp}/other`);
  await ended(String(bystander.pid));
});
