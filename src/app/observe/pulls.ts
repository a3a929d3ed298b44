/** Pull requests of the generations' branches. */
import type { Site } from "../../barrier/index.ts";
import type { ChainState } from "../../core/chain.ts";
import { branchOf } from "../../core/keys.ts";
import type { PullView, QueueView, ReadBackView, Snapshot } from "../../core/snapshot.ts";
import { findReview, mergeInBase, readBack, readPulls, viewPull } from "../../effects/index.ts";
import { GitHubError } from "../../github/errors.ts";
import type { PullInfo } from "../../github/ports.ts";
import { generationOf, type Reader } from "./reader.ts";

/** Those of the current generation's branch, with who was asked for a review. */
export async function readCurrentPulls({ site, state }: Reader): Promise<readonly PullView[]> {
  const request = state()?.open?.effects.find((effect) => effect.kind === "review.request");
  // Who is asked again is not looked for: the head tells what there is to tell.
  const reviewers = request?.after === undefined ? (request?.reviewers ?? []) : [];
  const pulls = await readPulls(site, branchOf(site.issue.number, generationOf(state())));
  return Promise.all(
    pulls.map(async (pull) =>
      seenInBase(site, state(), pull, await withPosted(site, state(), await viewPull(site, pull, reviewers))),
    ),
  );
}

/** Of a look of the review command: whether its review is to be seen. */
async function withPosted(site: Site, state: ChainState | undefined, view: PullView): Promise<PullView> {
  const post = state?.open?.effects.find((effect) => effect.kind === "review.post");
  if (post?.pull !== view.number || !(await findReview(site, post))) return view;
  return { ...view, posted: [post.key] };
}

/** Before a merge counts as lost the base's history is asked as well: the pull request may be the one that is old (I4). */
async function seenInBase(
  site: Site,
  state: ChainState | undefined,
  { number, baseRef }: PullInfo,
  view: PullView,
): Promise<PullView> {
  const merge = state?.open?.effects.find((effect) => effect.kind === "merge");
  if (merge?.pull !== number || view.merged || !state?.open?.cancel) return view;
  const sha = await mergeInBase(site, merge, baseRef);
  return sha === undefined ? view : { ...view, merged: true, mergeSha: sha };
}

/**
 * Where the open edge's pull request stands in the merge queue. `since`: when the owner's run began, before which nothing in the
 * queue's history is its own.
 */
export async function readQueue({ site, state, note }: Reader, since: number): Promise<QueueView> {
  const effect = state()?.open?.effects.find(({ kind }) => kind === "merge.enqueue");
  const read = effect?.kind === "merge.enqueue" ? await site.reads.queuePlace(effect.pull) : undefined;
  if (!read) throw new GitHubError("unavailable", "POST /graphql", "the pull request cannot be seen now");
  const { position, history } = note(read);
  if (position !== null) return { kind: "in", position };
  // GitHub's times are whole seconds.
  const own = history.some(
    ({ kind, at, by }) => kind === "added" && by === site.app.botId && at >= since - 1_000,
  );
  const left = history.findLast(({ kind }) => kind === "removed");
  return { kind: "out", entered: own, why: left?.reason ?? null };
}

/** What became of the open edge's merge, where nobody else says it. */
export async function readMergeBack(
  { site, state }: Reader,
  pulls: readonly PullView[],
  base: string,
): Promise<ReadBackView> {
  const effect = state()?.open?.effects.find(({ kind }) => kind === "merge");
  const sha = pulls.find(({ merged }) => merged)?.mergeSha ?? null;
  if (effect?.kind !== "merge" || sha === null) return { kind: "unseen" };
  return readBack(site, effect, { base, trial: null }, sha);
}

/** How many older generations are looked through for pull requests that are still open. */
const OLDER = 5;

/** Open ones of this and the last generations. */
export async function readOpened({ site, state }: Reader): Promise<NonNullable<Snapshot["opened"]>> {
  const last = state()?.generation ?? 0;
  const found: { generation: number; pull: number }[] = [];
  for (let generation = Math.max(1, last - OLDER + 1); generation <= last; generation += 1) {
    const pulls = await readPulls(site, branchOf(site.issue.number, generation));
    found.push(
      ...pulls.filter(({ state }) => state === "open").map(({ number }) => ({ generation, pull: number })),
    );
  }
  return found;
}
