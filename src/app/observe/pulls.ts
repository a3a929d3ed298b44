/** Pull requests of the generations' branches. */
import { branchOf } from "../../core/keys.ts";
import type { PullView, Snapshot } from "../../core/snapshot.ts";
import { readPulls, viewPull } from "../../effects/index.ts";
import { generationOf, type Reader } from "./reader.ts";

/** Those of the current generation's branch, with who was asked for a review. */
export async function readCurrentPulls({ site, state }: Reader): Promise<readonly PullView[]> {
  const request = state()?.open?.effects.find((effect) => effect.kind === "review.request");
  const reviewers = request?.kind === "review.request" ? request.reviewers : [];
  const pulls = await readPulls(site, branchOf(site.issue.number, generationOf(state())));
  return Promise.all(pulls.map((pull) => viewPull(site, pull, reviewers)));
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
