/** The intents of each edge: which effects an attempt names, given what is there already. */

import { allowanceOf, CHECK_LOG, NOTHING } from "./allowance.ts";
import { type Digest, digestOf } from "./canonical.ts";
import type { ChainState, Step } from "./chain.ts";
import type { OverrideAct } from "./commands/double-approval.ts";
import type { Reply } from "./commands/replies.ts";
import { detailOf, type HoldReason } from "./holds.ts";
import {
  agentRun,
  branchCreate,
  branchOf,
  branchPush,
  branchUpdate,
  merge,
  mergeEnqueue,
  pullClose,
  pullCreate,
  reviewAgain,
  reviewPost,
  reviewRequest,
} from "./keys.ts";
import type { Ledger } from "./ledger.ts";
import { workedInLooks } from "./looks.ts";
import {
  type AnswerMarker,
  digestOfMarker,
  type HoldMarker,
  type IntentMarker,
  MARKER_VERSION,
  type QuestionMarker,
  type RefusalMarker,
} from "./marker.ts";
import { staysOpen } from "./marks.ts";
import { oneLine } from "./quoted.ts";
import type { ConfigView, IssueView, RefusedAct, Settings } from "./snapshot.ts";
import { writes } from "./states.ts";
import { type Finding, findingsOf, questionOf } from "./triage.ts";
import { deedOf } from "./weigh.ts";
import type { Act, Answer, Edge, Effect, Fixes, IssueId, LostAttempt, Mends } from "./words.ts";
import { workTextOf } from "./work-text.ts";

type ValidConfig = Extract<ConfigView, { kind: "valid" }>;

/** Steps that belong together, and the markers that they declare. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly markers: readonly (IntentMarker | HoldMarker | QuestionMarker | RefusalMarker | AnswerMarker)[];
}

/** Milliseconds for which an intent may be claimed at most: GitHub lets no job wait longer for a machine. */
export const LONGEST_INTENT = 24 * 3_600_000;

/** What two people have set aside, for the intent that uses it. */
const despiteOf = (despite: readonly OverrideAct[] | undefined) => (despite?.length ? { despite } : {});

export interface Progress {
  readonly branch: boolean;
  readonly pull: boolean;
  readonly reviewers: boolean;
}

export const NOTHING_YET: Progress = { branch: false, pull: false, reviewers: false };

/** Below `bounded` people say themselves when a pull request is to be looked at. */
const asksForReview = (autonomy: ValidConfig["autonomy"]): boolean =>
  autonomy === "bounded" || autonomy === "full";

/** Effects of an implement attempt: what is published already is adopted, not done again. */
export function implementEffects(
  issue: Pick<IssueView, "id" | "labels">,
  turn: { readonly generation: number; readonly attempt: number },
  config: ValidConfig,
  done: Progress,
  superseded: readonly number[],
): readonly Effect[] {
  const branch = branchOf(issue.id.number, turn.generation);
  const keepsIssue = staysOpen(issue.labels, config.neverCloseLabels);
  return [
    ...superseded.map((pull) => pullClose(pull, turn)),
    ...(done.branch ? [] : [agentRun(issue.id.number, turn), branchCreate(branch)]),
    ...(done.pull
      ? []
      : [pullCreate(branch, config.base, { draft: !asksForReview(config.autonomy), keepsIssue })]),
    ...(done.reviewers || config.reviewers.length === 0
      ? []
      : [reviewRequest(branch, config.reviewers, turn)]),
  ];
}

/** A queue merges by the method of its own rule. */
export function mergeEffects(
  { pull, head, queue }: { readonly pull: number; readonly head: string; readonly queue?: true },
  turn: { readonly generation: number; readonly attempt: number },
  config: ValidConfig,
): readonly Effect[] {
  return [queue ? mergeEnqueue(pull, head, turn) : merge(pull, head, config.mergeMethod, turn)];
}

/**
 * The base into the head, and nothing into the base. Whoever has approved this head is asked to look at the one that comes of it:
 * no approval of an older head counts.
 */
export function updateEffects(
  issue: IssueId,
  {
    pull,
    head,
    askedBy,
  }: { readonly pull: number; readonly head: string; readonly askedBy: readonly string[] },
  turn: { readonly generation: number; readonly attempt: number },
): readonly Effect[] {
  const branch = branchOf(issue.number, turn.generation);
  return [
    branchUpdate(pull, head, turn),
    ...(askedBy.length === 0 ? [] : [reviewAgain(branch, askedBy, head, turn)]),
  ];
}

/**
 * Effects of a round of fixing: the agent once more, one commit on top of this very head, and whoever asked for changes is
 * asked to look again. `merges`: as `branchPush`.
 */
