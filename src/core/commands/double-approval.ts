/** Whether two people have asked for the same override: two, not one twice; the same, not alike; within the hour. */
import type { Sha } from "../words.ts";

/** Milliseconds for which an override counts, and within which the second one must come. */
export const OVERRIDE_LIFETIME = 3_600_000;

/** One person's `override`, found in a comment. */
export interface OverrideAct {
  /** The comment's. */
  readonly id: number;
  /** Who: the id, as a login can pass on to somebody else. */
  readonly actor: { readonly id: number; readonly login: string };
  /** `nameOfOverride`. */
  readonly action: string;
  /** Head of the pull request that it is about. */
  readonly head: Sha;
  /** Milliseconds since the epoch, on GitHub's clock. */
  readonly at: number;
}

export type OverrideState =
  | { readonly kind: "none" }
  /** One person has; `until` (ms) somebody else can join. */
  | { readonly kind: "needs-second"; readonly first: OverrideAct; readonly until: number }
  /** `until` (ms) it may be used. */
  | {
      readonly kind: "granted";
      readonly by: readonly [OverrideAct, OverrideAct];
      readonly until: number;
    }
  /** Somebody has, and it is too long ago. */
  | { readonly kind: "expired"; readonly last: OverrideAct };

/**
 * What the acts come to at `now` (ms, GitHub's clock). Their order is irrelevant.
 *
 * Only acts that count may be given: that each actor has the right is asked when the act is taken up, and again, by
 * whoever uses the override, at that moment: a right can end in between. That it is used once is the chain's to say.
 */
export function overrideState(
  acts: readonly OverrideAct[],
  wanted: { readonly action: string; readonly head: Sha; readonly now: number },
): OverrideState {
  const same = acts
    .filter(({ action, head, at }) => action === wanted.action && head === wanted.head && at <= wanted.now)
    .sort((a, b) => b.at - a.at || b.id - a.id);
  const last = same[0];
  if (!last) return { kind: "none" };
  // Both within the hour before now are within an hour of each other.
  const alive = same.filter(({ at }) => wanted.now - at <= OVERRIDE_LIFETIME);
  const [first] = alive;
  if (!first) return { kind: "expired", last };
  const second = alive.find(({ actor }) => actor.id !== first.actor.id);
  if (!second) return { kind: "needs-second", first, until: first.at + OVERRIDE_LIFETIME };
  return { kind: "granted", by: [second, first], until: second.at + OVERRIDE_LIFETIME };
}

/** All pairs that may be used for a head at `now` (ms): for each action that two people have asked for, both of them. */
export const grantedPairs = (
  acts: readonly OverrideAct[],
  at: { readonly head: Sha; readonly now: number },
): readonly (readonly [OverrideAct, OverrideAct])[] =>
  [...new Set(acts.map(({ action }) => action))].flatMap((action) => {
    const state = overrideState(acts, { action, ...at });
    return state.kind === "granted" ? [state.by] : [];
  });

/** For people: `@maya and @robin set merge:check-failed aside`. */
export const wordsOfOverrides = (acts: readonly OverrideAct[]): string =>
  [...new Set(acts.map(({ action }) => action))]
    .map((action) => {
      const by = acts.filter((one) => one.action === action).map(({ actor }) => `@${actor.login}`);
      return `${by.join(" and ")} set ${action} aside`;
    })
    .join("; ");
