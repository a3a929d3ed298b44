/** Performs what an intent names, one effect after the other, and notes what became of each. */
import {
  type Claim,
  fateOf,
  type Performed,
  type Proof,
  performOrRecover,
  Refusal,
  type Site,
} from "../src/barrier/index.ts";
import { ofBlobs } from "../src/core/allowance.ts";
import type { HoldReason } from "../src/core/holds.ts";
import { trailerOf } from "../src/core/keys.ts";
import { oneLine } from "../src/core/plan.ts";
import type { Effect, EffectOf, Fate } from "../src/core/words.ts";
import {
  blobsOf,
  branchCreateHandler,
  branchUpdateHandler,
  commitPatch,
  ForeignBranch,
  mergeHandler,
  PublishRefused,
  pullCloseHandler,
  pullCreateHandler,
  readPulls,
  reviewRequestHandler,
} from "../src/effects/index.ts";
import { CONFIG_PATH, type Config, parseConfig, wordsOf } from "../src/policy/config/index.ts";
import { readGate } from "../src/policy/read-gate.ts";
import type { Keeping } from "./allowance.ts";
import { takeVerified } from "./handover.ts";
import { type Job, JobFailure, required, runUrl } from "./job.ts";

export interface Work {
  readonly job: Job;
  readonly site: Site;
  readonly keeping: Keeping;
  readonly proof: Proof;
  readonly claim: Claim;
  /** What became of each effect, by key: filled as it happens, so that a failure leaves it behind. */
  readonly fates: Record<string, Fate>;
  /** The title, for people who read commits and pull requests. */
  readonly title: string;
  /** The pull request, once this run has opened or found it. */
  pull?: number;
}

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
    case "branch.update": {
      settle(work, effect, await performOrRecover(site, proof, claim, branchUpdateHandler, effect, nothing));
      return;
    }
    case "pull.create": {
      const material = async () => pullMaterial(work, effect);
      const end = await performOrRecover(site, proof, claim, pullCreateHandler, effect, material);
      work.pull = settle(work, effect, end).number;
      job.toolkit.setOutput("pull", String(work.pull));
      return;
    }
    case "review.request": {
      const material = async () => ({ pull: work.pull ?? (await pullOf(site, effect.branch)) });
      settle(
        work,
        effect,
        await performOrRecover(site, proof, claim, reviewRequestHandler, effect, material),
      );
      return;
    }
    case "pull.close": {
      settle(work, effect, await performOrRecover(site, proof, claim, pullCloseHandler, effect, nothing));
      return;
    }
    case "merge":
      return merge(work, effect);
  }
}

/** Notes what became of an effect; its value, or the end of the work with the reason. */
function settle<T>(work: Work, effect: Effect, end: Performed<T>, reason: HoldReason = "publish-refused"): T {
  work.fates[effect.key] = fateOf(end);
  switch (end.kind) {
    case "applied":
      work.job.toolkit.info(`${effect.key}: ${end.how}`);
      return end.value;
    case "not-sent":
      throw new JobFailure(reason, `${effect.kind}: ${end.status} ${end.message}`);
    case "unknown":
      throw new JobFailure(
        reason,
        `${effect.kind}: no answer came, and nothing of it is to be seen (${end.message})`,
      );
  }
}

async function pullOf(site: Site, branch: string): Promise<number> {
  const [pull] = await readPulls(site, branch);
  if (!pull) throw new Refusal("not-visible", `no pull request of ${branch} is to be seen`);
  return pull.number;
}

async function publish(work: Work, effect: EffectOf<"branch.create">): Promise<void> {
  const { job, site, proof, claim } = work;
  const digest = required(job, "digest");
  const patch = await takeVerified(job.machine, required(job, "directory"), digest);
  const message = [
    oneLine(work.title, 120),
    "",
    `For #${site.issue.number}, generation ${proof.marker.generation}.`,
    "",
    trailerOf(effect.key),
    `Cairn-Patch: sha256:${digest}`,
  ].join("\n");
  const material = async () => {
    const files = patch.files.map(({ path, mode, content }) => ({
      path,
      mode,
      content: content === null ? undefined : Buffer.from(content, "base64"),
    }));
    work.keeping.extend(ofBlobs(blobsOf(files)));
    return { commit: await commitPatch(site, { ...patch, files }, message) };
  };
  try {
    settle(work, effect, await performOrRecover(site, proof, claim, branchCreateHandler, effect, material));
  } catch (error) {
    if (error instanceof ForeignBranch) throw new JobFailure("foreign-branch", error.message);
    if (error instanceof PublishRefused) throw new JobFailure("publish-refused", error.message);
    throw error;
  }
}

function pullMaterial({ job, site, proof, title }: Work, effect: EffectOf<"pull.create">) {
  const { generation, attempt } = proof.marker;
  const body = [
    `Closes #${site.issue.number}`,
    "",
    `Made by the agent that this repository configures, generation ${generation}, attempt ${attempt}; ` +
      `the patch was verified and published without further change. [Run](${runUrl(job)}).`,
    "",
    "<!--",
    trailerOf(effect.key),
    "-->",
  ].join("\n");
  return { title: oneLine(title, 200), body };
}

async function merge(work: Work, effect: EffectOf<"merge">): Promise<void> {
  const { site, proof, claim, job, title } = work;
  const material = async () => {
    await checkGate(work, effect);
    return { title: `${oneLine(title, 120)} (#${effect.pull})`, message: `For #${site.issue.number}.` };
  };
  const end = await performOrRecover(site, proof, claim, mergeHandler, effect, material);
  const reason = end.kind === "not-sent" ? refusedMerge(end) : "merge-refused";
  const value = settle(work, effect, end, reason);
  job.toolkit.setOutput("pull", String(effect.pull));
  job.toolkit.setOutput("merge-sha", value.sha ?? "");
}

/** Refusals after which the gate is asked again: the head moved, or GitHub was busy with the base. */
function refusedMerge(end: { readonly status: number; readonly message: string }): HoldReason {
  const passing = end.status === 409 || /modified|already in progress/i.test(end.message);
  return passing ? "head-moved" : "merge-refused";
}

/** The gate once more, by the performer itself, for exactly the head that the intent names. */
async function checkGate({ site, proof }: Work, effect: EffectOf<"merge">): Promise<void> {
  const { base, commit } = proof.marker.pins;
  const { despite: overrides } = proof.marker;
  const config = () => configAt(site, commit);
  const gate = await readGate(site, { pull: effect.pull, base, config, overrides });
  if (!gate) throw new Refusal("not-visible", `#${effect.pull} is not to be seen`);
  if (gate.kind === "open" && gate.head === effect.head) return;
  const why =
    gate.kind === "waits"
      ? `it waits for ${gate.for}`
      : gate.kind === "refused"
        ? gate.detail
        : `it is at ${gate.head}`;
  // Nothing was sent: whether and when to try again is for the app's gate to say.
  throw new JobFailure(
    "head-moved",
    `#${effect.pull} is not to be merged at ${effect.head.slice(0, 12)} any more: ${why}`,
  );
}

export async function configAt(site: Site, commit: string): Promise<Config | { readonly invalid: string }> {
  const file = await site.reads.file(CONFIG_PATH, commit);
  const parsed = parseConfig(file?.value.text);
  return parsed.kind === "valid" ? parsed.config : { invalid: wordsOf(parsed.problems) };
}
