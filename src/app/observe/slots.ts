/** Which issues of the repository hold a slot, and which wait before this one. */
import { readChain } from "../../barrier/index.ts";
import type { SlotsView } from "../../core/snapshot.ts";
import { isWork, STATES } from "../../core/states.ts";
import type { Places } from "../places.ts";
import type { Reader } from "./reader.ts";

export interface Slots {
  /** How many there are. */
  readonly limit: number;
  /** A command reviews what is published: its looks hold slots too, of issues that are shown as in review. */
  readonly looks: boolean;
}

/**
 * The label finds the candidates, and this process what it has begun itself, as lists lag. Only where that comes to as many as
 * there are slots is each candidate's chain read: an edge that is open, and whose run has not ended, holds one. What is
 * given tells them at any time: looks at other issues go on side by side, and may begin something in between.
 */
export async function readSlots(
  reader: Reader,
  { limit, looks }: Slots,
  places: Places,
): Promise<() => SlotsView> {
  const { site, note } = reader;
  const own = site.issue.number;
  const before = new Set(places.working(site.issue));
  const shownAs = async (state: "implementing" | "reviewing"): Promise<readonly number[]> =>
    note(await site.reads.issuesLabelled(STATES[state].label ?? ""));
  const working = new Set([...(await shownAs("implementing")), ...before]);
  // Most of them wait for people, and hold nothing.
  const reviewing = looks ? await shownAs("reviewing") : [];
  const candidates = [...new Set([...working, ...reviewing])].filter((one) => one !== own);
  const found: number[] = [];
  for (const one of candidates) {
    const counts = candidates.length < limit ? working.has(one) : await holds(reader, one);
    if (counts) found.push(one);
  }
  return () => {
    const begun = places.working(site.issue).filter((one) => one !== own && !before.has(one));
    return {
      limit,
      holders: [...new Set([...found, ...begun])].sort((a, b) => a - b),
      ahead: places.waiting(site.issue).filter((one) => one < own),
    };
  };
}

/** A run that cannot be seen is not over (I9). */
async function holds({ site, note }: Reader, number: number): Promise<boolean> {
  const chain = note(await readChain({ ...site, issue: { ...site.issue, number } }));
  const open = chain.kind === "sound" ? chain.state.open : null;
  if (!open || !isWork(open.edge)) return false;
  if (!open.claim) return true;
  const run = await site.reads.runAttempt(open.claim.id, open.claim.attempt);
  return run === undefined || note(run).status !== "completed";
}
