/**
 * The chain: one git ref for each issue, whose commits are steps. Only whoever moves the ref has made the step,
 * so this is where races end (I2); app and Action judge a step by the one function in here.
 *
 * A commit may carry several steps that belong together (`settle` the old edge and `declare` the next); they are
 * made together or not at all. Its message carries the folded state after it, so that the head alone tells all.
 */
import { updatesHead } from "./base-update.ts";
import type { Digest } from "./canonical.ts";
import type { OverrideAct } from "./commands/double-approval.ts";
import type { HoldReason } from "./holds.ts";
import type {
  Answer,
  Edge,
  Effect,
  Fate,
  IssueId,
  LostAttempt,
  Route,
  RunId,
  Sha,
  Unmerged,
  WorkText,
} from "./words.ts";

export type Step =
  /** A new generation, by one human act; earlier acts that ask for the same are consumed with it. */
  | {
      readonly step: "raise";
      readonly generation: number;
      readonly act: number;
      readonly with: readonly number[];
      /** Answers to questions about the text that are part of it from now on. */
      readonly answers?: readonly Answer[];
      /** The issue's title marks it as a try, which is never merged: from here on for ever. */
      readonly synthetic?: true;
      /** A command reviews what this generation publishes. */
      readonly commandReview?: true;
      /** Somebody approved that it begins, where the configuration lets Cairn only say what it would do. */
      readonly approved?: true;
      /** When the act happened, ms. Not in steps of apps that did not say it. */
      readonly at?: number;
    }
  /** An intent: from here on its marker may be written, and one run may claim it. */
  | {
      readonly step: "declare";
      readonly edge: Edge;
      readonly generation: number;
      readonly attempt: number;
      readonly digest: Digest;
      readonly effects: readonly Effect[];
      readonly budget: number | null;
      /** Overrides that it uses up: actions, by the one text of each. */
      readonly despite?: readonly string[];
      /** What its agent works on; none where it runs none. */
      readonly worksOn?: WorkText;
      /** Text, and answers with it, about which its run asks the triage command. */
      readonly triages?: Digest;
      /** The run whose check said no to the work that this attempt is to mend. */
      readonly mends?: RunId;
    }
  /** A run takes the declared intent. It alone performs. */
  | { readonly step: "claim"; readonly run: RunId; readonly digest: Digest }
  /** The owner says what became of it, where no artifact tells. */
  | {
      readonly step: "result";
      readonly run: RunId;
      readonly reason: HoldReason;
      readonly digest: Digest;
      readonly effects: Readonly<Record<string, Fate>>;
      /** Of a check that said no: the git tree that was verified. Not in results of Actions that did not say it. */
      readonly tree?: Sha;
    }
  /** The fence: from here on the owner's next read of the head stops it (I4). */
  | { readonly step: "cancel"; readonly why: CancelReason }
  /** The edge is over: every effect was found. */
  | {
      readonly step: "settle";
      readonly edge: Edge;
      readonly attempt: number;
      readonly as: "applied";
      /** Milliseconds that a look of the review command worked. Not in steps of apps that did not say it. */
      readonly worked?: number;
      /** Number of the issue that was opened in another repository. */
      readonly opened?: number;
    }
  /** The owner says that it could not, and that nothing of what is missing was sent. */
  | {
      readonly step: "settle";
      readonly edge: Edge;
      readonly attempt: number;
      readonly as: "failed";
      /** As of what was applied. */
      readonly worked?: number;
      /** A check said no to the tree that the owner names: it is charged as what is lost, and another attempt may mend it. */
      readonly lost?: LostAttempt;
      /** A merge that may be asked for once more. Not in steps of apps that did not count those. */
      readonly unmerged?: LostAttempt;
    }
  /** The owner is gone and something was not found: it may be tried again under a new attempt. */
  | {
      readonly step: "settle";
      readonly edge: Edge;
      readonly attempt: number;
      readonly as: "lost";
      readonly lost: LostAttempt;
    }
  /** The open intent is withdrawn before anybody claimed it. */
  | { readonly step: "seal"; readonly why: SealReason }
  /** Nothing goes on until a person acts. `acts`: those that asked for it. */
  | {
      readonly step: "hold";
      readonly reason: HoldReason;
      readonly digest: Digest;
      readonly acts: readonly number[];
    }
  /** The issue is not taken as it stands, and people are asked, once for each finding. The act that asked for work waits. */
  | {
      readonly step: "ask";
      readonly question: Digest;
      /** Names of its findings, where it has several. Not in steps of apps that did not say them. */
      readonly findings?: readonly Digest[];
      readonly digest: Digest;
    }
  /** Acts that do not count, each answered by a marker. */
  | { readonly step: "refuse"; readonly act: number; readonly digest: Digest }
  /** One of two people sets conditions of a merge aside. `lifts`: with the other's word, and so ends the hold. */
  | {
      readonly step: "override";
      readonly act: number;
      readonly overrides: readonly OverrideAct[];
      readonly lifts: boolean;
      readonly digest: Digest;
    }
  /** People were asked about an edit, and the work goes on as it is: what it is about reads so from now on. */
  | {
      readonly step: "resume";
      readonly act: number;
      readonly with: readonly number[];
      readonly worksOn: WorkText;
    }
  /** Acts that change nothing, answered by a marker. None: the answer is to acts that wait, and are not consumed. */
  | { readonly step: "answer"; readonly acts: readonly number[]; readonly digest: Digest };

