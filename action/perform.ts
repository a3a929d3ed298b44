/** Performs what an intent names, one effect after the other, and notes what became of each. */
import { performOrRecover, Refusal, type Site } from "../src/barrier/index.ts";
import { ofBlobs } from "../src/core/allowance.ts";
import { trailerOf } from "../src/core/keys.ts";
import { oneLine } from "../src/core/quoted.ts";
import type { Effect, EffectOf } from "../src/core/words.ts";
import {
  blobsOf,
  branchCreateHandler,
  branchPushHandler,
  commitPatch,
  ForeignBranch,
  isAgain,
  PublishRefused,
  pullCloseHandler,
  pullCreateHandler,
  readPulls,
  reviewPostHandler,
  reviewRequestHandler,
  stillToAsk,
} from "../src/effects/index.ts";
import { parseVerdict, reviewText } from "../src/policy/review-verdict.ts";
import { takeVerdict, takeVerified, type VerifiedPatch } from "./handover.ts";
import { required, runUrl } from "./job.ts";
import { JobFailure } from "./job-failure.ts";
import { performEnqueue, performMerge, performUpdate } from "./merge.ts";
import { performRoute } from "./route.ts";
import { settle, type Work } from "./work.ts";

/**
 * In the order of the intent: a pull request needs its branch, a request for review its pull request. Throws
 * `JobFailure` with the reason at the first that was not done, `Refusal` where this run may not.
 */
export async function performAll(work: Work, effects: readonly Effect[]): Promise<void> {
  for (const effect of effects) {
    // Until it is sent, it surely was not.
    if (effect.kind !== "agent.run") work.fates[effect.key] ??= "not-sent";
  }
  for (const effect of effects) await performOne(work, effect);
}

async function performOne(work: Work, effect: Effect): Promise<void> {
  const { site, proof, claim, job } = work;
  const nothing = async (): Promise<undefined> => undefined;
  switch (effect.kind) {
    case "agent.run":
      return;
    case "branch.create":
      return publish(work, effect);
    case "branch.push":
      return push(work, effect);
    case "branch.update":
      return performUpdate(work, effect);
    case "pull.create": {
      const material = async () => pullMaterial(work, effect);
      const end = await performOrRecover(site, proof, claim, pullCreateHandler, effect, material);
      work.pull = settle(work, effect, end).number;
      job.toolkit.setOutput("pull", String(work.pull));
      return;
    }
    case "review.request": {
      return isAgain(effect) ? askAgain(work, effect) : ask(work, effect);
    }
    case "review.post":
      return post(work, effect);
    case "pull.close": {
      settle(work, effect, await performOrRecover(site, proof, claim, pullCloseHandler, effect, nothing));
      return;
    }
    case "merge.enqueue":
      return performEnqueue(work, effect);
    case "merge":
      return performMerge(work, effect);
    case "issue.create":
      if (!work.routing) throw new TypeError("issues are opened elsewhere by the gate's job");
      return performRoute(work, effect, work.routing);
  }
}

/**
 * The reviewers, in one request. GitHub refuses all of them for one who cannot be asked: then each is asked alone, and those whom it
 * refuses are named. They stop nothing as long as anybody is asked. Throws as `performAll`.
 */
async function ask(work: Work, effect: EffectOf<"review.request">): Promise<void> {
  const { job, site, proof, claim } = work;
  const material = async () => ({ pull: work.pull ?? (await pullOf(site, effect.branch)) });
  const askFor = (reviewers: readonly string[]) =>
    performOrRecover(site, proof, claim, reviewRequestHandler, { ...effect, reviewers }, material);
  const all = await askFor(effect.reviewers);
  if (all.kind !== "not-sent" || all.status !== 422 || effect.reviewers.length < 2)
    return void settle(work, effect, all);
  const refused: string[] = [];
  for (const login of effect.reviewers) {
    const one = await askFor([login]);
    // Nobody knows of this one: nor is it known of all.
    if (one.kind === "unknown") return void settle(work, effect, one);
    if (one.kind === "not-sent") refused.push(`@${login} (${one.status} ${oneLine(one.message, 120)})`);
  }
  if (refused.length === effect.reviewers.length) return void settle(work, effect, all);
  work.fates[effect.key] = "applied";
  if (refused.length === 0) return;
  const words = `the pull request is there, and GitHub does not let ${refused.join(", ")} be asked for a review`;
  job.toolkit.warning(words);
  throw new JobFailure("publish-refused", words);
}

/** Whoever asked for changes, once the round is pushed. That GitHub does not take it undoes no round: they are named anyway. */
async function askAgain(work: Work, effect: EffectOf<"review.request"> & { after: string }): Promise<void> {
  const { job, site, proof, claim } = work;
  const material = async () => {
    const open = await stillToAsk(site, effect);
    if (!open) throw new Refusal("not-visible", `no pull request of ${effect.branch} is to be seen`);
    return { pull: open.pull, reviewers: open.logins };
  };
  const end = await performOrRecover(site, proof, claim, reviewRequestHandler, effect, material);
  if (end.kind !== "not-sent") return void settle(work, effect, end);
  job.toolkit.warning(`${effect.kind}: ${end.status} ${oneLine(end.message)}`);
}

async function pullOf(site: Site, branch: string): Promise<number> {
  const [pull] = await readPulls(site, branch);
  if (!pull) throw new Refusal("not-visible", `no pull request of ${branch} is to be seen`);
  return pull.number;
}

