/** The merge: the gate once more by the performer itself, one request, and what became of it read back. */
import { type Performed, performOrRecover, Refusal } from "../src/barrier/index.ts";
import type { HoldReason } from "../src/core/holds.ts";
import { staysOpen } from "../src/core/marks.ts";
import { oneLine } from "../src/core/quoted.ts";
import type { EffectOf } from "../src/core/words.ts";
import {
  branchUpdateHandler,
  keepIssue,
  mergeEnqueueHandler,
  mergeHandler,
  mismatchOf,
} from "../src/effects/index.ts";
import type { PullInfo } from "../src/github/ports.ts";
import { type Judged, readGate } from "../src/policy/gate/index.ts";
import { variable } from "./job.ts";
import { JobFailure } from "./job-failure.ts";
import { configAt, settle, type Work } from "./work.ts";

/** How often a merge is asked for that GitHub puts off. */
const SENDS = 3;
/** Milliseconds before it is asked again. */
const PAUSE = 1_500;

/** Throws `JobFailure` with the reason where it was not merged, or not what was to be merged; `Refusal` where this run may not. */
export async function performMerge(work: Work, effect: EffectOf<"merge">): Promise<void> {
  const { site, proof, claim, job, title } = work;
  let before: PullInfo | undefined;
  const material = async () => {
    before = await passGate(work, effect);
    return { title: `${oneLine(title, 120)} (#${effect.pull})`, message: `For #${site.issue.number}.` };
  };
  let end: Performed<{ readonly sha: string | null }>;
  for (let sent = 1; ; sent += 1) {
    end = await performOrRecover(site, proof, claim, mergeHandler, effect, material);
    if (end.kind !== "not-sent" || !isPassing(end) || sent === SENDS) break;
    await site.clock.sleep(PAUSE * sent);
  }
  const { sha } = settle(work, effect, end, end.kind === "not-sent" ? reasonOf(end) : "merge-refused");
  job.toolkit.setOutput("pull", String(effect.pull));
  job.toolkit.setOutput("merge-sha", sha ?? "");
  // Where an earlier send turned out to have landed, the gate was not asked here, and nobody knows GitHub's trial any more.
  const tested = { base: proof.marker.pins.base, trial: before?.mergeCommitSha ?? null };
  const mismatch = sha === null ? undefined : await mismatchOf(site, effect, tested, sha);
  if (mismatch !== undefined) throw new JobFailure("merge-mismatch", `#${effect.pull}: ${mismatch}`);
}

/** Into the merge queue of the base. What becomes of it there is for the app to see. Throws as `performMerge`. */
export async function performEnqueue(work: Work, effect: EffectOf<"merge.enqueue">): Promise<void> {
  const { site, proof, claim, job } = work;
  const material = async () => ({ nodeId: (await passGate(work, effect)).nodeId });
  const end = await performOrRecover(site, proof, claim, mergeEnqueueHandler, effect, material);
  const moved = end.kind === "not-sent" && /head branch was modified/i.test(end.message);
  settle(work, effect, end, moved ? "head-moved" : "merge-refused");
  job.toolkit.setOutput("pull", String(effect.pull));
}

/** Milliseconds between looks for the head that GitHub makes behind its answer. */
const LOOKS = [300, 1_000, 3_000, 6_000];

/** The base into the head, where nothing else is missing for a merge. Whatever comes of it is judged anew by the app. Throws as `performMerge`. */
export async function performUpdate(work: Work, effect: EffectOf<"branch.update">): Promise<void> {
  const { site, proof, claim, job } = work;
  const material = async () => void (await passGate(work, effect));
  const end = await performOrRecover(site, proof, claim, branchUpdateHandler, effect, material);
  // Another head, a conflict, or a base that did not move after all: all of it is for the gate to tell.
  const isAnswer = end.kind === "not-sent" && end.status === 422;
  settle(work, effect, end, isAnswer ? "head-moved" : "merge-refused");
  job.toolkit.setOutput("pull", String(effect.pull));
  // It is done a moment after GitHub's answer; whoever is asked for a review next is to find the new head.
  for (const pause of LOOKS) {
    if ((await branchUpdateHandler.probe(site, effect)).kind === "found") return;
    await site.clock.sleep(pause);
  }
}

type NotSent = Extract<Performed<unknown>, { kind: "not-sent" }>;

/** GitHub is busy with the base: nothing was decided about the pull request. */
const isPassing = ({ status, message }: NotSent): boolean =>
  status === 405 && /base branch was modified|already in progress/i.test(message);

/** Refusals after which the app asks its gate again: the head moved, or GitHub was busy with the base. */
const reasonOf = (end: NotSent): HoldReason =>
  end.status === 409 || isPassing(end) ? "head-moved" : "merge-refused";

/** The pull request, where exactly the head that the intent names may be merged, or brought up to date for that. */
async function passGate(
  work: Work,
  effect: EffectOf<"merge" | "merge.enqueue" | "branch.update">,
): Promise<PullInfo> {
  const { job, site, proof, claim } = work;
  const { base, commit } = proof.marker.pins;
  const here = variable(job, "GITHUB_REPOSITORY");
  const { synthetic: isTry, commandReview = null, queued = null, updated = 0 } = proof.view.state;
  const synthetic = isTry === true;
  const config = () => configAt(site, commit);
  const { despite: overrides } = proof.marker;
  const judged = await readGate(site, {
    pull: effect.pull,
    ...{ base, here, synthetic, commandReview, queued, updated, config, overrides },
    intent: proof.comment,
  });
  if (!judged) throw new Refusal("not-visible", `#${effect.pull} is not to be seen`);
  const { view, facts } = judged;
  if (view.head !== effect.head || wayOf(view) !== effect.kind) {
    // Nothing was sent: whether and when to try again is for the app's gate to say.
    const what = effect.kind === "branch.update" ? "brought up to date" : "merged";
    const it = `#${effect.pull} is not to be ${what} at ${effect.head.slice(0, 12)} any more`;
    throw new JobFailure("head-moved", `${it}: ${whyNot(view)}`);
  }
  if (effect.kind === "branch.update") return facts.pull;
  const never = facts.config && !("invalid" in facts.config) ? facts.config.neverCloseLabels : [];
  if (staysOpen(facts.issue?.labels ?? [], never)) {
    const end = await keepIssue(site, claim, facts.pull, here);
    if (end && end.kind !== "applied")
      throw new JobFailure(
        "head-moved",
        `the issue stays open, and #${effect.pull} would close it: ${end.message}`,
      );
  }
  return facts.pull;
}

/** What the gate lets through; `undefined`: nothing. */
function wayOf(view: Judged["view"]): "merge" | "merge.enqueue" | "branch.update" | undefined {
  if (view.kind === "update") return "branch.update";
  if (view.kind !== "open") return undefined;
  return view.queue ? "merge.enqueue" : "merge";
}

function whyNot(view: Judged["view"]): string {
  switch (view.kind) {
    case "waits":
      return `it waits for ${view.for}`;
    case "refused":
      return view.detail;
    case "review":
      return "the review command has not looked at it";
    case "synthetic":
      return "the issue is a try, which is never merged";
    case "update":
      return `it is at ${view.head}, which lacks the newest commit of its base`;
    case "open":
      return `it is at ${view.head}, and its base has ${view.queue ? "a" : "no"} merge queue`;
  }
}
