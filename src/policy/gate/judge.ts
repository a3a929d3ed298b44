/** The gate's verdict from its table: the nearest condition that does not hold, or all of them. Pure. */
import { MERGE_CONDITIONS } from "../../core/commands/override.ts";
import { restWords } from "../../core/rest-words.ts";
import type { GateView } from "../../core/snapshot.ts";
import type { PullInfo } from "../../github/ports.ts";
import { isUpToDate, updatesBase } from "./base.ts";
import { CONDITIONS } from "./conditions.ts";
import type { Condition, GateCode, GateFacts, GatePart, IssueFacts, Judgement } from "./facts.ts";
import { approvalsOf, byPeople } from "./reviews.ts";

/** One condition as it was judged. */
export interface Row {
  readonly code: GateCode;
  readonly title: string;
  readonly state: "holds" | "unmet" | "unknown";
  readonly found: string;
  /** Who can meet it, and how; `null`: it holds. */
  readonly next: string | null;
}

type Look = Extract<Judgement, { kind: "look" }>;

/** An issue that stops nothing. */
const UNHELD: IssueFacts = { open: true, title: "", labels: [], blockers: [] };

/**
 * What is taken for true of parts that are read late, so that the others are read before them, although some of those are told
 * behind them. The base behind the other merges: one that is seen to be over has moved it before it is read. The issue last of
 * all: a hold counts until the end.
 */
const LATE: readonly Partial<GateFacts>[] = [{ onTip: true, issue: UNHELD }, { issue: UNHELD }];

/** The verdict, or the part that has to be read before there is one. */
export function judgeMerge(facts: GateFacts): GateView | Look {
  const judged = judgeInOrder(facts);
  if (judged.kind !== "look") return judged;
  for (const assumed of LATE) {
    const others = judgeInOrder({ ...assumed, ...facts });
    if (others.kind === "look") return others;
  }
  return judged;
}

function judgeInOrder(facts: GateFacts): GateView | Look {
  let behind = false;
  for (const condition of CONDITIONS) {
    const judged = condition.judge(facts);
    if (judged.kind === "look") return judged;
    if (judged.kind === "holds" || isAside(condition, judged, facts)) continue;
    // What Cairn itself can meet is done once nothing else is missing: each time costs people another review.
    behind = condition === isUpToDate && updatesBase(facts);
    if (!behind) return viewOf(condition, judged, facts.pull);
  }
  const { headSha: head, number: pull } = facts.pull;
  if (behind) {
    const approvals = approvalsOf(facts);
    if ("kind" in approvals) return approvals;
    const askedBy = byPeople(approvals).flatMap(({ author }) => author?.login ?? []);
    return { kind: "update", head, pull, askedBy };
  }
  return { kind: "open", head, pull, ...(facts.rules?.queue ? { queue: true } : {}) };
}

/** Whether people have set it aside. What nobody knows is none of theirs. */
function isAside(condition: Condition, judged: Judgement, { aside }: GateFacts): boolean {
  if (judged.kind !== "unmet") return false;
  const code = judged.code ?? condition.code;
  return aside?.has(code) === true && MERGE_CONDITIONS.some((one) => one === code);
}

function viewOf(
  { code }: Condition,
  { found, wanted, again, code: own, askedBy }: Extract<Judgement, { kind: "unmet" | "unknown" }>,
  { headSha: head, number: pull }: PullInfo,
): GateView {
  const said = own ?? code;
  switch (said) {
    case "check-failed":
    case "changes-requested":
    case "conflict":
    case "review-unusable":
      return { kind: "refused", head, reason: said, detail: found, ...(askedBy ? { askedBy } : {}) };
    case "synthetic":
    case "review-command":
      return { kind: said === "synthetic" ? "synthetic" : "review", head, pull };
    default:
      return { kind: "waits", head, code: said, for: wanted, again };
  }
}

/** Every condition, or the next part to read. `unread`: parts that cannot be read, each with the reason. */
export function judgeAll(facts: GateFacts, unread: ReadonlyMap<GatePart, string>): readonly Row[] | Look {
  const rows: Row[] = [];
  const rowOf = (condition: Condition, judged: Exclude<Judgement, Look>): Row =>
    rowFor(condition, judged, entryLabelIn(facts));
  for (const condition of CONDITIONS) {
    const judged = condition.judge(facts);
    if (isAside(condition, judged, facts) && judged.kind === "unmet") {
      rows.push(
        rowOf(condition, { kind: "holds", found: `${judged.found}, which two people have set aside` }),
      );
      continue;
    }
    if (judged.kind !== "look") {
      rows.push(rowOf(condition, judged));
      continue;
    }
    const why = unread.get(judged.part);
    if (why === undefined) return judged;
    rows.push(rowOf(condition, { kind: "unknown", found: why, wanted: "", again: null }));
  }
  return rows;
}

function rowFor(
  { code, title }: Condition,
  { kind, found }: Exclude<Judgement, Look>,
  entryLabel: string | undefined,
): Row {
  return { code, title, state: kind, found, next: kind === "holds" ? null : nextBy(code, entryLabel) };
}

/** How the label is called by which people ask for work, where the configuration was read and can be used. */
const entryLabelIn = ({ config }: GateFacts): string | undefined =>
  config && "entryLabel" in config ? config.entryLabel : undefined;

/** Who can meet a condition, and how. */
export const nextBy = (code: GateCode, entryLabel?: string): string => restWords(code, entryLabel).next;
