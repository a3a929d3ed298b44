/**
 * A job keeps to its share of the intent's allowance (I11). What goes beyond it is not sent: the job stops, and as
 * a write that was not sent is surely not done, the app settles what there is and may try again.
 */
import { NOTHING, type Spending, sum } from "../src/core/allowance.ts";
import { GitHubError, type Pacing } from "../src/github/index.ts";

export interface Keeping extends Pacing {
  /** From now on this is the job's share, with what it has spent already. */
  allow(share: Spending): void;
  /** So much more, for what could not be known when the intent was declared. */
  extend(more: Spending): void;
}

/** What was not sent is not counted; what GitHub refused is a request, and nobody was notified of it. */
export function keepTo(governor: Pacing, share: Spending): Keeping {
  let allowed = share;
  let spent = NOTHING;

  function count(where: string, cost: Spending): void {
    const next = sum([spent, cost]);
    const over = KEYS.filter((key) => cost[key] > 0 && next[key] > allowed[key]);
    if (over.length > 0) {
      const what = over.map((key) => `${allowed[key]} ${key}`).join(", ");
      throw new GitHubError(
        "allowance-spent",
        where,
        `the intent allows this job ${what}, and they are spent`,
      );
    }
    spent = next;
  }

  return {
    allow(share) {
      allowed = share;
    },
    extend(more) {
      allowed = sum([allowed, more]);
    },
    limited: (pause) => governor.limited(pause),
    saw: (quota) => governor.saw(quota),
    assertOpen: (where) => governor.assertOpen(where),
    repeat(where, errand) {
      count(where, COST.read);
      governor.repeat(where, errand);
    },
    async admit(kind, where, errand) {
      count(where, COST[kind]);
      try {
        const release = await governor.admit(kind, where, errand);
        return (end) => {
          if (end === "refused") spent = { ...spent, content: spent.content - COST[kind].content };
          release(end);
        };
      } catch (error) {
        spent = sum([spent, minus(COST[kind])]);
        throw error;
      }
    },
  };
}

const KEYS = ["requests", "writes", "content"] as const;

const COST = {
  read: { requests: 1, writes: 0, content: 0 },
  write: { requests: 1, writes: 1, content: 0 },
  content: { requests: 1, writes: 1, content: 1 },
} as const;

const minus = ({ requests, writes, content }: Spending): Spending => ({
  requests: -requests,
  writes: -writes,
  content: -content,
});
