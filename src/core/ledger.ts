/** The ledger: the fold of an issue's comments into the markers that count, and those that do not, with the reason. */
import type { Digest } from "./canonical.ts";
import type { ChainState } from "./chain.ts";
import { sameIssue } from "./keys.ts";
import { decodeMarker, type Marker } from "./marker.ts";
import type { InertReason } from "./refusals.ts";
import { signOf, standingOf } from "./status-sign.ts";
import type { IssueId } from "./words.ts";

/** A comment as the ledger needs it. */
export interface LedgerComment {
  readonly id: number;
  readonly body: string;
  /** Numeric id of the app that wrote it; `null`: a person, or something without an app. */
  readonly appId: number | null;
  readonly author: string;
}

export interface Inert {
  readonly comment: number;
  readonly author: string;
  readonly why: InertReason;
}

export interface Ledger {
  /** Visible markers that the chain declares, by digest; of doubles the one with the lowest comment id. */
  readonly visible: ReadonlyMap<Digest, { readonly comment: number; readonly marker: Marker }>;
  readonly inert: readonly Inert[];
  /** The app's own markers beyond the head's step: the chain was moved back, or the head's read is old. */
  readonly beyond: readonly {
    readonly comment: number;
    /** `null`: nobody can tell any more which step it cited. */
    readonly seq: number | null;
  }[];
  /** Alarms that were raised, by the head that they speak of. */
  readonly alarms: ReadonlySet<string>;
  /** Acts that were answered while an edge was open, so that no step could say so. */
  readonly noted: ReadonlySet<number>;
}

/** Folds comments, in whatever order they arrived and however often, against the chain's state (`undefined`: there is no chain). */
export function foldLedger(
  comments: readonly LedgerComment[],
  chain: ChainState | undefined,
  issue: IssueId,
  appId: number,
): Ledger {
  const visible = new Map<Digest, { comment: number; marker: Marker }>();
  const inert: Inert[] = [];
  const beyond: { comment: number; seq: number | null }[] = [];
  const alarms = new Set<string>();
  const noted = new Set<number>();
  const declared = new Set(chain?.declared ?? []);
  const byId = new Map(comments.map((comment) => [comment.id, comment]));
  for (const comment of [...byId.values()].sort((a, b) => a.id - b.id)) {
    const sign = comment.appId === appId ? signOf(comment.body) : undefined;
    // What the status comment says is for people. That it is there tells of a chain, unless it came from elsewhere or was
    // written while the issue waited for its first one.
    if (sign && (chain || !sameIssue(sign, issue) || standingOf(comment.body) === "waiting")) continue;
    const decoded = decodeMarker(comment.body);
    // Where there is no chain, a comment of the app's own is a trace of one, whatever somebody has made of its text.
    if (!chain && comment.appId === appId && decoded.kind !== "marker") {
      beyond.push({ comment: comment.id, seq: null });
      continue;
    }
    if (decoded.kind === "none") continue;
    const reject = (why: InertReason): void => {
      inert.push({ comment: comment.id, author: comment.author, why });
    };
    // I7: by the app's numeric id, never by login.
    if (comment.appId !== appId) reject("not-ours");
    else if (decoded.kind === "malformed") reject("malformed");
    else if (!sameIssue(decoded.marker.issue, issue)) reject("other-issue");
    else if (decoded.marker.type === "alarm") {
      alarms.add(alarmName(decoded.marker.reason, decoded.marker.head));
      // It was raised as a chain was known to have been there; over one that never was the app's it says nothing.
      if (!chain && decoded.marker.reason !== "chain-foreign")
        beyond.push({ comment: comment.id, seq: null });
    } else if (declared.has(decoded.digest)) {
      if (!visible.has(decoded.digest))
        visible.set(decoded.digest, { comment: comment.id, marker: decoded.marker });
    } else if (decoded.marker.seq > (chain?.seq ?? 0))
      beyond.push({ comment: comment.id, seq: decoded.marker.seq });
    else if (decoded.marker.type === "answer") noted.add(decoded.marker.act);
    else reject("undeclared");
  }
  return { visible, inert, beyond, alarms, noted };
}

export const alarmName = (reason: string, head: string | null): string => `${reason}@${head ?? "gone"}`;