export type StepKind = Step["step"];
export type CancelReason = "act" | "owner-over" | "issue-closed";
export type SealReason = "act" | "issue-closed" | "text-changed" | "expired" | "never-started";

/** The edge that is under way. */
export interface OpenEdge {
  readonly edge: Edge;
  readonly generation: number;
  readonly attempt: number;
  readonly digest: Digest;
  readonly effects: readonly Effect[];
  /** Milliseconds that its agent may work before people are asked; `null`: it runs none. */
  readonly budget: number | null;
  /** Number of the step that declared it. */
  readonly seq: number;
  /** Text about which its run asks the triage command. */
  readonly triages?: Digest;
  /** The run whose check said no to the work that is to be mended. */
  readonly mends?: RunId;
  /** It uses overrides up: its run asks once more whether both people may. Not in chains of apps that did not say it. */
  readonly overridden?: true;
  readonly claim: RunId | null;
  readonly result: {
    readonly reason: HoldReason;
    readonly digest: Digest;
    readonly effects: Readonly<Record<string, Fate>>;
    readonly tree?: Sha;
  } | null;
  readonly cancel: CancelReason | null;
}

/** An issue of another repository that was opened for this one. */
export interface Routed {
  /** Numeric id of that repository. */
  readonly repository: number;
  /** `owner/name` that it had. */
  readonly name: string;
  readonly number: number;
}

/** An open edge that a run has claimed. */
export type Owned = OpenEdge & { readonly claim: RunId };

