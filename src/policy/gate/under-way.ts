/** One merge into a base at a time: whoever comes second is judged again behind the first. */
import { readChain, type Site } from "../../barrier/index.ts";
import type { Digest } from "../../core/canonical.ts";
import { decodeMarker } from "../../core/marker.ts";
import { LONGEST_INTENT } from "../../core/plan.ts";
import { type Condition, holds, look, unmet } from "./facts.ts";

/**
 * Milliseconds for which a declared merge is looked for. A run may wait a day for a machine, which is as long as an intent lives
 * (`LONGEST_INTENT`), and claims it then; the job that has claimed a merge has ten minutes for it.
 */
const WINDOW = LONGEST_INTENT + 3_600_000;

/** Pages of comments, newest first: one in most repositories, and in no other more than a merge may cost (I11). */
const MOST_PAGES = 5;

/** So many issues, those whose merges were declared last, are looked at, so that a busy repository does not cost more than a merge may (I11). */
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
  for (const { id, issue, body, appId } of (await site.reads.newestComments(now - WINDOW, MOST_PAGES))
    .value) {
    if (issue === null || issue === site.issue.number || appId !== site.app.appId) continue;
    if (intent !== undefined && id > intent) continue;
    const found = decodeMarker(body);
    if (found.kind !== "marker" || found.marker.type !== "intent") continue;
    const { effects, pins } = found.marker;
    // Not what closes a try's pull request.
    const merge = effects.find((effect) => effect.kind === "merge");
    if (merge && pins.base === base) declared.push({ id, issue, digest: found.digest, pull: merge.pull });
  }
  const newest = new Map<number, Declared>();
  // Of an issue only the last can be open.
  for (const one of declared.sort((a, b) => b.id - a.id))
    if (!newest.has(one.issue)) newest.set(one.issue, one);
  const found: number[] = [];
  for (const one of [...newest.values()].slice(0, MOST)) if (await mayLand(site, one)) found.push(one.issue);
  return found.sort((a, b) => a - b);
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
