/** Effect: exactly what the intent names, each once. No checkout, no code of the agent, no git. */
import { join } from "node:path";
import {
  type Claim,
  fateOf,
  type Performed,
  type Proof,
  performOrRecover,
  proveIntent,
  Refusal,
  type Site,
  stillOwner,
} from "../src/barrier/index.ts";
import type { HoldReason } from "../src/core/holds.ts";
import { trailerOf } from "../src/core/keys.ts";
import { oneLine } from "../src/core/plan.ts";
import type { Effect, EffectOf, Fate } from "../src/core/words.ts";
import {
  branchCreateHandler,
  branchUpdateHandler,
  commitPatch,
  ForeignBranch,
  mergeHandler,
  PublishRefused,
  pullCloseHandler,
  pullCreateHandler,
  reviewRequestHandler,
} from "../src/effects/index.ts";
import { CONFIG_PATH, parseConfig, wordsOf } from "../src/policy/config.ts";
import { readGate } from "../src/policy/read-gate.ts";
import { siteOf } from "./connect.ts";
import { ExchangeError, exchange, giveBack } from "./exchange.ts";
import { takeVerified } from "./handover.ts";
import { type Job, JobFailure, number, required, runOf, runUrl } from "./job.ts";

interface Work {
  readonly job: Job;
  readonly site: Site;
  readonly proof: Proof;
  readonly claim: Claim;
  readonly fates: Record<string, Fate>;
}

export async function effect(job: Job): Promise<void> {
  let grant: Awaited<ReturnType<typeof exchange>>;
  try {
    grant = await exchange(job, "effect");
  } catch (error) {
    if (!(error instanceof ExchangeError) || !error.neutral) throw error;
    job.toolkit.setOutput("outcome", "neutral");
    job.toolkit.info(`nothing is sent: ${error.message}`);
    return;
  }
  const fates: Record<string, Fate> = {};
  try {
    const site = siteOf(job, grant.token, grant.identity);
    const proof = await proveIntent(site, number(job, "intent"));
    const claim = await stillOwner(site, required(job, "claim"), runOf(job));
    const work: Work = { job, site, proof, claim, fates };
    await perform(work);
    job.toolkit.setOutput("outcome", "done");
  } catch (error) {
    if (!(error instanceof JobFailure)) throw error;
    job.toolkit.setOutput("outcome", "failed");
    job.toolkit.setOutput("reason", error.reason);
    job.toolkit.setOutput("detail", oneLine(error.message));
    job.toolkit.warning(`${error.reason}: ${oneLine(error.message)}`);
  } finally {
    job.toolkit.setOutput("effects", JSON.stringify(fates));
    await giveBack(job, grant);
  }
}

async function perform(work: Work): Promise<void> {
  // In the order of the intent: a pull request needs its branch, a request for review its pull request.
  for (const one of work.proof.marker.effects) {
    const line = await performOne(work, one);
    if (line) work.job.toolkit.info(line);
  }
}

async function performOne(work: Work, one: Effect): Promise<string | undefined> {
  const { site, proof, claim, job } = work;
  switch (one.kind) {
    case "agent.run":
      return undefined;
    case "branch.create":
      return publish(work, one);
    case "branch.update":
      settle(
        work,
        one,
        await performOrRecover(site, proof, claim, branchUpdateHandler, one, undefined),
        "publish-refused",
      );
      return `${one.key}: done`;
    case "pull.create": {
      const material = await pullMaterial(work, one);
      const value = settle(
        work,
        one,
        await performOrRecover(site, proof, claim, pullCreateHandler, one, material),
        "publish-refused",
      );
      job.toolkit.setOutput("pull", String(value.number));
      return `${one.key}: #${value.number}`;
    }
    case "review.request":
      settle(
        work,
        one,
        await performOrRecover(site, proof, claim, reviewRequestHandler, one, undefined),
        "publish-refused",
      );
      return `${one.key}: done`;
    case "pull.close":
      settle(
        work,
        one,
        await performOrRecover(site, proof, claim, pullCloseHandler, one, undefined),
        "publish-refused",
      );
      return `${one.key}: done`;
    case "merge":
      return merge(work, one);
  }
}

/** Notes what became of an effect; its value, or the end of the job with the reason. */
function settle<T>(work: Work, one: Effect, end: Performed<T>, reason: HoldReason): T {
  work.fates[one.key] = fateOf(end);
  switch (end.kind) {
    case "applied":
      return end.value;
    case "not-sent":
      throw new JobFailure(reason, `${one.kind}: ${end.status} ${end.message}`);
    case "unknown":
      throw new JobFailure(
        reason,
        `${one.kind}: no answer came, and nothing of it is to be seen (${end.message})`,
      );
  }
}

