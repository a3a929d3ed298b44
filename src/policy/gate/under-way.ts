/** One merge into a base at a time: whoever comes second is judged again behind the first. */
import { readChain, type Site } from "../../barrier/index.ts";
import type { Digest } from "../../core/canonical.ts";
import { decodeMarker } from "../../core/marker.ts";
import { type Condition, holds, look, unmet } from "./facts.ts";

/** Milliseconds for which a declared merge is looked for: many times what one takes. */
const WINDOW = 10 * 60_000;

/** So many of the newest are looked at, so that a busy repository does not cost more than a merge may (I11). */
const MOST = 5;

/** Milliseconds until whoever waits looks again: a merge takes about a minute from its intent on. */
const PATIENCE = 20_000;

export const isAlone: Condition = {
  code: "merge-under-way",
  title: "no other merge into the base is under way",
  judge({ rules, underWay, base, now }) {
    if (rules?.queue) return holds("the merge queue orders them");
    if (!underWay) return look("underWay");
    const [first] = underWay;
    if (first === undefined) return holds("none is");
    return unmet(`that of #${first} is`, `the merge of #${first} into ${base}`, now + PATIENCE);
  },
};

export interface Merging {
  /** Branch that it goes into. */
  readonly base: string;
  /** Comment of the own intent, by whoever performs it: what was declared later waits for it. Ids grow. */
  readonly intent: number | undefined;
  /** GitHub's clock, ms. */
  readonly now: number;
}

/**
 * Issues whose merge into the base was declared before this one and may still land, ascending: the newest comments of the
 * repository name them, and the chain of each says whether it is so. It bridges no lag: two that do not see each other yet
 * are both sent, and GitHub takes them one after the other. Throws `GitHubError`.
 */
export async function mergesUnderWay(site: Site, { base, intent, now }: Merging): Promise<readonly number[]> {
  const declared: Declared[] = [];
  for (const { id, issue, body, appId } of (await site.reads.commentsSince(now - WINDOW)).value) {
    if (issue === null || issue === site.issue.number || appId !== site.app.appId) continue;
    if (intent !== undefined && id > intent) continue;
    const found = decodeMarker(body);
    if (found.kind !== "marker" || found.marker.type !== "intent") continue;
    const { effects, pins } = found.marker;
    // Not what closes a try's pull request.
    const merge = effects.find((effect) => effect.kind === "merge");
    if (merge && pins.base === base) declared.push({ id, issue, digest: found.digest, pull: merge.pull });
  }
  const newest = declared.sort((a, b) => b.id - a.id).slice(0, MOST);
  const found = new Set<number>();
  for (const one of newest) if (await mayLand(site, one)) found.add(one.issue);
  return [...found].sort((a, b) => a - b);
}

interface Declared {
  /** The intent's comment. */
  readonly id: number;
  readonly issue: number;
  readonly digest: Digest;
  readonly pull: number;
}

/** Its pull request is open, and its edge too: an edge whose effect has landed is settled with the next step, whenever that comes. */
async function mayLand(site: Site, { issue, digest, pull }: Declared): Promise<boolean> {
  if ((await site.reads.pull(pull))?.value.state !== "open") return false;
  const { value: chain } = await readChain({ ...site, issue: { ...site.issue, number: issue } });
  return chain.kind === "sound" && chain.state.open?.digest === digest;
}
