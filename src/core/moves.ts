/** Moves that several decisions share: how an act is obeyed, an attempt repeated, a state shown. */
import { askedBy } from "./acts.ts";
import { admitted } from "./admission.ts";
import type { ChainState, OpenEdge, Step } from "./chain.ts";
import { markersOf } from "./commit-message.ts";
import { routeAgain, routed } from "./decide-route.ts";
import type { Decision } from "./decision.ts";
import { editorOf, heldForEdit, unclear } from "./edits.ts";
import { sameLabel } from "./entry-label.ts";
import { type HoldReason, heldWords } from "./holds.ts";
import { alarmName } from "./ledger.ts";
import { type AlarmMarker, type IntentMarker, MARKER_VERSION } from "./marker.ts";
import {
  answering,
  asking,
  declaration,
  holding,
  implementEffects,
  minutes,
  NOTHING_YET,
  type Plan,
  unseenBy,
  workedBy,
} from "./plan.ts";
import { raising } from "./raise.ts";
import { mendsOf } from "./red-check.ts";
import type { JudgedAct, Snapshot } from "./snapshot.ts";
import { type IssueState, labelOf, showsState } from "./states.ts";
import { TRIAGE, wereAsked } from "./triage.ts";
import { deedOf, wantOf, weigh } from "./weigh.ts";
import type { LostAttempt } from "./words.ts";
import { isEdited, workTextOf } from "./work-text.ts";

/** The open edge as it came to its end. */
export const settled = <As extends "applied" | "failed">({ edge, attempt }: OpenEdge, as: As) =>
  ({ step: "settle", edge, attempt, as }) as const;

/** A plan as a decision. */
export function advance(plan: Plan): Decision {
  return { kind: "advance", steps: plan.steps, markers: plan.markers };
}

/**
 * A permitted act, taken with all that came before it: a new generation, or a hold. `first` clears the way.
 * The act of a person on a closed issue waits for the issue to be opened.
 */
export function obey(
  snapshot: Snapshot,
  chain: ChainState,
  first: readonly Step[],
  act: JudgedAct,
): Decision {
  const acts = weigh(snapshot, chain).counting;
  const want = wantOf(act);
  if (want === "hold") {
    const why = act.command?.reason ? `: ${act.command.reason}` : "";
    return advance(holding(chain, first, "asked", `by @${act.actor.login}${why}`, { acts }));
  }
  if (want === "cancel") return cancelled(snapshot, chain, first, act, acts);
  if (!snapshot.issue.open) {
    if (first.length > 0) return { kind: "advance", steps: first, markers: [] };
    const waitsFor = "the issue to be reopened";
    const rest = { kind: "rest", state: "ready", code: "issue-to-open", waitsFor, again: null } as const;
    return show(snapshot, "ready") ?? rest;
  }
  if (act.kind === "resume" && chain.hold?.reason === "text-changed-in-review")
    return goneOnWith(snapshot, chain, act, acts);
  const { config, opened } = snapshot;
  if (!config) return { kind: "look", part: "config" };
  if (config.kind === "invalid")
    return advance(holding(chain, first, "config-invalid", config.why, { acts }));
  const unread = unreadLedger(snapshot);
  if (unread) return unread;
  const routing = routed(snapshot, chain, first, act, acts);
  if (routing) return (routing.kind === "rest" ? show(snapshot, "ready") : undefined) ?? routing;
  const untaken = triaged(snapshot, chain, first, acts);
  if (untaken) return untaken;
  const generation = chain.generation + 1;
  const later = admitted(snapshot, chain, { config, first, generation, state: "ready", acts });
  if (later) return (later.kind === "rest" ? show(snapshot, "ready") : undefined) ?? later;
  if (chain.generation > 0 && !opened) return { kind: "look", part: "opened" };
  const turn = { generation, attempt: 1 };
  const answers = snapshot.triage?.answers ?? [];
  return advance(
    declaration({
      issue: snapshot.issue,
      chain,
      edge: "implement",
      ...turn,
      effects: implementEffects(snapshot.issue, turn, config, NOTHING_YET, superseded(snapshot, generation)),
      config,
      why: deedOf(act),
      now: snapshot.now,
      settings: snapshot.settings,
      answers,
      first: [...first, raising(snapshot, chain, act, acts, config)],
    }),
  );
}

