/** One look at one issue: observe, decide, act, until there is nothing to do but wait. */

import { Refusal, type Site } from "../barrier/index.ts";
import { ChainRuleError } from "../core/chain.ts";
import { decide } from "../core/decide.ts";
import { type Decision, hasLanded, type Rest } from "../core/decision.ts";
import type { Inert } from "../core/ledger.ts";
import type { Settings } from "../core/snapshot.ts";
import { isWork } from "../core/states.ts";
import { GitHubError } from "../github/errors.ts";
import type { Need } from "../github/index.ts";
import type { RepositoryInfo } from "../github/ports.ts";
import { type Act, act, nameOfAct, nameOfVerdict, readable } from "./act.ts";
import type { Memory } from "./memory.ts";
import { needOf } from "./needs.ts";
import { createObserver, type Neighbours, type Observer } from "./observe/index.ts";
import type { Place } from "./places.ts";
import { type StatusContext, tellStatus } from "./status/tell.ts";
import type { Hint } from "./target.ts";

export interface Look {
  readonly site: Site;
  readonly repository: RepositoryInfo;
  readonly settings: Settings;
  readonly workflowFile: string;
  readonly memory: Memory;
  /** Other repositories of the same installation. */
  readonly neighbour?: Neighbours;
  readonly hint: Hint;
  /** Asks the governor for what a declared intent may need: 0, or milliseconds until it is worth asking again. */
  readonly begin: (need: Need) => number;
  readonly signal: AbortSignal;
  readonly log: (what: LookEvent) => void;
}

/** For the operator's log and for displays: what was decided and done. */
export type LookEvent =
  | { readonly kind: "act"; readonly act: string }
  /** Something that looks like a marker and counts for nothing (I7). */
  | { readonly kind: "inert"; readonly inert: Inert }
  | { readonly kind: "rest"; readonly state: string; readonly waitsFor: string };

export type LookEnd =
  /** `again`: milliseconds until the next look is due; `null`: when something happens. */
  | {
      readonly kind: "rest";
      readonly state: string;
      readonly waitsFor: string;
      readonly again: number | null;
      /** GitHub's clock when the issue was read, ms; 0 where it could not be. */
      readonly seenAt: number;
      /** Whether a run has an edge to do; `undefined`: the look could not tell. */
      readonly working: boolean | undefined;
      /** Head of its chain, as far as the look could tell. */
      readonly head: string | undefined;
      /** Whether the look has changed anything. */
      readonly acted: boolean;
      /** Whether it waits for a slot, which another issue's end wakes it for. */
      readonly queued: boolean;
    }
  | { readonly kind: "gone" };

/** More acts in one look than any issue needs: something repeats itself, and the next look starts afresh. */
const MOST_ACTS = 24;
const MOST_LOOKS = 16;

/** Milliseconds for which the same act is not sent again, as its effect may not be readable yet. */
function patienceOf(decision: Act, settings: Settings): number {
  switch (decision.kind) {
    case "announce":
    case "alarm":
    case "note":
      return settings.quietPeriod;
    case "label":
    case "verdict":
      return 10_000;
    case "cancel-run":
    case "dequeue":
    case "close-issue":
      return 30_000;
    case "start":
    case "advance":
    case "react":
      // A start has its own clock (`startedAt`); a step is a compare-and-set; a reaction is remembered.
      return 0;
  }
}

/** Never throws: whatever goes wrong is a reason to look again, and says when. */
export async function reconcile(look: Look): Promise<LookEnd> {
  try {
    return await cycle(look);
  } catch (error) {
    const end = afterError(error);
    // Who is elsewhere waits here no more: it would stand before all that do, for ever.
    if (end[0] === MOVED) look.memory.places.saw(look.site.issue, "neither");
    return resting(look, ...end);
  }
}

const MOVED = "moved";

