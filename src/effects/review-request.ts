/** `review.request`: the reviewers of the intent, asked for the pull request of its branch. */
import type { EffectHandler } from "../barrier/index.ts";
import { Refusal } from "../barrier/index.ts";
import { readPulls, viewPull } from "./published.ts";

export const reviewRequestHandler: EffectHandler<"review.request", undefined, null> = {
  kind: "review.request",
  repeat: "once",
  async probe(site, effect) {
    const [pull] = await readPulls(site, effect.branch);
    if (!pull) return { kind: "absent" };
    const { asked } = await viewPull(site, pull, effect.reviewers);
    const known = new Set(asked.map((login) => login.toLowerCase()));
    const all = effect.reviewers.every((login) => known.has(login.toLowerCase()));
    return all ? { kind: "found", value: null } : { kind: "absent" };
  },
  async send(site, _proof, _claim, effect) {
    const [pull] = await readPulls(site, effect.branch);
    if (!pull) throw new Refusal("not-visible", `no pull request of ${effect.branch} is to be seen`);
    return site.writes.requestReviewers(pull.number, effect.reviewers);
  },
};
