/** A pull request is there: the gate, the merge, and the end. */
import { admitted, quietWords } from "./admission.ts";
import type { ChainState, Step } from "./chain.ts";
import { wordsOfOverrides } from "./commands/double-approval.ts";
import type { Decision } from "./decision.ts";
import { heldForEdit } from "./edits.ts";
import { HOLDS } from "./holds.ts";
import { pullClose } from "./keys.ts";
import { workedInLooks } from "./looks.ts";
import { staysOpen } from "./marks.ts";
import { advance, show } from "./moves.ts";
import {
  declaration,
  fixEffects,
  holding,
  mergeEffects,
  minutes,
  reviewEffects,
  updateEffects,
} from "./plan.ts";
import { oneLine } from "./quoted.ts";
import { mendsOfRound } from "./red-check.ts";
import type { GateView, PullView, Snapshot } from "./snapshot.ts";
import { isShown, verdictOf } from "./verdict.ts";
import { isEdited } from "./work-text.ts";

/** `first`: the settlement of what brought the issue here, which rides on the next step. */
export function reviewing(snapshot: Snapshot, chain: ChainState, first: readonly Step[]): Decision {
  const { pulls, issue, gate } = snapshot;
  if (!pulls) return { kind: "look", part: "pulls" };
  const done = pulls.find((pull) => pull.merged);
  if (done) return merged(snapshot, done);
  const pull = pulls.find((candidate) => candidate.state === "open");
  if (!pull) {
    const [closed] = pulls;
    if (closed && isTried(chain, first)) return tried(snapshot, closed, first);
    return closed
      ? advance(holding(chain, first, "pull-closed", `#${closed.number}`))
      : unseen(snapshot, chain, first);
  }
  if (!issue.open) return advance(holding(chain, first, "issue-closed", `#${pull.number} is still open`));
  if (isEdited(issue, chain)) {
    const when = `while #${pull.number} was open`;
    return heldForEdit(snapshot, chain, { first, when, state: "reviewing" });
  }
  const shown = show(snapshot, "reviewing");
  if (shown) return shown;
  if (!gate) return { kind: "look", part: "gate" };
  const told = tell(snapshot, gate);
  if (told) return told;
  switch (gate.kind) {
    case "waits":
      return { kind: "rest", state: "reviewing", code: gate.code, waitsFor: gate.for, again: gate.again };
    case "refused":
      return (
        fixing(snapshot, chain, first, gate, pull.number) ??
        advance(
          holding(chain, first, gate.reason, `${gate.detail}${afterRounds(chain)}`, {
            evidence: chain.attempts.fix.lost,
          }),
        )
      );
    case "review":
      return lookedAt(snapshot, chain, first, gate);
    case "synthetic":
    case "update":
    case "open":
      return gateAgain(snapshot, chain, first);
  }
}

/** The review command's look at this head: the gate asks for one of each. */
function lookedAt(
  snapshot: Snapshot,
  chain: ChainState,
  first: readonly Step[],
  { head, pull }: Extract<GateView, { kind: "review" }>,
): Decision {
  const { config, ledger, issue, now, settings } = snapshot;
  if (!config) return { kind: "look", part: "config" };
  if (config.kind === "invalid") return advance(holding(chain, first, "config-invalid", config.why));
  if (!ledger) return { kind: "look", part: "ledger" };
  const worked = workedInLooks(chain, first);
  if (worked >= config.reviewBudget) {
    const detail = `the review command: ${minutes(worked)} of ${minutes(config.reviewBudget)}`;
    const evidence = chain.attempts.review.lost;
    return advance(holding(chain, first, "budget-spent", detail, { evidence }));
  }
  const { generation } = chain;
  const later = admitted(snapshot, chain, { config, first, generation, state: "reviewing", acts: [] });
  if (later) return later;
  const look = chain.attempts.review.last + 1;
  return advance(
    declaration({
      issue,
      chain,
      edge: "review",
      generation,
      attempt: look,
      effects: reviewEffects(issue.id, { generation, look }, pull, head),
      config,
      why: `the review command has not looked at ${head.slice(0, 12)}`,
      now,
      settings,
      first,
    }),
  );
}

