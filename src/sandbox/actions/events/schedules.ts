/**
 * `schedule`: looked at each minute of the sandbox's clock, on the last commit of each default branch. What fell due
 * several times since the last look, as when the clock was set forward, runs once: GitHub, too, drops what it is late for.
 */
import { readText, type Source } from "../load.ts";
import type { ActionsHost, TriggerEvent } from "../port.ts";
import { readWorkflow } from "../workflow-file.ts";
import type { WorkflowList } from "../workflow-list.ts";
import { type Cron, lastDue, parseCron } from "./cron.ts";

interface Schedule {
  readonly path: string;
  readonly text: string;
  readonly cron: Cron;
  readonly timezone: string | undefined;
}

export interface Schedules {
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;

/** Shortest time between two runs of one schedule. */
const SHORTEST_MS = 5 * MINUTE_MS;

const minuteOf = (at: number): number => Math.floor(at / MINUTE_MS);

export function startSchedules(
  host: ActionsHost,
  list: WorkflowList,
  trigger: (event: TriggerEvent) => Promise<unknown>,
): Schedules {
  const known = new Map<number, { readonly sha: string; readonly schedules: readonly Schedule[] }>();
  const ranAt = new Map<string, number>();
  let looked = host.clock.now();
  let work: Promise<void> | undefined;
  let stopped = false;
  let unschedule = (): void => undefined;

  function arm(): void {
    unschedule = host.clock.schedule(MINUTE_MS - (host.clock.now() % MINUTE_MS), () => {
      work ??= lookOn().finally(() => {
        work = undefined;
      });
      arm();
    });
  }

  /** Looks until nothing is left to look at: a clock that is set forward passes many minutes at once. */
  async function lookOn(): Promise<void> {
    await Promise.resolve();
    while (!stopped && minuteOf(looked) < minuteOf(host.clock.now())) {
      const after = looked;
      looked = host.clock.now();
      await look(after, looked).catch((error: unknown) => process.emitWarning(String(error)));
    }
  }

  async function look(after: number, until: number): Promise<void> {
    for (const repository of host.repositories()) {
      const ref = `refs/heads/${repository.defaultBranch}`;
      const sha = await repository.store.readRef(ref);
      if (sha === undefined) continue;
      const source: Source = { repository, sha, ref };
      for (const schedule of await schedulesAt(source)) await runIfDue(source, schedule, after, until);
    }
  }

  async function schedulesAt(source: Source): Promise<readonly Schedule[]> {
    const { repository, sha } = source;
    const before = known.get(repository.id);
    if (before?.sha === sha) return before.schedules;
    const schedules: Schedule[] = [];
    for (const path of await list.paths(repository, sha))
      schedules.push(...(await schedulesIn(source, path)));
    known.set(repository.id, { sha, schedules });
    return schedules;
  }

  async function runIfDue(source: Source, schedule: Schedule, after: number, until: number): Promise<void> {
    const { repository, sha, ref } = source;
    const due = lastDue(schedule.cron, schedule.timezone, after, until);
    const key = `${repository.id} ${schedule.path} ${schedule.text}`;
    if (due === undefined || due - (ranAt.get(key) ?? Number.NEGATIVE_INFINITY) < SHORTEST_MS) return;
    ranAt.set(key, due);
    const [change] = await repository.store.log(sha, { path: schedule.path, limit: 1 });
    const { actor, payload } = host.scheduled(repository.id, schedule.text, schedule.path, change?.author);
    const headBranch = repository.defaultBranch;
    await trigger({
      repository,
      name: "schedule",
      ref,
      sha,
      headBranch,
      headSha: sha,
      actor,
      payload,
      workflowPath: schedule.path,
    });
  }

  arm();
  return {
    async stop() {
      stopped = true;
      unschedule();
      await work;
    },
  };
}

async function schedulesIn(source: Source, path: string): Promise<readonly Schedule[]> {
  const content = await readText(source, path);
  const parsed = content === undefined ? undefined : await readWorkflow(path, content);
  if (parsed?.kind !== "valid") return [];
  return (parsed.file.on.schedule ?? []).map(({ cron, timezone }) => ({
    path,
    text: cron,
    cron: parseCron(cron),
    timezone,
  }));
}
