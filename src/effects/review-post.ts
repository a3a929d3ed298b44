/** `review.post`: what the review command says of one head, as a review that is bound to it. Always a comment. */
import type { EffectHandler } from "../barrier/index.ts";
import { findReview } from "./published.ts";

export interface ReviewText {
  readonly body: string;
}

export const reviewPostHandler: EffectHandler<"review.post", ReviewText, { readonly id: number }> = {
  kind: "review.post",
  // GitHub takes a second one.
  repeat: "once",
  async probe(site, effect) {
    const review = await findReview(site, effect);
    return review ? { kind: "found", value: { id: review.id } } : { kind: "absent" };
  },
  send: (site, _proof, _claim, effect, { body }) =>
    site.writes.createReview({ pull: effect.pull, head: effect.head, body }),
};