/**
 * A round of fixing, where one may begin; `undefined`: people have to look. Each round ends with another head, as a
 * hold, lost, or with other files to which the check said no: the same finding at the same head never gives two rounds
 * that came to the same end.
 */
function fixing(
  snapshot: Snapshot,
  chain: ChainState,
  first: readonly Step[],
  { head, reason, detail, askedBy }: Extract<GateView, { kind: "refused" }>,
  pull: number,
): Decision | undefined {
  const { config, ledger } = snapshot;
  if (reason === "review-unusable") return undefined;
  if (!config) return { kind: "look", part: "config" };
  const { generation } = chain;
  const round = chain.attempts.fix.last + 1;
  if (config.kind === "invalid" || round > config.fixRounds) return undefined;
  // Comments that cite steps which the chain lacks tell that it was moved back (I2).
  if (!ledger) return { kind: "look", part: "ledger" };
  const later = admitted(snapshot, chain, { config, first, generation, state: "reviewing", acts: [] });
  if (later) return later;
  const fixes = { reason, found: oneLine(detail), rounds: config.fixRounds };
  // What the head conflicts with is pinned: the commit of the base that the intent names anyway.
  const merges = reason === "conflict" ? config.commit : undefined;
  return advance(
    declaration({
      issue: snapshot.issue,
      chain,
      edge: "fix",
      generation,
      attempt: round,
      effects: fixEffects(snapshot.issue.id, { generation, round }, pull, head, { merges, askedBy }),
      config,
      why: `${HOLDS[reason].what} ${fixes.found}; this is round ${round} of ${config.fixRounds}`,
      fixes,
      mends: mendsOfRound(chain.attempts.fix.lost, chain.attempts.fix.last),
      now: snapshot.now,
      settings: snapshot.settings,
      first,
    }),
  );
}

/** What was tried before people are asked. */
function afterRounds({ attempts: { fix } }: ChainState): string {
  if (fix.last === 0) return "";
  return fix.last === 1 ? ", after 1 round of fixing" : `, after ${fix.last} rounds of fixing`;
}

/** Pull requests are never deleted: a list without the one that was opened is old, unless every list goes on so. */
function unseen(snapshot: Snapshot, chain: ChainState, first: readonly Step[]): Decision {
  const { now, settings, opened, chain: view } = snapshot;
  if (!opened) return { kind: "look", part: "opened" };
  const until = (view.kind === "sound" ? view.at : now) + settings.quietPeriod;
  if (now >= until && !opened.some((one) => one.generation === chain.generation)) {
    return advance(holding(chain, first, "pull-closed", "no list shows it any more"));
  }
  const again = Math.max(until, now + settings.startPatience);
  return {
    kind: "rest",
    state: "reviewing",
    code: "pull-unseen",
    waitsFor: "GitHub to show the pull request",
    again,
  };
}

