/**
 * `--hostile`: what can go wrong between the app, its runs and GitHub goes wrong, each thing at its moment, while the
 * issue takes its usual way. Everything is done through the sandbox's control and the system, as anybody could do it;
 * nothing of the app knows of it.
 */
import type { AppHost } from "../app-host.ts";
import type { Display } from "../display.ts";
import { person } from "../http.ts";
import type { Stage } from "../stage.ts";
import {
  AGENT_SPEAKS,
  FIRST_ATTEMPT,
  HOSTILE_LAG,
  PLANNED,
  type Planned,
  QUIET,
  WAITS_FOR_QUIET,
} from "./plan.ts";
import { createTally, type Happened } from "./tally.ts";

export interface HostileOptions {
  readonly stage: Stage;
  readonly issue: number;
  readonly app: AppHost;
  /** The app's log as it grows. */
  readonly appLog: readonly string[];
  readonly display: Display;
}

export interface Hostile {
  /** Does what is due and tells of what has happened since the last look. Rejects where the app does not start again. */
  look(): Promise<void>;
  /** Tells of the last, and how often everything has happened. */
  end(): readonly Happened[];
}

/** Sets everything up on a stage that serves. */
export async function createHostile(options: HostileOptions): Promise<Hostile> {
  const { stage, issue, app, appLog, display } = options;
  const { sandbox } = stage;
  const control = person(sandbox.url, stage.tokens.maintainer);
  const rules = new Map<string, Planned>();
  for (const planned of PLANNED) {
    const { id } = await control.post<{ id: string }>("/_sandbox/faults", planned.rule);
    rules.set(id, planned);
  }
  await control.post("/_sandbox/lag", { lag: HOSTILE_LAG });
  display.say(`from now on reads of GitHub show older states: ${HOSTILE_LAG}`);
  const say = (text: string): void => display.event({ issue, event: "fault", text });
  const tally = createTally(sandbox, rules, say);
  const killed = new Set<string>();
  let heard = 0;

  /** Once the agent of the first attempt is at work. */
  let losing: Promise<void> | undefined;
  async function loseRunner(jobId: number, job: string): Promise<void> {
    await control.post("/_sandbox/runner/lose", { jobId, noticeMs: 500 });
    tally.add("lost runner", `the runner of ${job.split(" ").at(-1)} is gone, in the middle of the agent`);
  }
  const hush = sandbox.engine?.onLine(({ job, jobId, text }) => {
    if (FIRST_ATTEMPT.test(job) && AGENT_SPEAKS.test(text)) losing ??= loseRunner(jobId, job);
  });
  /** Once something of this kind has landed. */
  async function killApp(kind: string, moment: string): Promise<void> {
    if (killed.has(kind) || !sandbox.landed.some((entry) => entry.kind === kind)) return;
    killed.add(kind);
    tally.add("killed app", `the app is killed ${moment} (SIGKILL)`);
    await app.replace();
    say("another app runs: it knows nothing but what stands on GitHub");
  }
  /** The app waits on GitHub's clock, which is the sandbox's: nobody has to sit it out. */
  async function passQuietPeriod(): Promise<void> {
    const waits = appLog.slice(heard).some((line) => line.includes(WAITS_FOR_QUIET));
    heard = appLog.length;
    if (!waits) return;
    say(`${QUIET / 1000} s pass on GitHub: a quiet period has to end before anything is tried again`);
    await control.post("/_sandbox/clock", { advance: QUIET });
  }
  return {
    async look() {
      await losing;
      tally.follow();
      await killApp("agent.run", "while its first run works");
      await killApp("pull.create", "when the pull request has just been opened");
      await passQuietPeriod();
    },
    end() {
      hush?.();
      tally.follow();
      return tally.happened();
    },
  };
}
