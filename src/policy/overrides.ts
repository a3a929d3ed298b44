/** Overrides at the moment at which one is used: two people, within the hour, for this head, both entitled still. */
import type { Site } from "../barrier/index.ts";
import { grantedPairs, type OverrideAct } from "../core/commands/double-approval.ts";
import { AUTHORITY_PATH, type AuthorityResult, parseAuthority } from "./authority-file.ts";
import { mayCommand } from "./may-command.ts";

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
  const may = new Map<string, boolean>();
  for (const { actor } of pairs.flat()) {
    const { login } = actor;
    if (may.has(login)) continue;
    const who = { login, permission: (await site.reads.permission(login)).value, teams: [] };
    may.set(login, mayCommand("override", who, authority).kind === "allowed");
  }
  return pairs.filter((pair) => pair.every(({ actor }) => may.get(actor.login))).flat();
}

/** Conditions of a merge among the actions. */
export const conditionsOf = (acts: readonly OverrideAct[]): ReadonlySet<string> =>
  new Set(acts.flatMap(({ action }) => /^merge:(.+)$/.exec(action)?.[1] ?? []));

/** The authority file at the newest commit of a branch. */
export async function readAuthority(site: Pick<Site, "reads">, branch: string): Promise<AuthorityResult> {
  const head = await site.reads.ref(`heads/${branch}`);
  const file = head && (await site.reads.file(AUTHORITY_PATH, head.value));
  return parseAuthority(file?.value.text);
}
