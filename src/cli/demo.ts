/** `cairn demo`: the whole loop on this machine, live, with real git, a real app, real workflows. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type AppHost, startAppHost } from "./app-host.ts";
import { conditionsHelp } from "./conditions.ts";
import { type DemoInput, readInput } from "./demo-input.ts";
import { createDisplay, type Display } from "./display.ts";
import { ExitError } from "./exit.ts";
import { freePort } from "./free-port.ts";
import {
  createHostile,
  type Happened,
  HOSTILE_AGENT,
  HOSTILE_SWEEP_SECONDS,
  type Hostile,
} from "./hostile.ts";
import { hostileTable, type LandedCount } from "./hostile-report.ts";
import { type Person, person } from "./http.ts";
import { nextSteps, reportOf } from "./report.ts";
import { createReviewer } from "./reviewer.ts";
import { refusing } from "./sandbox.ts";
import { PEOPLE, type Stage, setStage } from "./stage.ts";
import { createWatcher, type IssueSummary, type Watcher } from "./watch.ts";

export const DEMO_HELP = `Usage: npm start -- [options]

Takes an issue from the label cairn:ready to a merged pull request, in a GitHub on this machine: real git
repositories, the real app, the real Action in real workflow runs, a reviewer. Needs no account.

  --repo PATH          a local git repository, taken over whole (default: a small sample). Each of its
                       pull_request jobs becomes a required check; where there is none, approval alone counts
  --issue FILE.md      an issue: title on the first line; may be given several times, they run side by side
  --agent 'COMMAND'    shell command that does an issue: it runs in a checkout, finds the issue in the file
                       CAIRN_ISSUE_FILE (also CAIRN_ISSUE_NUMBER, CAIRN_ISSUE_TITLE, CAIRN_GENERATION,
                       CAIRN_ATTEMPT, CAIRN_BASE), and changes files
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

type ExitReason =
  | "done"
  | "hold"
  | "unmerged"
  | "twice"
  | "fault-missing"
  | "bad-arguments"
  | "try-again"
  | "interrupted"
  | "failed";

interface Ended {
  readonly code: number;
  readonly reason: ExitReason;
}

/** Milliseconds without any change after which nothing is expected to come any more. */
const STALLED = 600_000;

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
    ...input.conditions,
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

interface Play {
  readonly stage: Stage;
  readonly app: AppHost;
  readonly appLog: readonly string[];
  readonly input: DemoInput;
  readonly display: Display;
}

async function play({ stage, app, appLog, input, display }: Play): Promise<number> {
  const maintainer = person(stage.sandbox.url, stage.tokens.maintainer);
  const numbers: number[] = [];
  for (const issue of input.issues) {
    const { number } = await maintainer.post<{ number: number }>(`/repos/${stage.name}/issues`, issue);
    numbers.push(number);
    display.say(`@${PEOPLE.maintainer} opened #${number} "${issue.title}"`);
  }
  const [first = 0] = numbers;
  const hostile = input.hostile
    ? await createHostile({ stage, issue: first, app, appLog, display })
    : undefined;
  await Promise.all(numbers.map((number) => label(maintainer, stage, number)));
  display.say(`@${PEOPLE.maintainer} set cairn:ready`);
  const watcher = createWatcher(stage, numbers);
  const quiet = stage.sandbox.engine?.onLine(({ job, text }) => {
    const agent = /(?:^|\s)agent\.run:(\d+)#/.exec(job)?.[1];
    if (agent !== undefined && !text.startsWith("##[") && !text.startsWith("::"))
      display.agent(Number(agent), text);
  });
  try {
    const watched = await watch({ stage, watcher, numbers, input, display, hostile });
    const summaries = await summarise(watcher, numbers);
    for (const summary of summaries) display.report(await reportOf(stage, watcher, summary));
    if (stage.requiredChecks.length === 0) {
      display.report("\nThe repository has no CI for pull requests: approval alone counted.");
    }
    for (const summary of summaries) {
      if (summary.state === "hold") display.report(await holdWords(maintainer, stage, summary));
    }
    const landed = landedOf(stage);
    const faults = hostile?.happened();
    if (faults) display.report(hostileTable(faults, landed));
    display.report(nextSteps(input.keep));
    const ended = watched.code === 0 && faults ? hostileEnd(faults, landed) : watched;
    const summary = { type: "summary", issues: summaries, landed, exitReason: ended.reason };
    display.object({ ...summary, ...(faults ? { faults } : {}) });
    return ended.code;
  } finally {
    quiet?.();
    hostile?.stop();
  }
}

/** Merged and closed is not enough: everything must have gone wrong, and nothing have happened twice. */
function hostileEnd(faults: readonly Happened[], landed: readonly LandedCount[]): Ended {
  if (landed.some(({ count }) => count > 1)) return { code: 1, reason: "twice" };
  if (faults.some(({ count }) => count === 0)) return { code: 1, reason: "fault-missing" };
  return { code: 0, reason: "done" };
}

const label = (maintainer: Person, stage: Stage, number: number): Promise<unknown> =>
  maintainer.post(`/repos/${stage.name}/issues/${number}/labels`, { labels: ["cairn:ready"] });

const summarise = (watcher: Watcher, numbers: readonly number[]): Promise<readonly IssueSummary[]> =>
  // What is spent on no single issue (the sweep) is a single issue's, where there is only one.
  Promise.all(numbers.map((number) => watcher.summary(number, numbers.length === 1 ? "all" : "own")));

/** The hold's own comment: what happened and what to do. */
async function holdWords(maintainer: Person, stage: Stage, summary: IssueSummary): Promise<string> {
  const path = `/repos/${stage.name}/issues/${summary.number}/comments?per_page=100`;
  const comments = await maintainer.get<{ body: string }[]>(path);
  const text =
    comments
      .at(-1)
      ?.body.replace(/<!--[\s\S]*?-->/g, "")
      .trim() ?? "";
  return `\n#${summary.number} is on hold\n  ${text.replaceAll("\n", "\n  ")}`;
}

interface Watch {
  readonly stage: Stage;
  readonly watcher: Watcher;
  readonly numbers: readonly number[];
  readonly input: DemoInput;
  readonly display: Display;
  readonly hostile: Hostile | undefined;
}

async function watch({ stage, watcher, numbers, input, display, hostile }: Watch): Promise<Ended> {
  const reviewer = createReviewer(stage, input.approve, display);
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  let changed = Date.now();
  try {
    for (;;) {
      const events = await watcher.look();
      if (events.length > 0) changed = Date.now();
      for (const event of events) display.event(event);
      const ends = await Promise.all(numbers.map((number) => watcher.ended(number)));
      if (ends.every((end) => end !== undefined)) return endOf(ends);
      if (interrupted) return { code: 1, reason: "interrupted" };
      const patient = input.approve === "wait" && reviewer.waiting();
      if (!patient && Date.now() - changed > STALLED) return { code: 3, reason: "try-again" };
      await hostile?.look();
      await reviewer.look();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

function endOf(ends: readonly ("done" | "hold" | undefined)[]): Ended {
  return ends.every((end) => end === "done") ? { code: 0, reason: "done" } : { code: 1, reason: "hold" };
}

/** Effects that landed, from the sandbox's own log. */
function landedOf({ sandbox }: Stage): readonly LandedCount[] {
  const counts = new Map<string, LandedCount & { count: number }>();
  for (const { kind, key } of sandbox.landed) {
    const entry = counts.get(key) ?? { kind, key, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  }
  return [...counts.values()];
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