export function fixEffects(
  issue: IssueId,
  round: { readonly generation: number; readonly round: number },
  pull: number,
  head: string,
  {
    merges,
    askedBy = [],
  }: { readonly merges?: string | undefined; readonly askedBy?: readonly string[] | undefined } = {},
): readonly Effect[] {
  const branch = branchOf(issue.number, round.generation);
  return [
    agentRun(issue.number, round),
    branchPush(branch, pull, head, round, merges),
    ...(askedBy.length === 0 ? [] : [reviewAgain(branch, askedBy, head, round)]),
  ];
}

/** Effects of a look of the review command: the command, and what it says of this very head. */
export function reviewEffects(
  issue: IssueId,
  look: { readonly generation: number; readonly look: number },
  pull: number,
  head: string,
): readonly Effect[] {
  return [agentRun(issue.number, look), reviewPost(pull, head, look)];
}

interface DeclareInput {
  readonly issue: IssueView;
  readonly chain: ChainState;
  readonly edge: Edge;
  readonly generation: number;
  readonly attempt: number;
  readonly effects: readonly Effect[];
  readonly config: ValidConfig;
  readonly why: string;
  readonly now: number;
  readonly settings: Settings;
  /** Steps of the same commit that come first. */
  readonly first: readonly Step[];
  /** Attempts of this generation whose work is charged. */
  readonly lost?: readonly LostAttempt[];
  /** What people answered, where this very declaration takes it up; else what the chain has of the generation. */
  readonly answers?: readonly Answer[];
  /** What a round of fixing is about. */
  readonly fixes?: Fixes;
  /** The attempt that the check refused, where one is to be mended. */
  readonly mends?: Mends | undefined;
  /** Overrides that the merge uses. */
  readonly despite?: readonly OverrideAct[] | undefined;
}

/** What every marker begins with that the step behind `first` declares. */
const baseOf = (
  { issue, seq }: ChainState,
  first: readonly Step[],
): Pick<IntentMarker, "v" | "issue" | "seq"> => ({
  v: MARKER_VERSION,
  issue,
  seq: seq + first.length + 1,
});

/** Milliseconds that the agents of these attempts worked. */
export const workedBy = (lost: readonly LostAttempt[]): number =>
  lost.reduce((sum, one) => sum + one.worked, 0);

/** Milliseconds that the edge's agent may work: work has a budget, and the looks at it have one of their own. */
function leftOf({ edge, config, chain, first, lost = [] }: DeclareInput): number {
  if (edge === "review") return config.reviewBudget - workedInLooks(chain, first);
  return config.budget - workedBy(lost);
}

/** `first` + declare, with the intent's marker. Same input, same marker, same digest. */
export function declaration(input: DeclareInput): Plan {
  const { issue, chain, edge, generation, attempt, effects, config, why } = input;
  const hasAgent = effects.some((effect) => effect.kind === "agent.run");
  const budget = hasAgent ? leftOf(input) : null;
  const answers = input.answers ?? chain.answers;
  const triages = hasAgent && edge === "implement" ? triagedText(config, chain, issue, answers) : undefined;
  const marker: IntentMarker = {
    ...baseOf(chain, input.first),
    type: "intent",
    edge,
    generation,
    attempt,
    effects,
    budget,
    allowance: allowanceOf(effects, input.mends ? CHECK_LOG : NOTHING),
    pins: {
      text: issue.text,
      ...(answers.length > 0 ? { answers } : {}),
      config: config.digest,
      commit: config.commit,
      base: config.base,
    },
    until: input.now + input.settings.intentLifetime,
    why,
    ...(input.fixes ? { fixes: input.fixes } : {}),
    ...(input.mends ? { mends: input.mends } : {}),
    ...(triages === undefined ? {} : { triages }),
    ...despiteOf(input.despite),
  };
  const digest = digestOfMarker(marker);
  return {
    steps: [
      ...input.first,
      {
        step: "declare",
        edge,
        generation,
        attempt,
        digest,
        effects,
        budget,
        ...((hasAgent && writes(edge)) || edge === "route" ? { worksOn: workTextOf(issue) } : {}),
        ...(triages === undefined ? {} : { triages }),
        ...(input.mends ? { mends: input.mends.run } : {}),
        ...(input.despite?.length
          ? { despite: [...new Set(input.despite.map(({ action }) => action))] }
          : {}),
      },
    ],
    markers: [marker],
  };
}

/**
 * What the triage command is asked about before the agent begins: the text with its answers, where the command was not
 * asked about exactly that before.
 */
