/** The merge queue of a branch: what its rule says, and who stands in it. Only a ruleset makes one here. */
import type { MergeMethod } from "../git/store.ts";
import { rulesetsOf } from "./protection.ts";
import type { MergeQueueEntry } from "./pull-state.ts";
import type { Repository, World } from "./state.ts";

/** Id of the app whose bot merges what is queued; the number is the sandbox's own. */
export const MERGE_QUEUE_APP_ID = 280_001;

/** Parameters of the rule `merge_queue` (docs: "Available rules for rulesets"). */
export interface QueueRule {
  readonly rulesetId: number;
  /** Minutes after which checks that have not reported count as failed. */
  readonly checkTimeout: number;
  /** `HEADGREEN`: only the last of a group must pass. */
  readonly strategy: "ALLGREEN" | "HEADGREEN";
  readonly mostBuilds: number;
  readonly mostMerges: number;
  readonly leastMerges: number;
  /** Minutes to wait for as many. */
  readonly leastWait: number;
  readonly method: MergeMethod;
}

const METHODS: Readonly<Record<string, MergeMethod>> = { MERGE: "merge", SQUASH: "squash", REBASE: "rebase" };

/** `undefined`: the branch has no queue. */
export function queueRuleOf(world: World, repository: Repository, branch: string): QueueRule | undefined {
  for (const ruleset of rulesetsOf(world, repository, `refs/heads/${branch}`)) {
    const rule = ruleset.rules.find(({ type }) => type === "merge_queue");
    if (!rule) continue;
    const { parameters = {} } = rule;
    const number = (name: string, otherwise: number): number => Number(parameters[name] ?? otherwise);
    return {
      rulesetId: ruleset.id,
      checkTimeout: number("check_response_timeout_minutes", 60),
      strategy: parameters.grouping_strategy === "HEADGREEN" ? "HEADGREEN" : "ALLGREEN",
      mostBuilds: number("max_entries_to_build", 5),
      mostMerges: number("max_entries_to_merge", 5),
      leastMerges: number("min_entries_to_merge", 1),
      leastWait: number("min_entries_to_merge_wait_minutes", 5),
      method: METHODS[String(parameters.merge_method)] ?? "merge",
    };
  }
  return undefined;
}

/** Those who stand there, the next to be merged first. */
export function entriesOf(world: World, repositoryId: number, branch: string): MergeQueueEntry[] {
  return [...world.mergeQueueEntries.values()]
    .filter((entry) => entry.repositoryId === repositoryId && entry.branch === branch)
    .sort((a, b) => Number(b.jump) - Number(a.jump) || a.id - b.id);
}

/** At most one: a pull request has one base. */
export const entryOf = (world: World, pullId: number): MergeQueueEntry | undefined =>
  [...world.mergeQueueEntries.values()].find((entry) => entry.pullId === pullId);