/** Everything that is known after a step. */
export interface ChainState {
  readonly issue: IssueId;
  /** How many steps were made. */
  readonly seq: number;
  /** 0 before the first act. */
  readonly generation: number;
  /** Ids of all acts that were consumed, ascending, by `act-ids.ts`. */
  readonly acts: readonly number[];
  /** The act that raised the current generation, and when it happened, ms. */
  readonly raised?: { readonly act: number; readonly at: number };
  /** What agents work on, as declared last or gone on with. Not in chains of apps that did not say it. */
  readonly worksOn?: WorkText;
  /** Of the current generation: the last attempt of each edge, and those that are charged: lost, or refused by the check. */
  readonly attempts: Readonly<Record<Edge, Attempts>>;
  /** Some intent was declared for a title that marks a try: no later title makes it anything else. */
  readonly synthetic?: true;
  /** A command reviews what the current generation publishes. `looked`: the head that it was last asked about, whatever came of it. */
  readonly commandReview?: { readonly looked: Sha | null };
  /** The head of the current generation that was put into a merge queue last. */
  readonly queued?: Sha;
  /** How often heads of the current generation were brought up to date with their base. */
  readonly updated?: number;
  /** Somebody approved the current generation: its agents may begin where the configuration only suggests. */
  readonly approved?: true;
  /** Texts about which some run was to ask the triage command, in any generation: of each it is asked once. */
  readonly triaged?: readonly Digest[];
  readonly open: OpenEdge | null;
  readonly hold: { readonly reason: HoldReason; readonly digest: Digest } | null;
  /** Questions about the issue's text that were asked since the last act was taken, and findings in them, by their names. */
  readonly questions: readonly Digest[];
  /** Overrides of the current generation that no merge has used, of one head. */
  readonly overrides?: readonly OverrideAct[];
  /** What people answered to questions, as part of what the current generation works on. */
  readonly answers: readonly Answer[];
  /** Where the current generation opens the issue; none of what is worked on here. */
  readonly route?: Route;
  /** Where it was opened, in any generation: in each repository once. */
  readonly routed?: readonly Routed[];
  /** Edges of the current generation that were settled as applied. */
  readonly applied: readonly Edge[];
  /** Digests of all markers that were ever declared, in the order of the chain. */
  readonly declared: readonly Digest[];
}

interface Attempts {
  readonly last: number;
  readonly lost: readonly LostAttempt[];
  /** Milliseconds that looks of the review command worked, all together. */
  readonly worked?: number;
  /** Merges of the last head that was to be merged. Not in chains of apps that did not count those. */
  readonly unmerged?: Unmerged;
}

/** Of each edge nothing yet. */
export const NO_ATTEMPTS: ChainState["attempts"] = {
  implement: { last: 0, lost: [] },
  fix: { last: 0, lost: [] },
  review: { last: 0, lost: [] },
  merge: { last: 0, lost: [] },
  route: { last: 0, lost: [] },
};

/** Attempts of the generation that are charged with an agent's work, rounds of fixing among them. */
export const lostWork = ({ implement, fix }: ChainState["attempts"]): readonly LostAttempt[] => [
  ...implement.lost,
  ...fix.lost,
];

/** The state before the first step. */
export function emptyChain(issue: IssueId): ChainState {
  return {
    issue,
    seq: 0,
    generation: 0,
    acts: [],
    attempts: NO_ATTEMPTS,
    open: null,
    hold: null,
    questions: [],
    answers: [],
    applied: [],
    declared: [],
  };
}

/** A step that the rules do not allow from this state. Whoever wanted it looks at the issue again. */
export class ChainRuleError extends Error {
  override readonly name = "ChainRuleError";
  readonly step: StepKind;

  constructor(step: StepKind, why: string) {
    super(`a ${step} is not allowed here: ${why}`);
    this.step = step;
  }
}

/** The state after these steps. Throws `ChainRuleError` at the first that is not allowed. */
export function advance(state: ChainState, steps: readonly Step[]): ChainState {
  return steps.reduce((before, step) => ({ ...after(before, step), seq: before.seq + 1 }), state);
}

function after(state: ChainState, step: Step): ChainState {
  switch (step.step) {
    case "raise":
      return raise(state, step);
    case "declare":
      return declare(state, step);
    case "claim":
      return claim(state, step);
    case "result":
      return result(state, step);
    case "cancel":
      return cancel(state, step);
    case "settle":
      return settle(state, step);
    case "seal":
      return seal(state);
    case "hold":
      return hold(state, step);
    case "ask":
      return ask(state, step);
    case "override":
      return override(state, step);
    case "resume":
      return resume(state, step);
    case "answer":
      // Whoever owns an open edge reads the head as its own claim: nothing is said in between.
      if (state.open) throw new ChainRuleError("answer", "an edge is open");
      return { ...state, acts: consume(state, step, step.acts), declared: [...state.declared, step.digest] };
    case "refuse": {
      // It may be the digest of a refusal that was declared before: then nothing more is said.
      const { digest } = step;
      const declared = state.declared.includes(digest) ? state.declared : [...state.declared, digest];
      return { ...state, acts: consume(state, step, [step.act]), declared };
    }
  }
}

