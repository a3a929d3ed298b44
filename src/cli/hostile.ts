/**
 * `--hostile`: what can go wrong between the app, its runs and GitHub goes wrong, each thing at its moment, while the
 * issue takes its usual way. Everything is done through the sandbox's control and the system, as anybody could do it;
 * nothing of the app knows of it.
 */
import type { FaultRule } from "../sandbox/control/faults.ts";
import type { AppHost } from "./app-host.ts";
import type { Display } from "./display.ts";
import { person } from "./http.ts";
import { SAMPLE_AGENT } from "./sample.ts";
import type { Stage } from "./stage.ts";

export const HOSTILE_LAG = "list=400ms,get=150ms,count=250ms,ref=100ms";
/** The sample's agent, which takes its time in the first attempt: there its runner is lost. */
export const HOSTILE_AGENT = `${SAMPLE_AGENT} && { [ "$CAIRN_ATTEMPT" -gt 1 ] || sleep 60; }`;
/** The app notices by its sweep what a lost webhook did not tell it. */
export const HOSTILE_SWEEP_SECONDS = "1";

export type FaultName =
  | "old read"
  | "lost answer"
  | "doubled webhook"
  | "dropped webhook"
  | "killed app"
  | "lost runner";

export interface Happened {
  readonly fault: FaultName;
  readonly count: number;
}

export interface Hostile {
  /** Does what is due and tells of what has happened since the last look. */
  look(): Promise<void>;
  happened(): readonly Happened[];
  stop(): void;
}

interface Planned {
  readonly fault: FaultName;
  readonly words: string;
  readonly rule: FaultRule;
}

const REPO = "/repos/{owner}/{repo}";
const lostAnswer = (what: string, method: string, path: string): Planned => ({
  fault: "lost answer",
  words: `GitHub has ${what}; the connection is cut before it can say so`,
  rule: { method, path: `${REPO}${path}`, actor: "installation", fault: { kind: "answer-lost" } },
});
const webhook = (mode: "double" | "drop", event: string, action: string): Planned => ({
  fault: mode === "double" ? "doubled webhook" : "dropped webhook",
  words: `webhook ${event}.${action} ${mode === "double" ? "comes twice" : "never comes"}`,
  rule: { fault: { kind: "webhook", event, action, mode } },
});

const PLANNED: readonly Planned[] = [
  lostAnswer("moved the chain", "PATCH", "/git/refs/{ref}"),
  lostAnswer("written the intent's comment", "POST", "/issues/{issue_number}/comments"),
  lostAnswer("opened the pull request", "POST", "/pulls"),
  lostAnswer("merged the pull request", "PUT", "/pulls/{pull_number}/merge"),
  webhook("double", "issues", "labeled"),
  webhook("double", "workflow_run", "completed"),
  webhook("drop", "pull_request_review", "submitted"),
  webhook("drop", "check_suite", "completed"),
];

/** Milliseconds: the app's quiet period of 120 s, and a look after it. */
const QUIET = 125_000;

export interface HostileOptions {
  readonly stage: Stage;
  readonly issue: number;
  readonly app: AppHost;
  /** The app's log as it grows: it says when it waits for a quiet period. */
  readonly appLog: readonly string[];
  readonly display: Display;
}

/** Sets everything up on a stage that serves. */
export async function createHostile({
  stage,
  issue,
  app,
  appLog,
  display,
}: HostileOptions): Promise<Hostile> {
  const { sandbox } = stage;
  const control = person(sandbox.url, stage.tokens.maintainer);
  const counts = new Map<FaultName, number>();
  const rules = new Map<string, Planned>();
  const told = new Map<string, number>();
  const done = new Set<string>();
  let heard = 0;
  let read = 0;

  const say = (text: string): void => display.event({ issue, event: "fault", text });
  const count = (fault: FaultName, by = 1): void => void counts.set(fault, (counts.get(fault) ?? 0) + by);
  const post = (path: string, body: unknown): Promise<unknown> => control.post(`/_sandbox/${path}`, body);

  for (const planned of PLANNED) {
    const { id } = await control.post<{ id: string }>("/_sandbox/faults", planned.rule);
    rules.set(id, planned);
  }
  await post("lag", { lag: HOSTILE_LAG });
  display.say(`from now on GitHub's reads lag: ${HOSTILE_LAG}`);

  /** In the middle of the first attempt's agent: its own words have begun to come. */
  let lost: Promise<unknown> | undefined;
  const hush = sandbox.engine?.onLine(({ job, jobId, text }) => {
    if (lost || !/agent\.run:\S+a1$/.test(job) || !AGENT_SPEAKS.test(text)) return;
    lost = post("runner/lose", { jobId, noticeMs: 500 }).then(() => {
      count("lost runner");
      say(`the runner of ${job.split(" ").at(-1)} is gone, in the middle of the agent`);
    });
  });

  function tellOfRules(): void {
    for (const { id, happened } of sandbox.faults.list()) {
      const planned = rules.get(id);
      const before = told.get(id) ?? 0;
      if (!planned || happened === before) continue;
      told.set(id, happened);
      count(planned.fault, happened - before);
      say(planned.words);
    }
  }
  function tellOfReads(): void {
    const fresh = sandbox.requestLog.slice(read);
    read += fresh.length;
    // People look as well; what they see decides nothing here.
    const old = fresh.filter(({ behind, tokenKind }) => behind !== undefined && tokenKind !== "user");
    if (old.length === 0) return;
    count("old read", old.length);
    const paths = [...new Set(old.map(({ route }) => route?.split("/").slice(4).join("/") || "repository"))];
    say(`${old.length} read${old.length === 1 ? "" : "s"} of an older state: ${paths.join(", ")}`);
  }
  async function killOnce(key: string, moment: string, due: boolean): Promise<void> {
    if (!due || done.has(key)) return;
    done.add(key);
    count("killed app");
    say(`the app is killed ${moment} (SIGKILL)`);
    await app.replace();
    say("another app runs: it knows nothing but what stands on GitHub");
  }
  async function passTime(): Promise<void> {
    const waits = appLog.slice(heard).some((line) => line.includes("the quiet period:"));
    heard = appLog.length;
    if (!waits) return;
    say(`${QUIET / 1000} s pass on GitHub: a quiet period has to end before anything is tried again`);
    await post("clock", { advance: QUIET });
  }
  return {
    async look() {
      await lost;
      tellOfRules();
      tellOfReads();
      const has = (kind: string): boolean => sandbox.landed.some((entry) => entry.kind === kind);
      await killOnce("run", "while its first run works", has("agent.run"));
      await killOnce("pull", "when the pull request has just been opened", has("pull.create"));
      await passTime();
    },
    happened: () => FAULTS.map((fault) => ({ fault, count: counts.get(fault) ?? 0 })),
    stop: () => hush?.(),
  };
}

const AGENT_SPEAKS = /^reading the issue/;

const FAULTS: readonly FaultName[] = [
  "old read",
  "lost answer",
  "doubled webhook",
  "dropped webhook",
  "killed app",
  "lost runner",
];
