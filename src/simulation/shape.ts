/** What the world of a seed looks like, its faults apart. */
import { ENTRY_LABEL } from "../core/entry-label.ts";
import type { Autonomy } from "../core/words.ts";
import type { Chance } from "./chance.ts";
import type { Policies } from "./policies.ts";

export interface Shape {
  readonly issues: number;
  /** Replicas of the app. */
  readonly replicas: number;
  readonly reviewers: boolean;
  readonly merges: boolean;
  readonly attempts: number;
  /** The caller has a concurrency group. */
  readonly group: boolean;
  /** Comments that stand on each issue before anything happens: over a hundred are several pages. */
  readonly comments: number;
  /** Milliseconds in which faults happen. */
  readonly safety: number;
  /** Issues that agents may work on at once. */
  readonly slots: number;
  /** Whether GitHub's limits are those of github.com. */
  readonly limits: "github" | "off";
  /** The repository has a check of its own, which patches must pass. */
  readonly check: boolean;
  /** The label by which people ask for work. */
  readonly entryLabel: string;
  /** A command reviews what is published. */
  readonly reviewed: boolean;
  /** How far Cairn may go by itself. */
  readonly autonomy: Autonomy;
  /** A command is asked about an issue's text before an agent begins. */
  readonly triaged: boolean;
  /** Who may ask is said by a team; one of those who read was invited to it. */
  readonly teams: boolean;
  /** The default branch has a merge queue, in which an entry waits for some minutes. */
  readonly queue: boolean;
  /** A label gives issues to another repository. */
  readonly routes: boolean;
  /** Not there: the world is a plain one. */
  readonly policies?: Policies;
  /** Cairn brings heads up to date with their base before it merges them; `false` if left out. */
  readonly updates?: boolean;
}

const MINUTE = 60_000;

export function drawShape(chance: Chance): Shape {
  return {
    issues: chance.pick([1, 1, 1, 1, 2, 2, 3]),
    replicas: chance.pick([1, 1, 2, 2, 3]),
    reviewers: chance.happens(0.7),
    merges: chance.happens(0.85),
    attempts: chance.integer(1, 3),
    group: chance.happens(0.15),
    comments: chance.happens(0.06) ? 105 : chance.pick([0, 0, 0, 1, 2]),
    safety: chance.integer(12, 50) * MINUTE,
    limits: chance.happens(0.5) ? "github" : "off",
    // New ones come last: what seeds draw for the others stays as it was.
    slots: chance.pick([1, 1, 2, 5]),
    check: chance.happens(0.3),
    entryLabel: chance.happens(0.25) ? "agent please" : ENTRY_LABEL,
    reviewed: chance.happens(0.15),
    autonomy: chance.happens(0.9) ? "full" : chance.pick(["bounded", "propose", "suggest"]),
    triaged: chance.happens(0.15),
    teams: chance.happens(0.2),
    queue: chance.happens(0.12),
    routes: chance.happens(0.12),
    // A source of its own: what is drawn beside it, before or behind, stays as it was.
    ...(chance.split("base").happens(0.4) ? { updates: true } : {}),
  };
}