type StepOf<K extends StepKind> = Extract<Step, { step: K }>;

/** I2: an act is consumed once, and the chain alone remembers it. */
function consume(state: ChainState, step: Step, ids: readonly number[]): readonly number[] {
  const again = ids.find((id) => state.acts.includes(id));
  if (again !== undefined) throw new ChainRuleError(step.step, `act ${again} was consumed before`);
  return [...new Set([...state.acts, ...ids])].sort((a, b) => a - b);
}

function openOf(state: ChainState, step: Step): OpenEdge {
  if (!state.open) throw new ChainRuleError(step.step, "no edge is open");
  return state.open;
}

function raise(state: ChainState, step: StepOf<"raise">): ChainState {
  // I8: one generation lives at a time.
  if (state.open) throw new ChainRuleError("raise", "an edge of the older generation is not settled");
  if (step.generation !== state.generation + 1) {
    throw new ChainRuleError(
      "raise",
      `generation ${state.generation + 1} comes next, not ${step.generation}`,
    );
  }
  const {
    commandReview: _looked,
    queued: _head,
    updated: _often,
    approved: _once,
    route: _there,
    ...kept
  } = state;
  return {
    ...kept,
    generation: step.generation,
    acts: consume(state, step, [...step.with, step.act]),
    attempts: NO_ATTEMPTS,
    hold: null,
    questions: [],
    answers: step.answers ?? [],
    ...(step.synthetic ? { synthetic: true } : {}),
    applied: [],
    ...(step.commandReview ? { commandReview: { looked: null } } : {}),
    ...(step.approved ? { approved: true } : {}),
    ...(state.overrides ? { overrides: [] } : {}),
    ...(step.at === undefined ? {} : { raised: { act: step.act, at: step.at } }),
  };
}

function declare(state: ChainState, step: StepOf<"declare">): ChainState {
  if (state.open) throw new ChainRuleError("declare", "another edge is open");
  if (state.hold) throw new ChainRuleError("declare", "the issue is on hold");
  if (step.generation !== state.generation || state.generation === 0) {
    throw new ChainRuleError("declare", `generation ${step.generation} is not the current one`);
  }
  const { last } = state.attempts[step.edge];
  if (step.attempt !== last + 1) throw new ChainRuleError("declare", `attempt ${last + 1} comes next`);
  if (step.effects.length === 0) throw new ChainRuleError("declare", "it names no effect");
  const { edge, generation, attempt, digest, effects, budget } = step;
  const there = effects.find((effect) => effect.kind === "issue.create");
  return {
    ...state,
    attempts: { ...state.attempts, [edge]: { ...state.attempts[edge], last: attempt } },
    open: {
      edge,
      generation,
      attempt,
      digest,
      effects,
      budget,
      seq: state.seq + 1,
      ...(step.triages === undefined ? {} : { triages: step.triages }),
      ...(step.mends ? { mends: step.mends } : {}),
      ...(step.despite ? { overridden: true } : {}),
      claim: null,
      result: null,
      cancel: null,
    },
    // An override counts for one merge.
    ...(step.despite
      ? { overrides: (state.overrides ?? []).filter(({ action }) => !step.despite?.includes(action)) }
      : {}),
    ...(there ? { route: { repository: there.repository, name: there.name, asker: there.asker } } : {}),
    ...(step.worksOn ? { worksOn: step.worksOn } : {}),
    declared: [...state.declared, digest],
  };
}

