/** `review.request`: the reviewers of the intent, asked for the pull request of its branch. */
import type { EffectHandler } from "../barrier/index.ts";
import { readPulls, viewPull } from "./published.ts";
import { askedSince, isAgain, stillToAsk } from "./review-again.ts";

/** Number of the pull request of the effect's branch, and who is asked; by default all whom the effect names. */
export interface ReviewMaterial {
  readonly pull: number;
  readonly reviewers?: readonly string[];
}

export const reviewRequestHandler: EffectHandler<"review.request", ReviewMaterial, null> = {
  kind: "review.request",
  repeat: "once",
  async probe(site, effect) {
    if (isAgain(effect)) {
      const open = await stillToAsk(site, effect);
      return open?.logins.length === 0 ? { kind: "found", value: null } : { kind: "absent" };
    }
    const [pull] = await readPulls(site, effect.branch);
    if (!pull) return { kind: "absent" };
    const { asked } = await viewPull(site, pull, effect.reviewers);
    const known = new Set(asked.map((login) => login.toLowerCase()));
    const all = effect.reviewers.every((login) => known.has(login.toLowerCase()));
    return all ? { kind: "found", value: null } : { kind: "absent" };
  },
  /** People ask for reviews too, and give them unasked: only the pull request's history tells whose request it was. */
  async ownTrace(site, effect) {
    if (isAgain(effect))
      return (await askedSince(site, effect)) ? { kind: "found", value: null } : { kind: "absent" };
    const [pull] = await readPulls(site, effect.branch);
    if (!pull) return { kind: "absent" };
    const events = await site.reads.issueEvents(pull.number);
    const own = events.value.filter(
      (one) => one.event === "review_requested" && one.appId === site.app.appId,
    );
    const known = new Set(own.map((one) => one.reviewer?.toLowerCase()));
    const all = effect.reviewers.every((login) => known.has(login.toLowerCase()));
    return all ? { kind: "found", value: null } : { kind: "absent" };
  },
  send: (site, _proof, _claim, effect, material) =>
    site.writes.requestReviewers(material.pull, material.reviewers ?? effect.reviewers),
};