function triagedText(
  { commandTriage }: ValidConfig,
  { triaged = [] }: ChainState,
  { text }: IssueView,
  answers: readonly Answer[],
): Digest | undefined {
  const asked = digestOf({ text, answers });
  return commandTriage && !triaged.includes(asked) ? asked : undefined;
}

/** `first` + hold, with its marker. `by`: acts that asked for it, and the runs that led to it. */
export function holding(
  chain: ChainState,
  first: readonly Step[],
  reason: HoldReason,
  detail: string,
  by: Partial<Pick<HoldMarker, "evidence" | "run">> & { readonly acts?: readonly Act[] } = {},
): Plan {
  const marker: HoldMarker = {
    ...baseOf(chain, first),
    type: "hold",
    generation: chain.generation,
    reason,
    detail: detailOf(reason, detail),
    evidence: by.evidence ?? [],
    ...(by.run ? { run: by.run } : {}),
  };
  const digest = digestOfMarker(marker);
  return {
    steps: [...first, { step: "hold", reason, digest, acts: (by.acts ?? []).map((act) => act.id) }],
    markers: [marker],
  };
}

/** Nobody with the right has seen these words: whoever asked is asked to look at them. */
export const unseenBy = (
  chain: ChainState,
  first: readonly Step[],
  login: string,
  acts: readonly Act[],
): Plan =>
  holding(chain, first, "text-unseen", `@${login} changed it after somebody had asked for this`, { acts });

/** `first` + ask, with the question's marker. */
export function asking(chain: ChainState, first: readonly Step[], findings: readonly Finding[]): Plan {
  const marker: QuestionMarker = {
    ...baseOf(chain, first),
    type: "question",
    generation: chain.generation,
    findings: findings.map(({ code, detail, why }) => ({
      code,
      detail: oneLine(detail),
      ...(why === undefined ? {} : { why: oneLine(why) }),
    })),
  };
  const step: Step = {
    step: "ask",
    question: questionOf(findings),
    ...(findings.length > 1 ? { findings: findingsOf(findings) } : {}),
    digest: digestOfMarker(marker),
  };
  return { steps: [...first, step], markers: [marker] };
}

/**
 * `first` + refuse: an act of somebody who may not ask for this. Whoever was told so for that reason is told by a reaction alone:
 * the step names the refusal that stands there, so that nobody has Cairn write a comment for each of theirs.
 */
export function refusal(
  chain: ChainState,
  first: readonly Step[],
  act: RefusedAct,
  told: Ledger["visible"],
): Plan {
  const { reason, words } = act.refusal;
  const before = [...told].find(
    ([, { marker }]) => marker.type === "refusal" && marker.reason === reason && marker.by === act.actor.id,
  );
  if (before) return { steps: [...first, { step: "refuse", act: act.id, digest: before[0] }], markers: [] };
  const marker: RefusalMarker = {
    ...baseOf(chain, first),
    type: "refusal",
    act: act.id,
    reason,
    detail: `${deedOf(act)}; ${words}`,
    by: act.actor.id,
  };
  const step: Step = { step: "refuse", act: act.id, digest: digestOfMarker(marker) };
  return { steps: [...first, step], markers: [marker] };
}

/** What is said to an act. `ahead`: steps between the chain's head and the one that declares it. */
export const answerTo = (
  { issue, seq }: ChainState,
  ahead: number,
  act: Act,
  says: readonly Reply[],
): AnswerMarker => ({ v: MARKER_VERSION, type: "answer", issue, seq: seq + ahead, act: act.id, says });

/** `first` + answer, to one of the acts that change nothing. */
export function answering(
  chain: ChainState,
  first: readonly Step[],
  act: Act,
  says: readonly Reply[],
  acts: readonly Act[] = [act],
): Plan {
  const marker = answerTo(chain, first.length + 1, act, says);
  const step: Step = { step: "answer", acts: acts.map(({ id }) => id), digest: digestOfMarker(marker) };
  return { steps: [...first, step], markers: [marker] };
}

/** `first` + override, with what is said to it. */
export function overriding(
  chain: ChainState,
  first: readonly Step[],
  act: Act,
  overrides: readonly OverrideAct[],
  { lifts, says }: { readonly lifts: boolean; readonly says: readonly Reply[] },
): Plan {
  const marker = answerTo(chain, first.length + 1, act, says);
  const step: Step = { step: "override", act: act.id, overrides, lifts, digest: digestOfMarker(marker) };
  return { steps: [...first, step], markers: [marker] };
}

/** Milliseconds in words: whole minutes, rounded up. */
export const minutes = (ms: number): string => `${Math.ceil(ms / 60_000)} min`;