function claim(state: ChainState, step: StepOf<"claim">): ChainState {
  const open = openOf(state, step);
  if (open.claim) throw new ChainRuleError("claim", `run ${open.claim.id} has claimed it`);
  if (open.digest !== step.digest) throw new ChainRuleError("claim", "another intent is open");
  const { triages } = open;
  return {
    ...state,
    open: { ...open, claim: step.run },
    // Whatever the run comes to from here on: nobody is asked the same about the same text twice.
    ...(triages === undefined ? {} : { triaged: [...(state.triaged ?? []), triages] }),
  };
}

function result(state: ChainState, step: StepOf<"result">): ChainState {
  const open = openOf(state, step);
  if (!open.claim || !sameRun(open.claim, step.run))
    throw new ChainRuleError("result", "this run is not the owner");
  if (open.cancel) throw new ChainRuleError("result", "the edge was cancelled");
  if (open.result) throw new ChainRuleError("result", "there is one");
  const { reason, digest, effects, tree } = step;
  return {
    ...state,
    open: { ...open, result: { reason, digest, effects, ...(tree === undefined ? {} : { tree }) } },
    declared: [...state.declared, digest],
  };
}

function cancel(state: ChainState, step: StepOf<"cancel">): ChainState {
  const open = openOf(state, step);
  if (!open.claim) throw new ChainRuleError("cancel", "nobody has claimed it: seal it");
  if (open.cancel) throw new ChainRuleError("cancel", "it is cancelled");
  return { ...state, open: { ...open, cancel: step.why } };
}

function settle(state: ChainState, step: StepOf<"settle">): ChainState {
  const open = openOf(state, step);
  if (open.edge !== step.edge || open.attempt !== step.attempt) {
    throw new ChainRuleError("settle", `${open.edge}/${open.attempt} is open`);
  }
  if (!open.claim) throw new ChainRuleError("settle", "nobody has claimed it: seal it");
  // I4: an absence is settled only behind the fence.
  if (step.as === "lost" && !open.cancel) throw new ChainRuleError("settle", "a loss needs a cancel first");
  if (step.as === "failed" && !open.result) throw new ChainRuleError("settle", "a failure needs a result");
  const charged = step.as === "applied" ? undefined : step.lost;
  // Which files the check has seen is the owner's to say, and nobody else's.
  if (charged && step.as === "failed" && (!open.result?.tree || charged.red?.tree !== open.result.tree))
    throw new ChainRuleError("settle", "the result names no such tree");
  const attempts = state.attempts[open.edge];
  const again = state.applied.includes(open.edge);
  const looked = open.effects.find((effect) => effect.kind === "review.post");
  const queued = open.effects.find((effect) => effect.kind === "merge.enqueue");
  const updates = updatesHead(open) && step.as === "applied";
  const there = open.effects.find((effect) => effect.kind === "issue.create");
  if (step.as === "applied" && there && step.opened === undefined)
    throw new ChainRuleError("settle", "it does not say which issue was opened");
  return {
    ...state,
    open: null,
    attempts: { ...state.attempts, [open.edge]: unmergedWith(chargedWith(attempts, step), open, step) },
    // A head is looked at once: a command that says nothing of use would say it again.
    ...(looked && step.as !== "lost" ? { commandReview: { looked: looked.head } } : {}),
    ...(queued && step.as === "applied" ? { queued: queued.head } : {}),
    ...(updates ? { updated: (state.updated ?? 0) + 1 } : {}),
    ...(there && step.as === "applied" && step.opened !== undefined
      ? {
          routed: [
            ...(state.routed ?? []),
            { repository: there.repository, name: there.name, number: step.opened },
          ],
        }
      : {}),
    // Rounds of fixing may be several: that there was one is what is told. What a queue has put out again is not merged, nor is a
    // head that was brought up to date.
    applied:
      step.as === "applied" && !again && !queued && !updates ? [...state.applied, open.edge] : state.applied,
  };
}