async function cycle(look: Look): Promise<LookEnd> {
  const { site, memory, settings } = look;
  const observer = await createObserver({
    site,
    repository: look.repository,
    settings,
    workflowFile: look.workflowFile,
    hint: look.hint,
    wrote: memory.comments(site.issue),
    commentedPulls: memory.commentedPulls(site.issue),
    startedAt: (digest) => memory.startedAt(digest),
    wasRefused: (digest) => memory.wasRefused(digest),
    places: memory.places,
    entryLabel: memory.entryLabel(site.issue),
    sawEntryLabel: (name) => memory.sawEntryLabel(site.issue, name),
    trial: memory.trial(site.issue),
    sawTrial: (trial) => memory.sawTrial(site.issue, trial),
    reacted: () => memory.reacted(site.issue),
    headSince: (head, now) => memory.headSince(site.issue, head, now),
    ...(look.neighbour ? { neighbour: look.neighbour } : {}),
  });
  let made = false;
  for (let acts = 0; acts < MOST_ACTS && !look.signal.aborted; acts += 1) {
    const decision = await decided(observer);
    reportInert(look, observer);
    if (!decision) {
      memory.places.saw(site.issue, "neither");
      return { kind: "gone" };
    }
    if (decision.kind === "rest") {
      const now = observer.snapshot()?.now ?? 0;
      const due = decision.again === null ? null : Math.max(500, decision.again - now);
      const again = sooner(due, await tellStatus(statusOf(look, observer, made), decision));
      const { position, waitsFor } = decision;
      const place = position === undefined ? "" : `; position ${position} in the queue`;
      const rest = resting(look, decision.state, `${waitsFor}${place}`, again);
      memory.places.saw(site.issue, placeOf(observer, decision));
      return { ...rest, seenAt: now, acted: acts > 0, ...standing(observer, decision) };
    }
    const wait = mayBegin(look, decision);
    if (wait > 0)
      return { ...resting(look, "queued", "its turn: GitHub's limits have no room", wait), working: false };
    const name = nameOfAct(decision);
    const sent = `${name} behind ${headOf(observer)}`;
    const until = memory.heldBack(site.issue, sent, site.clock.now());
    if (until !== undefined && decision.kind === "verdict") {
      // It was shown a moment ago, and nothing waits for it.
      observer.verdictShown({ id: decision.shown?.id ?? 0, says: decision.verdict.says });
      continue;
    }
    if (until !== undefined) {
      return resting(look, "waiting", readable(decision), Math.min(3_000, until - site.clock.now()));
    }
    look.log({ kind: "act", act: name });
    // Whoever looks next for a free slot may not find this step yet.
    if (decision.kind === "advance" && startsAgent(decision)) memory.places.saw(site.issue, "works");
    // What it is shown instead of may be shown again.
    if (decision.kind === "verdict" && decision.shown)
      memory.sent(
        site.issue,
        `${nameOfVerdict(decision.shown.says, decision.head)} behind ${headOf(observer)}`,
        0,
      );
    const patience = patienceOf(decision, settings);
    if (patience > 0) memory.sent(site.issue, sent, site.clock.now() + patience);
    const end = await act(
      {
        site,
        observer,
        memory,
        workflowFile: look.workflowFile,
        defaultBranch: look.repository.defaultBranch,
      },
      decision,
    );
    made ||= decision.kind === "advance" && end.kind === "go-on";
    if (end.kind === "later") return resting(look, "waiting", end.why, 1_000);
    if (end.kind === "refused") {
      const { message, status, retryAt } = end.refusal;
      // Refused is surely not done: it may be sent again as soon as GitHub takes it.
      memory.sent(site.issue, sent, 0);
      const pause =
        retryAt === undefined ? 30_000 : Math.max(1_000, retryAt - (observer.snapshot()?.now ?? 0));
      return resting(look, "refused", `GitHub refused ${name}: ${status} ${message}`, pause);
    }
  }
  return resting(look, "waiting", "the next look", 2_000);
}