/** A new branch with the verified patch as one commit. */
async function publish(work: Work, effect: EffectOf<"branch.create">): Promise<void> {
  const { site, proof, claim } = work;
  const { patch, digest } = await verifiedOf(work);
  const about = `For #${site.issue.number}, generation ${proof.marker.generation}.`;
  const material = () => committed(work, patch, messageOf(work, effect, about, digest));
  try {
    settle(work, effect, await performOrRecover(site, proof, claim, branchCreateHandler, effect, material));
  } catch (error) {
    if (error instanceof ForeignBranch) throw new JobFailure("foreign-branch", error.message);
    throw error;
  }
}

/** One commit more on the head that was mended, and on no other; of a conflict, a merge of the base into it. */
async function push(work: Work, effect: EffectOf<"branch.push">): Promise<void> {
  const { job, site, proof, claim } = work;
  const { merges } = effect;
  const { patch, digest } = await verifiedOf(work);
  assertParents(effect, patch);
  const what = merges === undefined ? "" : ` It merges ${merges} of ${proof.marker.pins.base}.`;
  const about = `Round ${proof.marker.attempt} of fixing for #${site.issue.number}, generation ${proof.marker.generation}.${what}`;
  const material = async () => {
    const made = await committed(work, patch, messageOf(work, effect, about, digest));
    await assertStands(site, effect);
    return made;
  };
  const end = await performOrRecover(site, proof, claim, branchPushHandler, effect, material);
  // GitHub takes no push that is no fast-forward: somebody has moved the branch. What else it says would be said again.
  const moved = end.kind === "not-sent" && (end.status === 409 || SAYS_MOVED.test(end.message));
  settle(work, effect, end, moved ? "head-moved" : "publish-refused");
  job.toolkit.setOutput("pull", String(effect.pull));
}

/** 422 `Update is not a fast forward`, `Reference does not exist`, `Reference cannot be updated`. */
const SAYS_MOVED = /not a fast forward|does not exist|cannot be updated/i;

/** The commits that the intent names, and no others. Throws `JobFailure` `tampered`. */
export function assertParents(
  { head, merges }: Pick<EffectOf<"branch.push">, "head" | "merges">,
  { base, parents = [base] }: Pick<VerifiedPatch, "base" | "parents">,
): void {
  const declared = merges === undefined ? [head] : [head, merges];
  if (parents.join() === declared.join() && base === declared.at(-1)) return;
  throw new JobFailure(
    "tampered",
    `the patch is of ${parents.join(" and ")}, the intent of ${declared.join(" and ")}`,
  );
}

/** GitHub would take a push onto an older head as well, and so bring back what somebody has taken away. */
async function assertStands(site: Site, { branch, pull, head }: EffectOf<"branch.push">): Promise<void> {
  const ref = await site.reads.ref(`heads/${branch}`);
  if (ref?.value !== head)
    throw new JobFailure("head-moved", `${branch} is at ${ref?.value ?? "nothing"}, not at ${head}`);
  const state = (await site.reads.pull(pull))?.value.state;
  if (state !== "open") throw new JobFailure("head-moved", `#${pull} is ${state ?? "gone"}`);
}

/** What the review command left, judged here: nobody vouches for the job that it ran in. */
async function post(work: Work, effect: EffectOf<"review.post">): Promise<void> {
  const { job, site, proof, claim } = work;
  const verdict = parseVerdict(await takeVerdict(job.machine, required(job, "directory")));
  if ("why" in verdict) throw new JobFailure("review-unusable", verdict.why);
  const material = async () => {
    const pull = (await site.reads.pull(effect.pull))?.value;
    if (pull?.state !== "open" || pull.headSha !== effect.head)
      throw new JobFailure("head-moved", `#${effect.pull} is ${pull?.state ?? "gone"}, at ${pull?.headSha}`);
    return { body: reviewText(verdict, effect) };
  };
  settle(work, effect, await performOrRecover(site, proof, claim, reviewPostHandler, effect, material));
  job.toolkit.setOutput("pull", String(effect.pull));
}

async function verifiedOf({ job }: Work) {
  const digest = required(job, "digest");
  return { patch: await takeVerified(job.machine, required(job, "directory"), digest), digest };
}

const messageOf = ({ title }: Work, effect: Effect, about: string, digest: string): string =>
  [oneLine(title, 120), "", about, "", trailerOf(effect.key), `Cairn-Patch: sha256:${digest}`].join("\n");

/** The patch as a commit that no ref names yet. Throws `JobFailure` with GitHub's words. */
async function committed(work: Work, patch: VerifiedPatch, message: string) {
  try {
    const files = patch.files.map(({ path, mode, content }) => ({
      path,
      mode,
      content: content === null ? undefined : Buffer.from(content, "base64"),
    }));
    work.keeping.extend(ofBlobs(blobsOf(files)));
    return { commit: await commitPatch(work.site, { ...patch, files }, message) };
  } catch (error) {
    if (error instanceof PublishRefused) throw new JobFailure("publish-refused", error.message);
    throw error;
  }
}

/** What became of the triage command, in words that are none of its own: theirs stand in the run's summary. */
function triaged(outcome: string): readonly string[] {
  if (outcome === "" || outcome === "none") return [];
  const words =
    outcome === "take"
      ? "The triage command had no question about the issue."
      : "The triage command gave no answer that can be used: the rules alone took the issue.";
  return ["", words];
}

function pullMaterial({ job, site, proof, title }: Work, effect: EffectOf<"pull.create">) {
  const { generation, attempt } = proof.marker;
  const body = [
    `${effect.keepsIssue ? "For" : "Closes"} #${site.issue.number}`,
    "",
    `Made by the agent that this repository configures, generation ${generation}, attempt ${attempt}; ` +
      `the patch was verified and published without further change. [Run](${runUrl(job)}).`,
    ...triaged(job.toolkit.getInput("triage")),
    "",
    "<!--",
    trailerOf(effect.key),
    "-->",
  ].join("\n");
  return { title: oneLine(title, 200), body };
}
