/**
 * What the status comment says: for people, made from what one look has seen, and read by nobody here. No clock ticks in
 * it, so that it changes only with what it tells; foreign words stand in it as code, and no line of it is a command.
 */
import { type ChainState, lostWork, type Step, sameRun } from "./chain.ts";
import { inertText } from "./commands/inert.ts";
import { type DeclaredMarker, titleOf } from "./commit-message.ts";
import { hasLanded, type Rest } from "./decision.ts";
import type { HoldReason } from "./holds.ts";
import { openMarkerOf } from "./moves.ts";
import { minutes } from "./plan.ts";
import { quoted } from "./quoted.ts";
import { isHold, restWords } from "./rest-words.ts";
import type { Snapshot } from "./snapshot.ts";
import { STATES } from "./states.ts";
import { WAITS, type WaitCode } from "./waits.ts";
import type { RunId } from "./words.ts";

/** One commit of the chain: what was done, and when (ms). */
export interface PastStep {
  readonly at: number;
  readonly steps: readonly Step[];
  readonly markers: readonly DeclaredMarker[];
}

export interface StatusInput {
  readonly snapshot: Snapshot;
  readonly rest: Rest;
  /** The chain from its head back, at least to where the current generation begins. */
  readonly past: readonly PastStep[];
  /** Milliseconds that the agents of the generation's ended runs were at work; `null`: none has ended. */
  readonly worked: number | null;
  /** What a trial has shown so far: lines of Markdown. */
  readonly trial: readonly string[];
  /** The repository's page, and the name of the workflow's file. */
  readonly repositoryUrl: string;
  readonly workflowFile: string;
}

/** Steps that are told. */
const EVENTS = 5;

export function statusText(input: StatusInput): string {
  const { snapshot, rest, past, trial } = input;
  const { what, next } = isUnderWay(snapshot, rest) ? RUN : restWords(rest.code, snapshot.entryLabel);
  const detail = isHold(rest.code) ? holdDetail(past, rest.code) : detailOf(snapshot, rest);
  const pull = pullOf(snapshot, past);
  const lines = [
    `**Cairn: ${rest.state}** – ${STATES[rest.state].meaning}.`,
    "",
    ...turnOf(snapshot),
    ...(rest.position === undefined ? [] : [`- Position: ${rest.position} of those that wait`]),
    `- Now: ${what} ${foreign(detail)}`.trimEnd(),
    `- Who can act: ${next}`,
    `- Deadline: ${deadlineOf(snapshot, rest)}`,
    `- Run: ${runOf(input)}`,
    ...(pull === undefined ? [] : [`- Pull request: #${pull}`]),
    `- Cost so far: ${costOf(input)}`,
    ...(past.length === 0 ? [] : ["", "Last steps, the newest first:", ""]),
    ...past.slice(0, EVENTS).map(({ at, steps }) => `- ${timeOf(at)}: ${titleOf(steps)}`),
    ...(trial.length === 0 ? [] : ["", ...trial]),
    "",
    "Cairn keeps this comment up to date and reads nothing in it: whatever is written here is overwritten.",
  ];
  return inertText(lines.join("\n"));
}

/**
 * Names what the comment would say, but for the steps on the way there: another name is worth an edit. `gist`: the same
 * without the place in a queue and who is before it there, which change with each issue that goes on. `passing`: it is mostly
 * over within seconds, and worth one only if it lasts.
 */
export function statusKey(
  snapshot: Snapshot,
  rest: Rest,
): { readonly key: string; readonly gist: string; readonly passing: boolean } {
  const state = stateOf(snapshot);
  const underWay = isUnderWay(snapshot, rest);
  const turn = state?.open && [state.open.edge, state.open.attempt];
  const place = [detailOf(snapshot, rest), rest.position];
  const name = (why: unknown): string =>
    JSON.stringify([rest.state, why, state?.generation ?? 0, turn, state?.hold?.digest]);
  const key = name(underWay ? "run" : [rest.code, ...place]);
  return {
    key,
    gist: rest.position === undefined ? key : name([rest.code]),
    passing: PASSING.has(rest.code) || isQueued(rest) || (underWay && rest.state === "merging"),
  };
}

/** Somebody has asked for work that has not begun, as it waits for others or for its time. */
export const isQueued = ({ state, code }: Rest): boolean => state === "ready" && QUEUED.has(code);

const QUEUED: ReadonlySet<string> = new Set<WaitCode>(["slots-full", "blocked", "quiet-hours"]);

const stateOf = ({ chain }: Snapshot): ChainState | undefined =>
  chain.kind === "sound" ? chain.state : undefined;

/** What GitHub is about to show, or to compute. */
const PASSING: ReadonlySet<string> = new Set<WaitCode>([
  "comments-short",
  "pull-unseen",
  "edit-unseen",
  "reopening-unseen",
  "mergeable-unknown",
]);

/** A run is started, takes the work up and ends: one sentence for all of it, as long as it takes no longer than that should. */
const RUN = {
  what: "A run of the workflow, to take the work up and to end.",
  next: WAITS["run-works"].next,
} as const;

function isUnderWay({ chain, now, settings }: Snapshot, { code }: Rest): boolean {
  const late = chain.kind === "sound" && now - chain.at > LATE * settings.startPatience;
  return code === "run-works" || code === "run-to-end" || (STARTING.has(code) && !late);
}

const STARTING: ReadonlySet<string> = new Set<WaitCode>(["run-to-start", "run-to-claim"]);
/** Times the patience with a start after which a run that takes nothing up is worth telling. */
const LATE = 5;