/** Of two pauses, each `null` for never. */
const sooner = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

const statusOf = (look: Look, observer: Observer, made: boolean): StatusContext => ({
  ...look,
  observer,
  made,
  known: look.memory.status(look.site.issue),
  verdicts: look.memory.verdicts,
  ration: look.memory.ration,
  log: (act) => look.log({ kind: "act", act }),
});

/** I11: no new work while a limit lasts, nor where what is left does not cover it. */
function mayBegin(look: Look, decision: Act): number {
  if (decision.kind !== "advance") return 0;
  const declared = decision.steps.find((step) => step.step === "declare");
  return declared ? look.begin(needOf(declared)) : 0;
}

const startsAgent = ({ steps }: Extract<Decision, { kind: "advance" }>): boolean =>
  steps.some((step) => step.step === "declare" && isWork(step.edge));

function placeOf(observer: Observer, { state, code }: Rest): Place {
  const chain = observer.chain();
  if (code === "slots-full") return "waits";
  if (code === "merge-under-way") return "waits-to-merge";
  if (state === "merging") return "merges";
  // What is held works on nothing, whatever its chain says: that may be an old one, to which somebody moved it back.
  if (state === "hold") return "neither";
  const open = chain.kind === "sound" ? chain.state.open : null;
  return open && isWork(open.edge) ? "works" : "neither";
}

function standing(
  observer: Observer,
  rest: Rest,
): { readonly head: string | undefined; readonly working: boolean; readonly queued: boolean } {
  const chain = observer.chain();
  const open = chain.kind === "sound" && chain.state.open !== null;
  // An applied edge stays open on the chain: it is settled with the next step.
  return {
    head: chain.kind === "absent" ? undefined : chain.head,
    working: open && !hasLanded(rest),
    queued: rest.code === "slots-full",
  };
}

/** A signal belongs to its step: behind the next one the same signal is another, and is not held back. */
function headOf(observer: Observer): string {
  const chain = observer.chain();
  return chain.kind === "absent" ? "nothing" : chain.head;
}

/** Once for each comment: whoever put it there is told nothing, whoever runs the app is. */
function reportInert({ site, memory, log }: Look, observer: Observer): void {
  for (const inert of observer.snapshot()?.ledger?.ledger.inert ?? []) {
    if (memory.isNews(site.issue, `inert ${inert.comment} ${inert.why}`)) log({ kind: "inert", inert });
  }
}

/** Decides, and reads what the decision asks for, until it is one. */
export async function decided(observer: Observer): Promise<Exclude<Decision, { kind: "look" }> | undefined> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const snapshot = observer.snapshot();
    if (!snapshot) return undefined;
    const decision = decide(snapshot);
    if (decision.kind !== "look") return decision;
    await observer.look(decision.part);
  }
  throw new Error("decide asks for the same parts again and again");
}

function resting(look: Look, state: string, waitsFor: string, again: number | null) {
  look.log({ kind: "rest", state, waitsFor });
  return {
    kind: "rest",
    state,
    waitsFor,
    again,
    seenAt: 0,
    working: undefined,
    head: undefined,
    acted: false,
    queued: false,
  } as const;
}

/** What an error means for the next look: state, words, milliseconds. */
function afterError(error: unknown): [string, string, number | null] {
  // Under its new name it is found by webhooks and the sweep; under the old one there is nothing to wait for.
  if (error instanceof GitHubError && error.kind === "moved") return [MOVED, error.message, null];
  if (error instanceof GitHubError) {
    const pause = error.kind === "rate-limited" ? (error.retryAfter ?? 60_000) : 10_000;
    return ["waiting", error.message, pause];
  }
  // The chain moved between the read and the step, or was read too long ago.
  if (error instanceof ChainRuleError || error instanceof Refusal) return ["waiting", error.message, 1_000];
  return ["failed", error instanceof Error ? (error.stack ?? error.message) : String(error), 30_000];
}
