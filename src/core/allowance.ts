/**
 * What the jobs of a run may ask of GitHub (I11). The intent says it beforehand; the app counts it as spent while
 * the run lives, and each job keeps to its own share, so that nobody has to ask anybody in between.
 */
import type { Effect } from "./words.ts";

/** `writes` are among the requests, `content` (what people are notified of) among the writes. */
export interface Spending {
  readonly requests: number;
  readonly writes: number;
  readonly content: number;
}

export interface Allowance {
  readonly gate: Spending;
  readonly effect: Spending;
  readonly conclude: Spending;
}

export const NOTHING: Spending = { requests: 0, writes: 0, content: 0 };

/** To prove an intent whose marker is half a minute late. Before that a job writes nothing. */
export const PROVING: Spending = { requests: 30, writes: 0, content: 0 };

/** A claim with all its repetitions, and the head read again. */
const CLAIMING: Spending = { requests: 10, writes: 6, content: 0 };
/** What a round of fixing is about: reviews, conversations, checks and their logs. */
const FINDINGS: Spending = { requests: 25, writes: 0, content: 0 };
/** What the check of an earlier attempt said: that run's jobs, and the log of one. */
export const CHECK_LOG: Spending = { requests: 8, writes: 0, content: 0 };
/** The gate has proved it before: nothing is late any more. */
export const PROVING_AGAIN: Spending = { requests: 6, writes: 0, content: 0 };
/** The result's step and its marker, with repetitions. */
export const CONCLUDING: Spending = { requests: 12, writes: 7, content: 1 };

/**
 * About twice what each effect takes when all goes well: lost answers are probed, limits are waited for, and the
 * head is read again behind each (docs/adr/0009-governor.md). Of content exactly what may land (I3). What a patch needs beside that: `ofBlobs`.
 */
function costOf(effect: Effect): Spending {
  switch (effect.kind) {
    case "agent.run":
      return { requests: 2, writes: 0, content: 0 };
    case "branch.create":
    case "branch.push":
      return { requests: 14, writes: 8, content: 0 };
    case "pull.create":
    case "review.post":
      return { requests: 10, writes: 3, content: 1 };
    case "review.request": {
      // Where GitHub refuses them all for one of them, each is asked alone.
      const each = effect.after === undefined && effect.reviewers.length > 1 ? effect.reviewers.length : 0;
      return { requests: 10 + 4 * each, writes: 3 + each, content: 1 + each };
    }
    case "pull.close":
      return { requests: 10, writes: 3, content: 0 };
    case "branch.update":
      // The gate once, and the head looked for behind the answer.
      return { requests: 60, writes: 3, content: 0 };
    case "merge.enqueue":
      // The gate once, and the queue's own history where no answer came.
      return { requests: 60, writes: 3, content: 1 };
    case "merge":
      // The gate up to three times, and the base's history where no answer came.
      return { requests: 90, writes: 6, content: 1 };
    case "issue.create":
      // Looked for in a list of what changed there, which may have pages.
      return { requests: 24, writes: 3, content: 1 };
  }
}

/** Files that are no text are uploaded one by one; how many there are is known only when the patch is verified. */
export const ofBlobs = (files: number): Spending => ({ requests: 2 * files, writes: 2 * files, content: 0 });

/** The shares of a run that performs these effects: same effects, same allowance. `reads`: what its gate reads beside that. */
export function allowanceOf(effects: readonly Effect[], reads: Spending = NOTHING): Allowance {
  const agent = effects.some((effect) => effect.kind === "agent.run");
  // Without an agent the gate performs all; with one it only closes what the work replaces.
  const byGate = effects.filter((effect) => !agent || GATE.has(effect.kind));
  const byEffect = effects.filter((effect) => agent && !GATE.has(effect.kind));
  return {
    gate: sum([
      PROVING,
      CLAIMING,
      reads,
      ...(agent && isFix(effects) ? [FINDINGS] : []),
      ...byGate.map(costOf),
    ]),
    effect: byEffect.length === 0 ? NOTHING : sum([PROVING_AGAIN, ...byEffect.map(costOf)]),
    conclude: CONCLUDING,
  };
}

const isFix = (effects: readonly Effect[]): boolean => effects.some(({ kind }) => kind === "branch.push");

const GATE: ReadonlySet<Effect["kind"]> = new Set(["agent.run", "pull.close"]);

export const sum = (parts: readonly Spending[]): Spending => ({
  requests: total(parts, "requests"),
  writes: total(parts, "writes"),
  content: total(parts, "content"),
});

const total = (parts: readonly Spending[], key: keyof Spending): number =>
  parts.reduce((before, part) => before + part[key], 0);

/** Points of GitHub's secondary limit: a read 1, a write 5. */
export const pointsOf = ({ requests, writes }: Spending): number => requests + 4 * writes;