/** Declares the merge of the head that the gate let through, or what has to come before it; asks the gate where it has not spoken. */
export function gateAgain(snapshot: Snapshot, chain: ChainState, first: readonly Step[]): Decision {
  const { gate, config } = snapshot;
  if (!snapshot.pulls) return { kind: "look", part: "pulls" };
  if (!gate) return { kind: "look", part: "gate" };
  // Withdrawn without a successor: the issue is in review again, and the next look says why.
  if (gate.kind !== "open" && gate.kind !== "synthetic" && gate.kind !== "update")
    return { kind: "advance", steps: first, markers: [] };
  if (!config) return { kind: "look", part: "config" };
  if (config.kind === "invalid") return advance(holding(chain, first, "config-invalid", config.why));
  const { quietUntil } = config;
  if (quietUntil !== null) {
    if (first.length > 0) return { kind: "advance", steps: first, markers: [] };
    const waitsFor = quietWords(quietUntil);
    return { kind: "rest", state: "reviewing", code: "quiet-hours", waitsFor, again: quietUntil };
  }
  const turn = { generation: chain.generation, attempt: chain.attempts.merge.last + 1 };
  const head = gate.head.slice(0, 12);
  if (gate.kind === "update" && chain.synthetic !== true) {
    return advance(
      declaration({
        issue: snapshot.issue,
        chain,
        edge: "merge",
        ...turn,
        effects: updateEffects(snapshot.issue.id, gate, turn),
        config,
        why: `all that a merge of ${head} needs is there, but that its checks have seen ${config.base} as it is`,
        now: snapshot.now,
        settings: snapshot.settings,
        first,
      }),
    );
  }
  // Whatever the gate was told of the title: what was a try once is never merged.
  const isTry = gate.kind !== "open" || chain.synthetic === true;
  const despite = "despite" in gate ? gate.despite : undefined;
  return advance(
    declaration({
      issue: snapshot.issue,
      chain,
      edge: "merge",
      ...turn,
      effects: isTry ? [pullClose(gate.pull, turn)] : mergeEffects(gate, turn, config),
      config,
      why: isTry
        ? `all conditions of a merge hold for ${head}, and the issue is a try, which is closed instead`
        : despite
          ? `${wordsOfOverrides(despite)} on ${head}; all else that a merge needs is there`
          : `all required checks are green on ${head} and it is approved`,
      despite,
      now: snapshot.now,
      settings: snapshot.settings,
      first,
    }),
  );
}

/** `undefined`: the head shows what the gate says, or nobody knows what it shows. */
function tell({ verdict: shown, entryLabel, trial }: Snapshot, gate: GateView): Decision | undefined {
  const verdict = verdictOf(gate, entryLabel, trial);
  if (!verdict || shown === undefined || (shown && isShown(shown.says, verdict.says, trial)))
    return undefined;
  return { kind: "verdict", head: gate.head, shown, verdict };
}

/** Nothing but a try has its pull request closed by Cairn as the end of its work. */
const isTried = ({ synthetic, applied }: ChainState, first: readonly Step[]): boolean =>
  synthetic === true ||
  applied.includes("merge") ||
  first.some((step) => step.step === "settle" && step.edge === "merge" && step.as === "applied");

/** The end of a try: everything but the merge was done. */
function tried(snapshot: Snapshot, pull: PullView, first: readonly Step[]): Decision {
  if (first.length > 0) return { kind: "advance", steps: first, markers: [] };
  const shown = show(snapshot, "done");
  if (shown) return shown;
  const { open, reopened } = snapshot.issue;
  if (open && !reopened) return { kind: "close-issue" };
  const waitsFor = `nothing: it was a try, and #${pull.number} is closed without a merge`;
  return { kind: "rest", state: "done", code: "tried", waitsFor, again: null };
}

/** The end: the label, the issue closed, and nothing more to do. Its settlement rides on a later generation. */
export function merged(snapshot: Snapshot, pull: PullView): Decision {
  const shown = show(snapshot, "done");
  if (shown) return shown;
  const { open, reopened, labels } = snapshot.issue;
  const { config } = snapshot;
  if (open && !reopened && !config) return { kind: "look", part: "config" };
  // Whether an issue may be closed is not guessed either.
  const stays = config?.kind === "invalid" || (config && staysOpen(labels, config.neverCloseLabels));
  if (open && !reopened && !stays) return { kind: "close-issue" };
  const commit = pull.mergeSha?.slice(0, 12) ?? "unknown";
  // Whoever may ask for work began anew by opening it.
  const more = reopened ? `; it was opened again: set ${snapshot.entryLabel} to begin anew` : "";
  const waitsFor = `nothing: #${pull.number} is merged as ${commit}${more}`;
  return { kind: "rest", state: "done", code: "merged", waitsFor, again: null };
}
