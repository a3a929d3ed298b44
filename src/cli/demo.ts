/** `cairn demo`: the whole loop on this machine, live, with real git, a real app, real workflows. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { startAppHost } from "./app-host.ts";
import { conditionsHelp } from "./conditions.ts";
import { type DemoInput, readInput } from "./demo-input.ts";
import { createDisplay, type Display } from "./display.ts";
import type { ExitReason } from "./ending.ts";
import { ExitError } from "./exit.ts";
import { freePort } from "./free-port.ts";
import { HOSTILE_AGENT, HOSTILE_SWEEP_SECONDS } from "./hostile/plan.ts";
import { play } from "./play.ts";
import { refusing } from "./sandbox.ts";
import { type Stage, setStage } from "./stage.ts";

export const DEMO_HELP = `Usage: npm start -- [options]

Takes an issue from the label cairn:ready to a merged pull request, in a GitHub on this machine: real git
repositories, the real app, the real Action in real workflow runs, a reviewer. Needs no account.

  --repo PATH          a local git repository, taken over whole (default: a small sample). Each of its
                       pull_request jobs becomes a required check; where there is none, approval alone counts
  --issue FILE.md      an issue: title on the first line; may be given several times, they run side by side
  --backlog DIR        a folder of issues, a file *.md each but README.md: title on the first line, before it optional front matter
                       (labels, author, blocked-by: names of its files). All are set ready at once; triage judges
                       them as the repository's configuration says; a board shows them, and what each came to
  --agent 'COMMAND'    shell command that does an issue: it runs in a checkout, finds the issue in the file
                       CAIRN_ISSUE_FILE (also CAIRN_ISSUE_NUMBER, CAIRN_ISSUE_TITLE, CAIRN_GENERATION,
                       CAIRN_ATTEMPT, CAIRN_BASE), and changes files
  --actions DIR        actions that its workflows use, as DIR/owner/name[/path]/action.yml, any ref. Brought along:
                       actions/checkout, cache, setup-node, setup-python, setup-go, upload-artifact,
                       download-artifact; any other action fails its job and names this option
  --approve auto|wait  auto: a second person approves when asked; wait: the command to approve is printed
  --keep DIR           leave repositories, run logs and the sandbox's log there
  --hostile            the sample issue goes through reads that lag, lost answers, doubled and dropped webhooks,
                       a killed app and a killed runner, to the same single merge; ends with a table of both
  --json               one JSON object a line; the last is the summary
${conditionsHelp(23)}

Exit codes: 0 every issue merged and closed (with --hostile also: each fault happened, nothing landed twice),
1 one is on hold or unmerged, 2 arguments, repository or issue
cannot be used, 3 try again (something did not become visible, or a limit).
`;

export async function demo(args: readonly string[]): Promise<number> {
  const display = createDisplay(args.includes("--json") ? "json" : "text");
  try {
    const input = await readInput(args);
    return await refusing(() => onStage(input, display));
  } catch (error) {
    const known = error instanceof ExitError;
    const reason: ExitReason = !known ? "failed" : error.code === 3 ? "try-again" : "bad-arguments";
    const message = error instanceof Error ? error.message : String(error);
    display.object({ type: "summary", issues: [], landed: [], exitReason: reason, message });
    if (known) throw error;
    throw new ExitError(1, message);
  }
}

async function onStage(input: DemoInput, display: Display): Promise<number> {
  const port = await freePort();
  const keep = input.keep === undefined ? undefined : resolve(input.keep);
  if (keep) await mkdir(keep, { recursive: true });
  const agent = input.hostile ? HOSTILE_AGENT : input.agent;
  const stage = await setStage({
    appUrl: `http://127.0.0.1:${port}`,
    ...(input.repo === undefined ? {} : { repo: input.repo }),
    ...(agent === undefined ? {} : { agent }),
    ...(keep === undefined ? {} : { directory: keep }),
    triage: input.backlog ? "as-configured" : "none",
    ...input.conditions,
    ...(input.actions === undefined ? {} : { actions: input.actions }),
  });
  try {
    display.say(`a GitHub on this machine: ${stage.sandbox.url} with ${stage.name} and cairn-dev/cairn@v1`);
    for (const notice of stage.notices) display.say(`note: ${notice}`);
    const sweep = input.hostile ? HOSTILE_SWEEP_SECONDS : "30";
    const env = { LOG_FORMAT: "json", CAIRN_START_SECONDS: "20", CAIRN_SWEEP_SECONDS: sweep };
    const appLog: string[] = [];
    const app = await startAppHost({ stage, port, env, onLine: (line) => appLog.push(line) });
    display.say("the app is running");
    try {
      return await play({ stage, app, appLog, input, display });
    } finally {
      await app.stop();
      if (keep) await keepLogs(stage, keep, appLog);
    }
  } finally {
    await stage.sandbox.stop();
  }
}

async function keepLogs(stage: Stage, keep: string, appLog: readonly string[]): Promise<void> {
  const { engine, world } = stage.sandbox;
  const folder = join(keep, "logs");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "app.log"), `${appLog.join("\n")}\n`);
  for (const run of world.runs.values()) {
    for (const job of run.jobs) {
      const text = engine?.jobLog(job.id);
      const name = `run-${run.id}-${run.attempt}-${job.name.replaceAll(/[^A-Za-z0-9.#-]+/g, "_")}.log`;
      if (text !== undefined) await writeFile(join(folder, name), text);
    }
  }
}