/** The pull request goes on as it is: what its issue says was looked at by whoever says so, unless others edited it since. */
function goneOnWith(
  snapshot: Snapshot,
  chain: ChainState,
  act: JudgedAct,
  acts: readonly JudgedAct[],
): Decision {
  const { issue, edit, now } = snapshot;
  if (isEdited(issue, chain)) {
    if (!edit) return { kind: "look", part: "edit" };
    if (edit.kind === "unclear") return { kind: "rest", state: "hold", ...unclear(now) };
    if (!edit.permitted && edit.at >= act.at) {
      const detail = `${editorOf(edit)} edited it after ${deedOf(act)}`;
      return advance(holding(chain, [], "text-changed-in-review", detail, { acts }));
    }
  }
  const others = acts.filter((one) => one.id !== act.id).map((one) => one.id);
  const worksOn = workTextOf(issue);
  return { kind: "advance", steps: [{ step: "resume", act: act.id, with: others, worksOn }], markers: [] };
}

/** Whatever has not landed is given up; what is merged stays so, and there is nothing to give up. */
function cancelled(
  snapshot: Snapshot,
  chain: ChainState,
  first: readonly Step[],
  act: JudgedAct,
  acts: readonly JudgedAct[],
): Decision {
  if (chain.generation > 0 && !snapshot.pulls) return { kind: "look", part: "pulls" };
  const pull = snapshot.pulls?.find(({ merged }) => merged);
  if (!pull) return advance(holding(chain, first, "cancelled", deedOf(act), { acts }));
  const says = {
    about: "nothing",
    wrote: deedOf(act),
    why: `#${pull.number} is merged, and stays so.`,
  } as const;
  return advance(answering(chain, first, act, [says], acts));
}

/** Whether the issue may be taken as it stands; else people are asked, once, and the act waits. No label skips this. */
function triaged(
  snapshot: Snapshot,
  chain: ChainState,
  first: readonly Step[],
  acts: readonly JudgedAct[],
): Decision | undefined {
  const { triage, now, settings } = snapshot;
  if (!triage) return { kind: "look", part: "triage" };
  const { findings, blockers, changedBy } = triage;
  if (findings.length > 0) {
    if (!wereAsked(chain.questions, findings)) return advance(asking(chain, first, findings));
    if (first.length > 0) return { kind: "advance", steps: first, markers: [] };
    const waitsFor = findings
      .map(({ code, detail, why = "" }) => [TRIAGE[code].what, detail, why].filter(Boolean).join(" "))
      .join(" ");
    const rest = { kind: "rest", state: "hold", code: "text-lacks", waitsFor, again: null } as const;
    return show(snapshot, "hold") ?? rest;
  }
  if (changedBy !== null) return advance(unseenBy(chain, first, changedBy, acts));
  if (blockers.length === 0) return undefined;
  if (first.length > 0) return { kind: "advance", steps: first, markers: [] };
  const waitsFor = `${blockers.join(", ")} to be closed`;
  const again = now + 5 * settings.startPatience;
  return show(snapshot, "ready") ?? { kind: "rest", state: "ready", code: "blocked", waitsFor, again };
}

/**
 * Before an agent is declared, or people are asked, once more: comments that cite steps which the chain lacks tell
 * that it was moved back (I2). A head that declares a marker has them read anyway; one that does not might stand where a
 * person put it.
 */
function unreadLedger({ ledger }: Snapshot): Decision | undefined {
  return ledger ? undefined : { kind: "look", part: "ledger" };
}

/** Open pull requests of generations older than this one (I8). */
export function superseded({ opened }: Snapshot, generation: number): readonly number[] {
  return (opened ?? []).filter((one) => one.generation < generation).map((one) => one.pull);
}

/**
 * The next implement attempt of the same generation: what is published already is adopted. `lost`: all attempts
 * that are charged, with the one that `first` settles.
 */
