/**
 * A review that is asked for again: whoever asked for changes has reviewed the pull request, so that what counts is
 * only whether they are asked now, or have looked at the head that came since. Reads only.
 */
import type { Site } from "../barrier/index.ts";
import type { EffectOf } from "../core/words.ts";
import { readPulls } from "./published.ts";

/** Of an effect that names the head after which it asks. */
type Again = EffectOf<"review.request"> & { readonly after: string };

export const isAgain = (effect: EffectOf<"review.request">): effect is Again => effect.after !== undefined;

/** The pull request, and who is still to be asked there: nobody, where it is open no more. `undefined`: it cannot be seen. */
export async function stillToAsk(
  site: Site,
  { branch, reviewers, after }: Again,
): Promise<{ readonly pull: number; readonly logins: readonly string[] } | undefined> {
  const [pull] = await readPulls(site, branch);
  if (!pull) return undefined;
  if (pull.state !== "open") return { pull: pull.number, logins: [] };
  const asked = new Set(pull.requestedReviewers.map((login) => login.toLowerCase()));
  const open = reviewers.filter((login) => !asked.has(login.toLowerCase()));
  // A list may show the older head yet, which they have reviewed.
  if (open.length === 0 || pull.headSha === after) return { pull: pull.number, logins: open };
  const reviews = (await site.reads.reviews(pull.number)).value;
  const looked = new Set(
    reviews.flatMap(({ commitId, author }) =>
      commitId === pull.headSha && author ? [author.login.toLowerCase()] : [],
    ),
  );
  return { pull: pull.number, logins: open.filter((login) => !looked.has(login.toLowerCase())) };
}

/** Whether this app has asked each of them since the head was made: what it asked for before that was another request. */
export async function askedSince(site: Site, { branch, reviewers }: Again): Promise<boolean> {
  const [pull] = await readPulls(site, branch);
  const head = pull && (await site.commits.get(site.reads, pull.headSha));
  if (!pull || !head) return false;
  const events = (await site.reads.issueEvents(pull.number)).value;
  const own = new Set(
    events.flatMap(({ event, appId, reviewer, createdAt }) =>
      event === "review_requested" && appId === site.app.appId && createdAt >= head.authorDate && reviewer
        ? [reviewer.toLowerCase()]
        : [],
    ),
  );
  return reviewers.every((login) => own.has(login.toLowerCase()));
}
