/** A merge that has landed while its edge is open. */
import type { ChainState, Owned } from "./chain.ts";
import { merged } from "./decide-reviewing.ts";
import type { Decision } from "./decision.ts";
import { advance, obey, settled } from "./moves.ts";
import { ownerOf } from "./owner.ts";
import { holding } from "./plan.ts";
import type { JudgedAct, PullView, Snapshot } from "./snapshot.ts";

interface Landed {
  readonly pull: PullView;
  readonly act: JudgedAct | undefined;
}

/** The merge commit is its own result: whatever the owner's run does still, the end is shown. */
export function decideMerged(snapshot: Snapshot, chain: ChainState, open: Owned, landed: Landed): Decision {
  const { pull, act } = landed;
  const end = merged(snapshot, pull);
  if (!act && end.kind !== "rest") return end;
  const isUnsaid = open.result === null && open.effects.some(({ kind }) => kind === "merge");
  const unread = isUnsaid ? readBackOf(snapshot, chain, open, landed) : undefined;
  if (unread && "again" in unread) return { ...end, ...unread };
  return unread ?? (act ? obey(snapshot, chain, [settled(open, "applied")], act) : end);
}

/** When to look again, at the latest. */
interface Later {
  readonly again: number;
}

/**
 * The owner reads back what it has merged: one that ended well found nothing, and what it found stands in its result. Where it
 * ended otherwise and without a word, it is done here, once: the settlement tells that it was. `undefined`: nothing is left to do.
 */
function readBackOf(
  snapshot: Snapshot,
  chain: ChainState,
  open: Owned,
  { pull, act }: Landed,
): Decision | Later | undefined {
  const { now, settings, run: seen, readBack } = snapshot;
  if (!seen) return { kind: "look", part: "run" };
  const run = ownerOf(snapshot, seen, open.claim);
  if (run.kind !== "over") {
    // The webhook that tells of its end may be lost.
    const since = run.kind === "alive" ? now - run.since : 0;
    return act ? undefined : { again: now + Math.max(settings.startPatience, since) };
  }
  if (run.conclusion === "success") return undefined;
  if (!readBack) return { kind: "look", part: "readBack" };
  const first = [settled(open, "applied")];
  if (readBack.kind === "mismatch") {
    // There is no page of a run that was deleted.
    const by = run.conclusion === "deleted" ? {} : { run: { id: open.claim.id, url: run.url } };
    return advance(holding(chain, first, "merge-mismatch", `#${pull.number}: ${readBack.what}`, by));
  }
  if (act) return undefined;
  // Behind the quiet period what cannot be seen proves nothing any more.
  if (readBack.kind === "unseen" && now < run.at + settings.quietPeriod)
    return { again: now + settings.startPatience };
  return { kind: "advance", steps: first, markers: [] };
}
