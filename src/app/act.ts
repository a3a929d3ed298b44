/** Does what was decided, through the primitive, and says what of the snapshot is to be read again. */

import type { Site } from "../barrier/index.ts";
import { makeSteps } from "../barrier/index.ts";
import type { Decision } from "../core/decision.ts";
import { digestOfMarker } from "../core/marker.ts";
import {
  alarm,
  announce,
  cancelRun,
  closeIssue,
  dequeue,
  react,
  setLabels,
  showVerdict,
  startRun,
  writeNote,
} from "../effects/index.ts";
import { GitHubError } from "../github/errors.ts";
import type { Outcome, Refused } from "../github/outcome.ts";
import type { Memory } from "./memory.ts";
import type { Observer } from "./observe/index.ts";

export type ActEnd =
  /** Read what has changed, and decide again. */
  | { readonly kind: "go-on" }
  /** Not now: somebody else was faster, or nobody can say. Look again soon. */
  | { readonly kind: "later"; readonly why: string }
  /** GitHub refuses; the words are for the operator's log. */
  | { readonly kind: "refused"; readonly refusal: Refused };

export type Act = Exclude<Decision, { kind: "look" } | { kind: "rest" }>;

export interface ActContext {
  readonly site: Site;
  readonly observer: Observer;
  readonly memory: Memory;
  readonly workflowFile: string;
  readonly defaultBranch: string;
}

/** Throws `GitHubError` and `Refusal`; both mean that the issue has to be looked at again. */
export async function act(context: ActContext, decision: Act): Promise<ActEnd> {
  const { site, observer, memory } = context;
  switch (decision.kind) {
    case "advance":
      return advance(context, decision);
    case "announce":
      return commented(context, await announce(site, stepOf(observer), decision.marker, labelOf(observer)));
    case "alarm":
      return commented(context, await alarm(site, decision.marker));
    case "note":
      return commented(context, await writeNote(site, stepOf(observer), decision.marker, labelOf(observer)));
    case "react":
      return reacted(context, decision);
    case "label": {
      const step = observer.chain().kind === "sound" ? stepOf(observer) : "distrusted";
      const end = await setLabels(site, step, decision);
      if (end.kind === "applied") observer.labelsSet(decision.add, decision.remove);
      return after(end);
    }
    case "verdict": {
      const end = await showVerdict(site, stepOf(observer), decision);
      // It is for people: nothing waits for it, and what stands in its way stands in the way of nothing else.
      const id = end.kind === "applied" ? end.value.id : (decision.shown?.id ?? 0);
      observer.verdictShown({ id, says: decision.verdict.says });
      return { kind: "go-on" };
    }
    case "start": {
      const step = stepOf(observer);
      const end = await startRun(site, step, {
        workflowFile: context.workflowFile,
        ref: context.defaultBranch,
        comment: decision.comment,
      });
      const digest = step.view.state.open?.digest;
      if (digest === undefined) return after(end);
      if (end.kind !== "refused") memory.started(digest, observer.snapshot()?.now ?? 0);
      else if ((end.status === 404 || end.status === 422) && !memory.wasRefused(digest)) {
        memory.startRefused(digest);
        return {
          kind: "later",
          why: `GitHub would not start a run (${end.message}): the reason is looked for`,
        };
      }
      return after(end);
    }
    case "cancel-run":
      return later(await cancelRun(site, stepOf(observer), decision.run), decision);
    case "dequeue":
      return later(await dequeue(site, stepOf(observer), decision.pull), decision);
    case "close-issue":
      return closed(context, decision);
  }
}

/** The look may be older than the merge: whoever has opened the issue again since is not overruled. */
async function closed({ site, observer }: ActContext, decision: Act): Promise<ActEnd> {
  const issue = (await site.reads.issue(site.issue.number))?.value;
  if (issue?.state !== "open" || issue.reopened)
    return { kind: "later", why: "the issue to be looked at again" };
  return later(await closeIssue(site, stepOf(observer)), decision);
}

/** A comment with a marker: who wrote it reads it by its id, as lists lag. */
async function commented(
  { site, observer, memory }: ActContext,
  end: Outcome<{ readonly id: number }>,
): Promise<ActEnd> {
  if (end.kind === "applied") {
    memory.wrote(site.issue, end.value.id);
    await observer.commentWritten(end.value.id);
  }
  return after(end);
}

/** Nothing waits for a reaction: one that could not be given is not given again by this process. */
async function reacted(
  { site, memory }: ActContext,
  { comment, content }: Extract<Act, { kind: "react" }>,
): Promise<ActEnd> {
  memory.reactedTo(site.issue, comment);
  try {
    await react(site, comment, content);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
  }
  return { kind: "go-on" };
}

async function advance(
  { site, observer }: ActContext,
  decision: Extract<Act, { kind: "advance" }>,
): Promise<ActEnd> {
  const view = observer.chain();
  if (view.kind === "foreign") throw new TypeError("a chain that is not ours is never moved");
  const end = await makeSteps(site, view, decision.steps, decision.markers);
  switch (end.kind) {
    case "made":
      await observer.chainMoved();
      return { kind: "go-on" };
    case "lost":
      return { kind: "later", why: "another process moved the chain" };
    case "unsettled":
      return { kind: "later", why: end.why };
    case "refused":
      return { kind: "refused", refusal: end.refusal };
  }
}

function stepOf(observer: Observer) {
  const step = observer.step();
  if (!step) throw new TypeError("there is no step that this could follow");
  return step;
}

/** How the entry label is called in what is written. */
const labelOf = (observer: Observer): string | undefined => observer.snapshot()?.entryLabel;

function after(end: Outcome<unknown>): ActEnd {
  switch (end.kind) {
    case "applied":
      return { kind: "go-on" };
    case "unknown":
      return { kind: "later", why: end.message };
    case "refused":
      return { kind: "refused", refusal: end };
  }
}

/** Signals whose effect takes time to show: there is nothing to decide on before that. */
function later(end: Outcome<unknown>, decision: Act): ActEnd {
  const next = after(end);
  return next.kind === "go-on" ? { kind: "later", why: readable(decision) } : next;
}

/** What is waited for behind an act. */
export const readable = (decision: Act): string => `${nameOfAct(decision)} to be readable`;

export const nameOfVerdict = (says: string, head: string): string => `verdict ${says} on ${head}`;

/** One text for one act, by which a repetition is recognised. */
export function nameOfAct(decision: Act): string {
  switch (decision.kind) {
    case "announce":
    case "alarm":
    case "note":
      return `${decision.kind} ${digestOfMarker(decision.marker)}`;
    case "react":
      return `react ${decision.content} to ${decision.comment}`;
    case "label":
      return `label +${decision.add.join(",")} -${decision.remove.join(",")}`;
    case "cancel-run":
      return `cancel-run ${decision.run.id}/${decision.run.attempt}`;
    case "dequeue":
      return `dequeue ${decision.pull}`;
    case "verdict":
      return nameOfVerdict(decision.verdict.says, decision.head);
    case "start":
      return `start ${decision.comment}`;
    case "advance":
      return `advance ${decision.steps.map((step) => step.step).join("+")}`;
    case "close-issue":
      return "close-issue";
  }
}