/** An attempt's work, where it is charged. */
export function chargedWith(attempts: Attempts, step: StepOf<"settle">): Attempts {
  const lost = step.as === "applied" ? undefined : step.lost;
  const all = lost ? { ...attempts, lost: [...attempts.lost, lost] } : attempts;
  const worked = step.edge === "review" ? (step.as === "lost" ? step.lost.worked : step.worked) : undefined;
  return worked === undefined ? all : { ...all, worked: (all.worked ?? 0) + worked };
}

/** Another head is another merge: what became of the one before counts no more. */
function unmergedWith(
  attempts: Attempts,
  { effects }: Pick<OpenEdge, "effects">,
  step: StepOf<"settle">,
): Attempts {
  const one = step.as === "failed" ? step.unmerged : undefined;
  if (!one) return attempts;
  const merge = effects.find(
    (effect) => effect.kind === "merge" || effect.kind === "merge.enqueue" || effect.kind === "branch.update",
  );
  if (!merge) throw new ChainRuleError("settle", "nothing was to be merged");
  const before = attempts.unmerged?.head === merge.head ? attempts.unmerged.ended : [];
  return { ...attempts, unmerged: { head: merge.head, ended: [...before, one] } };
}

function seal(state: ChainState): ChainState {
  if (!state.open) throw new ChainRuleError("seal", "no edge is open");
  if (state.open.claim) throw new ChainRuleError("seal", "it is claimed: cancel it");
  return { ...state, open: null };
}

function hold(state: ChainState, step: StepOf<"hold">): ChainState {
  if (state.open) throw new ChainRuleError("hold", "an edge is open");
  const { reason, digest } = step;
  return {
    ...state,
    acts: consume(state, step, step.acts),
    hold: { reason, digest },
    questions: [],
    declared: [...state.declared, digest],
  };
}

function override(state: ChainState, step: StepOf<"override">): ChainState {
  if (state.open) throw new ChainRuleError("override", "an edge is open");
  const [first] = step.overrides;
  if (!first) throw new ChainRuleError("override", "it names no action");
  const overrides = [...(state.overrides ?? []).filter(({ head }) => head === first.head), ...step.overrides];
  const of = (action: string) => overrides.filter((one) => one.action === action);
  // Two people, never one twice: whatever the app says, a hold is lifted by nobody alone.
  if (
    step.lifts &&
    !step.overrides.some(({ action }) => new Set(of(action).map(({ actor }) => actor.id)).size > 1)
  ) {
    throw new ChainRuleError("override", "one person alone lifts nothing");
  }
  return {
    ...state,
    acts: consume(state, step, [step.act]),
    overrides,
    hold: step.lifts ? null : state.hold,
    declared: [...state.declared, step.digest],
  };
}

function resume(state: ChainState, step: StepOf<"resume">): ChainState {
  // All other holds end with a generation, or by the word of two.
  if (state.hold?.reason !== "text-changed-in-review") {
    throw new ChainRuleError("resume", "nobody was asked about an edit");
  }
  return {
    ...state,
    acts: consume(state, step, [...step.with, step.act]),
    hold: null,
    worksOn: step.worksOn,
  };
}

function ask(state: ChainState, step: StepOf<"ask">): ChainState {
  if (state.open) throw new ChainRuleError("ask", "an edge is open");
  const { question, findings = [question], digest } = step;
  const { questions } = state;
  if (questions.includes(question) || findings.every((name) => questions.includes(name)))
    throw new ChainRuleError("ask", "it was asked before");
  return {
    ...state,
    questions: [...new Set([...questions, question, ...findings])],
    declared: [...state.declared, digest],
  };
}

export const sameRun = (a: RunId, b: RunId): boolean => a.id === b.id && a.attempt === b.attempt;