async function publish(work: Work, one: EffectOf<"branch.create">): Promise<string> {
  const { job, site, proof, claim } = work;
  work.fates[one.key] = "not-sent";
  const digest = required(job, "digest");
  const patch = await takeVerified(join(required(job, "directory")), digest);
  try {
    const found = await branchCreateHandler.probe(site, one);
    const issue = await site.reads.issue(site.issue.number);
    const title = oneLine(issue?.value.title ?? `Issue ${site.issue.number}`, 120);
    const message = `${title}\n\nFor #${site.issue.number}, generation ${proof.marker.generation}.\n\n${trailerOf(one.key)}\nCairn-Patch: sha256:${digest}`;
    const files = patch.files.map((file) => ({
      path: file.path,
      mode: file.mode,
      content: file.content === null ? undefined : Buffer.from(file.content, "base64"),
    }));
    const commit =
      found.kind === "found" ? found.value.sha : await commitPatch(site, claim, { ...patch, files }, message);
    const value = settle(
      work,
      one,
      await performOrRecover(site, proof, claim, branchCreateHandler, one, { commit }),
      "publish-refused",
    );
    return `${one.key}: ${value.sha}`;
  } catch (error) {
    if (error instanceof ForeignBranch) throw new JobFailure("foreign-branch", error.message);
    if (error instanceof PublishRefused) throw new JobFailure("publish-refused", error.message);
    throw error;
  }
}

async function pullMaterial(work: Work, one: EffectOf<"pull.create">) {
  const { job, site, proof } = work;
  const issue = await site.reads.issue(site.issue.number);
  const title = oneLine(issue?.value.title ?? `Issue ${site.issue.number}`, 200);
  const { generation, attempt } = proof.marker;
  const body = [
    `Closes #${site.issue.number}`,
    "",
    `Made by the agent that this repository configures, generation ${generation}, attempt ${attempt}; the patch was verified and published without further change. [Run](${runUrl(job)}).`,
    "",
    "<!--",
    trailerOf(one.key),
    "-->",
  ].join("\n");
  return { title, body };
}

async function merge(work: Work, one: EffectOf<"merge">): Promise<string> {
  const { site, proof, claim, job } = work;
  work.fates[one.key] = "not-sent";
  const before = await mergeHandler.probe(site, one);
  if (before.kind === "absent") await checkGate(work, one);
  const issue = await site.reads.issue(site.issue.number);
  const title = oneLine(issue?.value.title ?? "", 120);
  const material = { title: `${title} (#${one.pull})`, message: `For #${site.issue.number}.` };
  const end = await performOrRecover(site, proof, claim, mergeHandler, one, material);
  const value = settle(work, one, end, end.kind === "not-sent" ? refusedMerge(end) : "merge-refused");
  job.toolkit.setOutput("pull", String(one.pull));
  job.toolkit.setOutput("merge-sha", value.sha ?? "");
  return `${one.key}: ${value.sha}`;
}

/** Refusals after which the gate is asked again: the head moved, or GitHub was busy with the base. */
function refusedMerge(end: { readonly status: number; readonly message: string }): HoldReason {
  const passing = end.status === 409 || /modified|already in progress/i.test(end.message);
  return passing ? "head-moved" : "merge-refused";
}

/** The gate once more, by the performer itself, for exactly the head that the intent names. */
async function checkGate(work: Work, one: EffectOf<"merge">): Promise<void> {
  const { site, proof } = work;
  const gate = await readGate(site, {
    pull: one.pull,
    base: proof.marker.pins.base,
    config: async () => {
      const file = await site.reads.file(CONFIG_PATH, proof.marker.pins.commit);
      const parsed = parseConfig(file?.value.text);
      return parsed.kind === "valid" ? parsed.config : { invalid: wordsOf(parsed.problems) };
    },
  });
  if (!gate) throw new Refusal("not-visible", `#${one.pull} is not to be seen`);
  if (gate.kind === "open" && gate.head === one.head) return;
  const why =
    gate.kind === "waits"
      ? `it waits for ${gate.for}`
      : gate.kind === "refused"
        ? gate.detail
        : `it is at ${gate.head}`;
  // Nothing was sent: whether and when to try again is for the gate of the app to say.
  throw new JobFailure(
    "head-moved",
    `#${one.pull} is not to be merged at ${one.head.slice(0, 12)} any more: ${why}`,
  );
}
