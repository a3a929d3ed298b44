/** Overrides at the moment at which one is used: two people, within the hour, for this head, both entitled still. */
import type { Site } from "../barrier/index.ts";
import { grantedPairs, type OverrideAct } from "../core/commands/double-approval.ts";
import { askRights, readAuthority } from "./ask-rights.ts";
import type { GateFacts } from "./gate/facts.ts";

export interface Moment {
  readonly head: string;
  /** GitHub's clock, ms. */
  readonly now: number;
  /** The default branch, whose newest commit says who may. */
  readonly base: string;
}

/** Those that count now, in pairs. Nothing is read where there are none. */
export async function overridesInForce(
  site: Site,
  acts: readonly OverrideAct[],
  moment: Moment,
): Promise<readonly OverrideAct[]> {
  const pairs = grantedPairs(acts, moment);
  if (pairs.length === 0) return [];
  const authority = await readAuthority(site.reads, moment.base);
  const rightOf = askRights(site.reads);
  const may = async ({ actor, action }: OverrideAct): Promise<boolean> =>
    (await rightOf("override", actor.login, authority, pathsOf([action]))).kind === "allowed";
  const counting: OverrideAct[] = [];
  for (const [first, second] of pairs)
    if ((await may(first)) && (await may(second))) counting.push(first, second);
  return counting;
}

/** What these acts change of what the gate is asked. */
export const settingAside = (
  acts: readonly OverrideAct[],
): Required<Pick<GateFacts, "aside" | "lifted">> => ({
  aside: new Set(acts.flatMap(({ action }) => /^merge:(.+)$/.exec(action)?.[1] ?? [])),
  lifted: pathsOf(acts.map(({ action }) => action)),
});

/** Paths among the actions of overrides, each once. */
export const pathsOf = (actions: readonly string[]): readonly string[] => [
  ...new Set(actions.flatMap((action) => /^path:(.+)$/s.exec(action)?.[1] ?? [])),
];
