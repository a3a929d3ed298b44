/** A base with a merge queue: each head is put in once. What the queue has put out is for people to look at. */
import { type Condition, holds, look, SOON, short, unmet } from "./facts.ts";

export const isNotPutOut: Condition = {
  code: "queue-left",
  title: "the merge queue, where the base has one, has not put this head out",
  judge({ rules, place, queued, pull, now }) {
    if (!rules) return look("rules");
    if (!rules.queue) return holds("it has none");
    if (!place) return look("place");
    const { number, baseRef, headSha } = pull;
    if (place.position !== null) {
      const where = `number ${place.position} of the merge queue of ${baseRef}`;
      return {
        ...unmet(`it is ${where}`, `#${number}, ${where}, to be merged there`),
        code: "in-merge-queue",
      };
    }
    if (queued !== headSha) return holds("it has not");
    const why = place.history.findLast(({ kind }) => kind === "removed")?.reason ?? "no reason given";
    // A read that is older than the merge.
    if (why === "merged")
      return {
        ...unmet("it is merged", `#${number} to be shown as merged`, now + SOON),
        code: "pull-not-open",
      };
    return unmet(
      `it has put ${short(headSha)} out (${why})`,
      `a person to put #${number} into the merge queue of ${baseRef} again, or another head: it was put out (${why})`,
    );
  },
};
