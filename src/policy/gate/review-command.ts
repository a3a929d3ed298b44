/** The review command: asked about each head once, and what it says there counts as an objection, never as an approval. */
import { objectionIn, verdictOn } from "../review-verdict.ts";
import { type Condition, type GateFacts, holds, look, short, unmet, usable } from "./facts.ts";

/** Its own words against this head; `undefined`: none. */
export const objectionOf = ({ reviews = [], pull, app }: GateFacts): string | undefined =>
  objectionIn(verdictOn(reviews, pull, app));

export const reviewedByCommand: Condition = {
  code: "review-command",
  title: "the review command has looked at this head",
  judge(facts) {
    const { commandReview, config, reviews, pull, app } = facts;
    if (!commandReview) return holds("none was configured when the work began");
    if (!config) return look("config");
    if (usable(config).review.command === undefined) return holds("none is configured");
    if (!reviews) return look("reviews");
    const head = short(pull.headSha);
    if (verdictOn(reviews, pull, app)) return holds(`it has no objection to ${head}`);
    if (commandReview.looked !== pull.headSha)
      return unmet(`it has not looked at ${head}`, `the review command to look at ${head}`);
    return {
      ...unmet(`of ${head}`, `a verdict of the review command on ${head}`),
      code: "review-unusable",
    };
  },
};