export function again(
  snapshot: Snapshot,
  chain: ChainState,
  first: readonly Step[],
  lost = chain.attempts.implement.lost,
): Decision {
  // What was asked for belongs elsewhere: here nothing is implemented for it.
  if (chain.route) return routeAgain(snapshot, chain, first);
  const { config, branch, pulls, opened, issue } = snapshot;
  if (!config) return { kind: "look", part: "config" };
  if (config.kind === "invalid") return advance(holding(chain, first, "config-invalid", config.why));
  const unread = unreadLedger(snapshot);
  if (unread) return unread;
  if (!branch) return { kind: "look", part: "branch" };
  if (!pulls) return { kind: "look", part: "pulls" };
  if (chain.generation > 1 && !opened) return { kind: "look", part: "opened" };
  if (branch.kind === "foreign")
    return advance(holding(chain, first, "foreign-branch", `it is at ${branch.sha}`));
  const pull = pulls[0];
  const asked = new Set(pull?.asked.map((login) => login.toLowerCase()));
  const done = {
    branch: branch.kind === "own" || pull !== undefined,
    pull: pull !== undefined,
    reviewers: config.reviewers.every((login) => asked.has(login.toLowerCase())) && pull !== undefined,
  };
  // I9: what is spent is the agents' own work. What needs no agent any more costs nothing of it.
  if (!done.branch && workedBy(lost) >= config.budget) {
    const detail = `${minutes(workedBy(lost))} of ${minutes(config.budget)}`;
    return advance(holding(chain, first, "budget-spent", detail, { evidence: lost }));
  }
  const { generation } = chain;
  // An agent would read words that nobody has asked for; of a pull request people say whether it goes on.
  if (isEdited(issue, chain) && (!done.branch || pull?.state === "open")) {
    const when = "before another attempt";
    return heldForEdit(snapshot, chain, { first, when, state: "implementing", evidence: lost });
  }
  const later = done.branch
    ? undefined
    : admitted(snapshot, chain, { config, first, generation, state: "implementing", acts: [] });
  if (later) return later;
  const turn = { generation: chain.generation, attempt: chain.attempts.implement.last + 1 };
  const mends = done.branch ? undefined : mendsOf(lost);
  return advance(
    declaration({
      issue: snapshot.issue,
      chain,
      edge: "implement",
      ...turn,
      effects: implementEffects(snapshot.issue, turn, config, done, superseded(snapshot, chain.generation)),
      config,
      why: done.branch ? "the branch is there; what is missing is made good" : whyAgain(lost),
      mends,
      now: snapshot.now,
      settings: snapshot.settings,
      first,
      lost,
    }),
  );
}

function whyAgain(lost: readonly LostAttempt[]): string {
  const last = lost.at(-1);
  return last?.red
    ? `the check said no to attempt ${last.attempt}, of which nothing was published: ${last.red.said}`
    : "the attempt before it was lost";
}

/**
 * Shows a state by its label; `undefined`: it is shown. The label by which a person asks stays until that is obeyed; what
 * was asked for before it counts no more.
 */
export function show({ issue, acts, entryLabel }: Snapshot, state: IssueState): Decision | undefined {
  const label = labelOf(state, entryLabel);
  const isOwn = (name: string): boolean => label !== undefined && sameLabel(name, label);
  const last = acts?.findLast((one) => one.permitted && wantOf(one) !== undefined);
  const asked = last?.command ? undefined : last?.kind;
  const keeps = (name: string): boolean => {
    const kind = askedBy(name, entryLabel);
    return isOwn(name) || (kind !== undefined && kind === asked);
  };
  const remove = issue.labels.filter((name) => showsState(name, entryLabel) && !keeps(name));
  const add = label === undefined || issue.labels.some(isOwn) ? [] : [label];
  if (add.length === 0 && remove.length === 0) return undefined;
  return { kind: "label", state, add, remove };
}

/** What was cancelled rests as if nobody had asked. */
export function cancelledRest({ entryLabel }: Pick<Snapshot, "entryLabel">): Decision {
  const waitsFor = `somebody to set ${entryLabel}: the work was cancelled`;
  return { kind: "rest", state: "idle", code: "nobody-asked", waitsFor, again: null };
}

/** What a hold says to people. */
export function heldRest({ entryLabel }: Pick<Snapshot, "entryLabel">, reason: HoldReason): Decision {
  const waitsFor = heldWords(reason, entryLabel);
  return { kind: "rest", state: "hold", code: reason, waitsFor, again: null };
}

/** The open intent as its declare carries it; `undefined` once the chain has moved on from there. */
export const openMarkerOf = (open: OpenEdge, { chain }: Snapshot): IntentMarker | undefined => {
  if (chain.kind !== "sound") return undefined;
  const marker = markersOf(chain.record).get(open.digest);
  return marker?.type === "intent" ? marker : undefined;
};

/** The chain is not what it must be: no step, no effect; said once for each head that was seen (I2). */
export function distrust(
  snapshot: Snapshot,
  reason: HoldReason,
  detail: string,
  head: string | null,
): Decision {
  const { ledger, issue, chain } = snapshot;
  if (!ledger) return { kind: "look", part: "ledger" };
  if (ledger.ledger.alarms.has(alarmName(reason, head))) {
    return show(snapshot, "hold") ?? heldRest(snapshot, reason);
  }
  const seq = chain.kind === "sound" ? Math.max(1, chain.state.seq) : 1;
  const marker: AlarmMarker = {
    v: MARKER_VERSION,
    type: "alarm",
    issue: issue.id,
    seq,
    reason,
    detail,
    head,
  };
  return { kind: "alarm", marker };
}
