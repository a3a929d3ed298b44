/** Processes that are lost, runs that people and machines interfere with: whatever happens to those who work. */
import type { Sandbox } from "../sandbox/index.ts";
import { createChance } from "./chance.ts";
import type { Clockwork } from "./clockwork.ts";
import type { CrashPoint } from "./crash-points.ts";
import type { Focus } from "./focus.ts";
import type { Dice, Knob } from "./knobs.ts";
import type { People } from "./people.ts";
import type { Outcome } from "./plan.ts";
import type { Process } from "./process.ts";
import type { Replicas } from "./replicas.ts";
import type { LiveJob, Runner } from "./runner.ts";
import type { Stage } from "./stage.ts";
import type { Telling } from "./telling.ts";

export interface LossesOptions {
  readonly clockwork: Clockwork;
  readonly dice: Dice;
  readonly telling: Telling;
  readonly seed: number;
  /** What this world is about; `undefined`: nothing. */
  readonly focus: Focus | undefined;
}

interface Watched {
  readonly sandbox: Sandbox;
  readonly stage: Stage;
  readonly runner: Runner;
  readonly replicas: Pick<Replicas, "died">;
  readonly people: Pick<People, "ask">;
}

export interface Losses {
  watch(watched: Watched): void;
  /** Asked at each point by each process. */
  crashes(process: Process, point: CrashPoint, planned: Outcome | undefined): boolean;
  begin(): void;
  end(): void;
  readonly hit: readonly CrashPoint[];
}

const MINUTE = 60_000;

export function createLosses({ clockwork, dice, telling, seed, focus }: LossesOptions): Losses {
  const hit = new Set<CrashPoint>();
  const chance = createChance(`cairn/${seed}/losses`);
  const prelude = focus?.help?.prelude;
  let begun = prelude === undefined;
  /** How often it still kills at its point. */
  let left = focus ? chance.integer(1, 2) : 0;
  let over = false;
  let watched: Watched | undefined;

  const jobOf = (process: Process): LiveJob | undefined =>
    [...(watched?.runner.live ?? [])].find((one) => one.process === process);

  function kill(process: Process): void {
    const job = jobOf(process);
    process.die();
    if (process.kind === "app") watched?.replicas.died(process);
    else if (job) watched?.sandbox.engine?.loseRunner(job.jobId, chance.integer(1, 12) * MINUTE);
  }

  function onJobs(): void {
    const { sandbox, runner, people } = watched as Watched;
    const { engine } = sandbox;
    for (const job of [...runner.live]) {
      if (dice.roll("runner-lost")) {
        telling.say(job.process.name, "its machine is lost");
        kill(job.process);
      } else if (dice.roll("runner-paused")) {
        // The engine gives it up, and it knows nothing of that when it wakes.
        const asleep = dice.of("runner-paused").integer(1, 40) * MINUTE;
        telling.say(job.process.name, `sleeps for ${asleep / MINUTE} minutes`);
        job.process.pauseUntil(clockwork.now() + asleep);
        job.survives = true;
        if (asleep > 10 * MINUTE) engine?.loseRunner(job.jobId, 10 * MINUTE);
      } else if (dice.roll("run-cancelled")) {
        void people.ask("maya", "POST", `/actions/runs/${job.runId}/cancel`);
      }
    }
  }

  function onRuns(): void {
    const { sandbox, stage, people } = watched as Watched;
    const runs = sandbox.engine?.runs(stage.repository.id) ?? [];
    for (const run of runs.slice(0, 6)) {
      if (run.status === "completed" && dice.roll("run-rerun", 0.3)) {
        const how = dice.of("run-rerun").pick(["rerun", "rerun-failed-jobs"]);
        void people.ask("maya", "POST", `/actions/runs/${run.id}/${how}`);
      }
      if (run.status === "pending" && dice.roll("run-evicted")) {
        void people.ask("maya", "POST", `/actions/runs/${run.id}/cancel`);
      }
    }
  }

  function onTokens(): void {
    const { sandbox, stage } = watched as Watched;
    if (!dice.roll("401-mid-run")) return;
    const { tokens } = sandbox.world;
    const found = [...tokens.values()].filter(
      (one) => one.kind === "installation" && one.installationId === stage.installation.id,
    );
    const revoked = found[found.length === 0 ? 0 : dice.of("401-mid-run").integer(0, found.length - 1)];
    if (!revoked) return;
    telling.say("GitHub", "revokes a token of the installation");
    tokens.delete(revoked.token);
  }

  /** Reads lag by other times every few minutes, and sometimes not at all. */
  function onLag(): void {
    const { sandbox } = watched as Watched;
    const lag = (knob: Knob): number => (dice.roll(knob, 4) ? dice.of(knob).integer(200, 30_000) : 0);
    sandbox.lag.set({
      list: lag("stale-list"),
      get: lag("stale-object"),
      ref: lag("stale-ref"),
      count: lag("stale-count"),
    });
  }

  function again(every: readonly [number, number], run: () => void): void {
    clockwork.schedule(chance.integer(...every), () => {
      if (over) return;
      run();
      again(every, run);
    });
  }

  return {
    get hit() {
      return [...hit];
    },
    watch(all) {
      watched = all;
    },
    crashes(process, point, planned) {
      if (!process.alive) return false;
      const plannedHere = planned?.kind === "crash" && point.includes(`:${planned.moment}:`);
      if (over && !plannedHere) return false;
      const leads = !begun && point === prelude;
      begun ||= leads;
      const there = begun && point === focus?.point && left > 0;
      const meant = leads || (there && (focus.help !== undefined || chance.happens(0.5)));
      if (!meant && !plannedHere && !dice.roll("crash", 0.05)) return false;
      if (meant && !leads) left -= 1;
      hit.add(point);
      telling.say(process.name, `is lost at ${point}`);
      kill(process);
      return true;
    },
    begin() {
      again([15_000, 90_000], onJobs);
      again([60_000, 300_000], onRuns);
      again([60_000, 300_000], onTokens);
      again([60_000, 300_000], onLag);
    },
    end() {
      over = true;
      (watched as Watched).sandbox.lag.set({ list: 0, get: 0, count: 0, ref: 0 });
    },
  };
}