/** Of a run its state, which changes without anything to do for anybody, is left out. */
function detailOf(snapshot: Snapshot, { code, waitsFor }: Rest): string {
  const open = stateOf(snapshot)?.open;
  const isOfRun = STARTING.has(code) || code === "run-works" || code === "run-to-end";
  return open && isOfRun ? `${open.edge}/${open.attempt}` : waitsFor;
}

/** The hold's own words. An alarm has none here, whatever the chain was held for before. */
function holdDetail(past: readonly PastStep[], code: HoldReason): string {
  const holds = past.flatMap(({ markers }) => markers.filter((marker) => marker.type === "hold"));
  return holds.find(({ reason }) => reason === code)?.detail ?? "";
}

function turnOf(snapshot: Snapshot): readonly string[] {
  const state = stateOf(snapshot);
  if (!state) return [];
  const { generation, open, attempts } = state;
  const turn = open ? `, ${open.edge} ${open.edge === "fix" ? "round" : "attempt"} ${open.attempt}` : "";
  const rounds = attempts.fix.last > 0 ? `, to fix ${attempts.fix.last}` : "";
  const looks = attempts.review.last > 0 ? `, to review ${attempts.review.last}` : "";
  const merges = attempts.merge.last > 0 ? `, to merge ${attempts.merge.last}` : "";
  const routes = attempts.route.last > 0 ? `, to open it elsewhere ${attempts.route.last}` : "";
  return [
    `- Generation: ${generation}${turn} (attempts so far: to implement ${attempts.implement.last}${rounds}${looks}${merges}${routes})`,
  ];
}

function deadlineOf(snapshot: Snapshot, rest: Rest): string {
  const open = stateOf(snapshot)?.open;
  if (rest.code === "quiet-period" && rest.again !== null)
    return `${timeOf(rest.again)}, the quiet period's end`;
  // An intent that nobody takes up ends all the same.
  if (!open || !(isUnderWay(snapshot, rest) || STARTING.has(rest.code))) return "none";
  const marker = open.claim ? undefined : openMarkerOf(open, snapshot);
  const budget = open.budget === null ? [] : [`the agent may work for ${minutes(open.budget)}`];
  const until = marker === undefined ? [] : [`to be taken up until ${timeOf(marker.until)}`];
  return [...until, ...budget].join("; ") || "none";
}

/** The run that took work up last; while nobody has, where to look for it. */
function runOf({ past, snapshot, repositoryUrl, workflowFile }: StatusInput): string {
  const open = stateOf(snapshot)?.open;
  const run = open && !open.claim ? undefined : claimsIn(past)[0];
  return run
    ? `[${run.id}, attempt ${run.attempt}](${repositoryUrl}/actions/runs/${run.id}/attempts/${run.attempt})`
    : `[of this workflow](${repositoryUrl}/actions/workflows/${encodeURIComponent(workflowFile)})`;
}

const claimsIn = (past: readonly PastStep[]): readonly RunId[] =>
  past.flatMap(({ steps }) => steps.flatMap((step) => (step.step === "claim" ? step.run : [])));

/** The generation's pull request, as it was seen, or as its merge names it. */
function pullOf(snapshot: Snapshot, past: readonly PastStep[]): number | undefined {
  const { pulls, gate } = snapshot;
  const seen =
    pulls?.find(({ merged }) => merged) ?? pulls?.find(({ state }) => state === "open") ?? pulls?.[0];
  if (seen) return seen.number;
  if (gate?.kind === "open" || gate?.kind === "update") return gate.pull;
  const generation = stateOf(snapshot)?.generation;
  const effects = past.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.step === "declare" && step.generation === generation ? step.effects : [])),
  );
  return effects.find((effect) => effect.kind === "merge")?.pull;
}

function costOf({ snapshot, rest, worked }: StatusInput): string {
  const state = stateOf(snapshot);
  if (!state) return isQueued(rest) || rest.state === "idle" ? "none" : "unknown";
  const charged = lostWork(state.attempts);
  const red = charged.filter((one) => one.red).length;
  const lost = charged.length - red;
  const spent =
    worked === null ? "none, in runs that have ended" : `${minutes(Math.max(1, worked))} of the agent's work`;
  const without = [
    ...(lost === 0 ? [] : [`; attempts that were lost: ${lost}`]),
    ...(red === 0 ? [] : [`; attempts that the check refused: ${red}`]),
  ];
  return `${spent}, in this generation${without.join("")}`;
}

/** Ended runs of the current generation that had an agent, and of which the chain does not tell how long it worked. */
export function untoldRuns(
  chain: ChainState,
  rest: Rest,
  past: readonly PastStep[],
): readonly { readonly run: RunId; readonly key: string }[] {
  const found: { run: RunId; key: string }[] = [];
  let agent: string | undefined;
  for (const step of past.toReversed().flatMap(({ steps }) => steps)) {
    if (step.step === "raise") found.length = 0;
    if (step.step === "declare") agent = step.effects.find(({ kind }) => kind === "agent.run")?.key;
    if (step.step === "claim" && agent !== undefined) found.push({ run: step.run, key: agent });
  }
  const { open, attempts } = chain;
  const working = !hasLanded(rest) && open?.claim ? [open.claim] : [];
  const others = [...lostWork(attempts).map(({ run }) => run), ...working];
  return found.filter(({ run }) => !others.some((other) => sameRun(run, other)));
}

/** As code, and without what could open a hidden block. */
const foreign = (text: string): string => quoted(text.replaceAll("<!--", "<! --"));

/** `2026-01-05T09:00:12Z` */
const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
