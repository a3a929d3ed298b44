/**
 * What a merge queue does next, from what is there: it is looked at whenever something may have changed, one queue after
 * the other, and never by two at once (`services.later`).
 */
import type { Services } from "../../services.ts";
import { findRepository } from "../../world/find.ts";
import { entriesOf, type QueueRule, queueRuleOf } from "../../world/merge-queue.ts";
import type { MergeQueueEntry } from "../../world/pull-state.ts";
import { queueCause } from "./bot.ts";
import { build, destroy } from "./group.ts";
import { type LeaveReason, leave } from "./leave.ts";
import { mergeGroup } from "./merge-group.ts";
import { mustLeave, verdictOf } from "./verdict.ts";

const MINUTE_MS = 60_000;

/** Looks at the queues of a repository, later. */
export function pokeQueues(services: Services, repositoryId: number): void {
  const branches = (): Set<string> =>
    new Set(
      [...services.world.mergeQueueEntries.values()]
        .filter((entry) => entry.repositoryId === repositoryId)
        .map(({ branch }) => branch),
    );
  if (branches().size === 0) return;
  services.later(async () => {
    for (const branch of branches()) while ((await step(services, repositoryId, branch)) === "again");
  });
}

/** One change at most; `wait`: there is nothing to do until something happens. */
async function step(services: Services, repositoryId: number, branch: string): Promise<"again" | "wait"> {
  const { world } = services;
  const repository = findRepository(world, repositoryId);
  const entries = entriesOf(world, repositoryId, branch);
  const rule = queueRuleOf(world, repository, branch);
  const base = repository.refs.get(`refs/heads/${branch}`);
  const [front] = entries;
  if (!front) return "wait";
  if (!rule || base === undefined) return take(services, front, "QUEUE_CLEARED");
  for (const entry of entries) {
    const reason = mustLeave(services, entry);
    if (reason) return take(services, entry, reason);
  }
  const built = await buildUp(services, entries, rule, base);
  if (built !== undefined) return built;
  const failed = failedIn(services, entries, rule);
  if (failed) return take(services, failed.entry, failed.reason);
  const group = readyGroup(services, entries, rule);
  if (group.length === 0) return wait(services, entries, rule);
  if (await mergeGroup(services, group)) return "again";
  for (const entry of group) entry.state = "AWAITING_CHECKS";
  return "again";
}

async function take(services: Services, entry: MergeQueueEntry, reason: LeaveReason): Promise<"again"> {
  leave(services, entry, reason, queueCause(services));
  await destroy(services, entry, "dequeued");
  return "again";
}

/** Each on the one ahead of it. `undefined`: all that may be built are. */
async function buildUp(
  services: Services,
  entries: readonly MergeQueueEntry[],
  rule: QueueRule,
  base: string,
): Promise<"again" | undefined> {
  let on = base;
  const most = Math.max(1, rule.mostBuilds);
  // One that others have jumped over is not built on what is ahead of it now.
  const beyond = entries.slice(most).find((entry) => entry.build);
  if (beyond) {
    await destroy(services, beyond, "invalidated");
    beyond.state = "QUEUED";
    return "again";
  }
  for (const entry of entries.slice(0, most)) {
    if (entry.build?.baseSha !== on) {
      await destroy(services, entry, "invalidated");
      if ((await build(services, entry, rule, on)) === "conflict")
        return take(services, entry, "MERGE_CONFLICT");
      return "again";
    }
    on = entry.build.headSha;
  }
  return undefined;
}

type Judged = { readonly entry: MergeQueueEntry; readonly verdict: "green" | "red" | "pending" | "late" };

/** The verdicts of those that are built, at most so many as merge together. */
function judge(services: Services, entries: readonly MergeQueueEntry[], rule: QueueRule): Judged[] {
  const now = services.clock.now();
  return entries.slice(0, Math.max(1, rule.mostMerges)).flatMap((entry): Judged[] => {
    if (!entry.build) return [];
    const verdict = verdictOf(services, entry, entry.build);
    const late = verdict === "pending" && now >= entry.build.requestedAt + rule.checkTimeout * MINUTE_MS;
    return [{ entry, verdict: late ? "late" : verdict }];
  });
}

/** Where only the last of a group must pass, one that failed waits for those behind it. */
function failedIn(
  services: Services,
  entries: readonly MergeQueueEntry[],
  rule: QueueRule,
): { readonly entry: MergeQueueEntry; readonly reason: LeaveReason } | undefined {
  const judged = judge(services, entries, rule);
  const hopeful = ({ verdict }: Judged): boolean => verdict === "green" || verdict === "pending";
  const at = judged.findIndex((one) => !hopeful(one));
  const failed = judged[at];
  if (!failed || (rule.strategy === "HEADGREEN" && judged.slice(at + 1).some(hopeful))) return undefined;
  return { entry: failed.entry, reason: failed.verdict === "late" ? "CI_TIMEOUT" : "CI_FAILURE" };
}

/** Those that can be merged now, together; empty while they are too few and the wait is not over. */
function readyGroup(
  services: Services,
  entries: readonly MergeQueueEntry[],
  rule: QueueRule,
): readonly MergeQueueEntry[] {
  const judged = judge(services, entries, rule);
  const firstOpen = judged.findIndex(({ verdict }) => verdict !== "green");
  const leading = firstOpen < 0 ? judged.length : firstOpen;
  const lastGreen = judged.findLastIndex(({ verdict }) => verdict === "green") + 1;
  const count = rule.strategy === "HEADGREEN" ? lastGreen : leading;
  const ready = judged.slice(0, count).map(({ entry }) => entry);
  for (const { entry, verdict } of judged)
    entry.state = verdict === "green" ? "MERGEABLE" : "AWAITING_CHECKS";
  const [first] = ready;
  const waited = first && services.clock.now() >= first.enqueuedAt + rule.leastWait * MINUTE_MS;
  return waited || ready.length >= rule.leastMerges ? ready : [];
}

/** One alarm for each queue: the last look knows best. */
const alarms = new WeakMap<Services, Map<string, () => void>>();

function wait(services: Services, entries: readonly MergeQueueEntry[], rule: QueueRule): "wait" {
  const own = alarms.get(services) ?? new Map<string, () => void>();
  alarms.set(services, own);
  const [{ repositoryId, branch, enqueuedAt } = { repositoryId: 0, branch: "", enqueuedAt: 0 }] = entries;
  const key = `${repositoryId} ${branch}`;
  own.get(key)?.();
  const now = services.clock.now();
  const times = [
    enqueuedAt + rule.leastWait * MINUTE_MS,
    ...entries.flatMap(({ build: one }) => (one ? [one.requestedAt + rule.checkTimeout * MINUTE_MS] : [])),
  ].filter((time) => time > now);
  if (times.length === 0) return "wait";
  const delay = Math.min(...times) - now;
  own.set(
    key,
    services.clock.schedule(delay, () => pokeQueues(services, repositoryId)),
  );
  return "wait";
}
