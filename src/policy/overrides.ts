/** Overrides at the moment at which one is used: two people, within the hour, for this head, both entitled still. */
import type { Site } from "../barrier/index.ts";
import { grantedPairs, type OverrideAct } from "../core/commands/double-approval.ts";
import { AUTHORITY_PATH, type AuthorityResult, parseAuthority } from "./authority-file.ts";
import type { GateFacts } from "./gate/facts.ts";
import { mayCommand, type Who } from "./may-command.ts";

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
  const authority = await readAuthority(site, moment.base);
  const people = new Map<string, Who>();
  for (const { login } of pairs.flat().map(({ actor }) => actor)) {
    if (people.has(login)) continue;
    people.set(login, { login, permission: (await site.reads.permission(login)).value, teams: [] });
  }
  const may = ({ actor, action }: OverrideAct): boolean => {
    const who = people.get(actor.login);
    return (
      who !== undefined &&
      mayCommand("override", who, authority, { paths: pathsOf([action]) }).kind === "allowed"
    );
  };
  return pairs.filter((pair) => pair.every(may)).flat();
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

/** The authority file at the newest commit of a branch. */
export async function readAuthority(site: Pick<Site, "reads">, branch: string): Promise<AuthorityResult> {
  const head = await site.reads.ref(`heads/${branch}`);
  const file = head && (await site.reads.file(AUTHORITY_PATH, head.value));
  return parseAuthority(file?.value.text);
}
