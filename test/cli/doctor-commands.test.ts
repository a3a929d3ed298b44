/** What the doctor says to configured commands: it looks at them, and runs none. */
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { judgeCommands } from "../../src/cli/doctor/commands.ts";
import { parseConfig } from "../../src/policy/config/index.ts";

const FILES = new Set(["agent.sh", "scripts/check"]);

/** The finding for these commands, by their section. */
function found(commands: Readonly<Record<string, string>>) {
  const sections = Object.entries(commands).map(([key, command]) => [key, { command }]);
  const parsed = parseConfig(JSON.stringify(Object.fromEntries(sections)));
  if (parsed.kind === "invalid") throw new Error("not a configuration");
  return judgeCommands(parsed.config, async (path) => FILES.has(path));
}

test.each([
  ["./agent.sh", "agent.command begins with agent.sh, which is there"],
  ["CI=1 scripts/check --all && echo done", "agent.command begins with scripts/check, which is there"],
  ["npm ci && npm test", "agent.command begins with no file of the repository"],
  ['"$HOME"/agent', "agent.command begins with no file of the repository"],
  ["/opt/agent", "agent.command begins with no file of the repository"],
  ["../agent", "agent.command begins with no file of the repository"],
])("%s: nothing is wrong with it that can be seen", async (command, words) => {
  expect(await found({ agent: command })).toEqual({ verdict: "ok", found: words });
});

test("a file that is not there, and a line that bash cannot read, are wrong, each with its key", async () => {
  expect(await found({ agent: "./agent.sh", check: "./check.sh", triage: "for x in; do" })).toEqual({
    verdict: "wrong",
    found: expect.stringMatching(
      /^check\.command begins with check\.sh, which the default branch does not have; triage\.command: bash cannot read it: line \d+: syntax error/,
    ),
  });
  expect(await found({})).toEqual({ verdict: "ok", found: "none is configured" });
});

test("no command is run, and where there is no bash nobody knows", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cairn-doctor-"));
  expect((await found({ agent: `touch ${folder}/one; echo $(touch ${folder}/two)` })).verdict).toBe("ok");
  expect(await readdir(folder)).toEqual([]);
  vi.stubEnv("PATH", folder);
  expect(await found({ agent: "./agent.sh" })).toEqual({
    verdict: "unknown",
    found: expect.stringMatching(/^there is no bash on this machine that could read agent\.command; /),
  });
  vi.unstubAllEnvs();
});
