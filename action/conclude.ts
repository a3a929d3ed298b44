/** Conclude: always runs, says what became of it all, and leaves a result where no artifact carries it. */
import { stillOwner, writeResult } from "../src/barrier/index.ts";
import { CONCLUDING } from "../src/core/allowance.ts";
import { ASKS_GATE, HOLDS, type HoldReason } from "../src/core/holds.ts";
import { isDone } from "../src/core/prose.ts";
import { stateOfEdge } from "../src/core/states.ts";
import type { Edge, Fate } from "../src/core/words.ts";
import { keepTo } from "./allowance.ts";
import { governorOf, siteOf } from "./connect.ts";
import { type Grant, withGrant } from "./exchange.ts";
import { type Job, repositoryUrl, required, runOf } from "./job.ts";
import { InputError } from "./job-failure.ts";
import { endingMarkdown, type Leads } from "./summary.ts";

type Outputs = Readonly<Record<string, string>>;

/** `needs` of the job, as GitHub gives it. */
export type Needs = Readonly<
  Record<string, { readonly result: string; readonly outputs: Outputs } | undefined>
>;

/** What the run as a whole came to. */
export type Verdict =
  | { readonly kind: "neutral"; readonly words: string }
  | { readonly kind: "refused"; readonly words: string }
  | { readonly kind: "done" }
  /** Surely nothing more will come of it, for this reason. */
  | {
      readonly kind: "failed";
      readonly reason: HoldReason;
      readonly detail: string;
      /** Of a check that said no: the git tree that was verified. */
      readonly tree?: string;
    }
  /** Nobody can say from here: the app looks at what there is. */
  | { readonly kind: "unclear"; readonly words: string };

/**
 * Nobody in the run knows its end. The run must not look like a success: of one that does, the app takes it that each
 * request was answered.
 */
export class Unfinished extends Error {
  override readonly name = "Unfinished";
}

/** Throws `Unfinished`. */
export async function conclude(job: Job): Promise<void> {
  const needs = readNeeds(job);
  const verdict = judge(needs);
  await job.summarize(summary(job, needs, verdict));
  job.toolkit.setOutput("outcome", verdict.kind === "unclear" ? "failed" : verdict.kind);
  if (verdict.kind === "unclear") throw new Unfinished(verdict.words);
  if (verdict.kind === "failed") {
    job.toolkit.setOutput("reason", verdict.reason);
    await withGrant(job, "conclude", (grant) => leaveResult(job, grant, needs, verdict));
  }
}

function readNeeds(job: Job): Needs {
  try {
    return JSON.parse(job.toolkit.getInput("needs")) as Needs;
  } catch (error) {
    throw new InputError(`the input 'needs' is not JSON: ${(error as Error).message}`);
  }
}

/** From the jobs' results alone: a result is left only where it is sure that nothing more is under way. */
export function judge(needs: Needs): Verdict {
  const { gate, triage, agent, verify, review, effect } = needs;
  const said = gate?.outputs.outcome;
  if (said === "neutral") return { kind: "neutral", words: "another run has it, or nothing is open" };
  if (said === "refused") return { kind: "refused", words: gate?.outputs.reason ?? "" };
  if (!gate?.outputs.claim) return { kind: "unclear", words: "the gate let nothing through" };
  if ([triage, agent, verify, review, effect].some((one) => one?.outputs.outcome === "neutral")) {
    return { kind: "neutral", words: "this run is not the owner any more" };
  }
  if (said === "failed") return gate.result === "success" ? failure(needs, gate.outputs) : DIED;
  if (said === "done" || effect?.outputs.outcome === "done") return { kind: "done" };
  if (said !== "go") return { kind: "unclear", words: "the gate did not come to an end" };
  if (effect?.outputs.outcome === "failed") return failure(needs, effect.outputs);
  // Before the effect job nothing was sent: a job that said why it failed is believed.
  if (effect !== undefined && effect.result !== "skipped") return DIED;
  if (hasQuestion(triage)) return failure(needs, questionIn(triage));
  if (saidNo(needs.check)) {
    const end = failure(needs, checkOutputs(needs.check));
    return end.kind === "failed" ? { ...end, ...refusedTree(needs) } : end;
  }
  if (verify?.outputs.outcome === "failed") return failure(needs, verify.outputs);
  if (agent?.outputs.outcome === "failed") return failure(needs, agent.outputs);
  if (review?.outputs.outcome === "failed") return failure(needs, review.outputs);
  return DIED;
}

type Need = NonNullable<Needs[string]>;

/** Whether the triage command has a question: then, by the workflow, no agent began. */
const hasQuestion = (triage: Need | undefined): triage is Need =>
  triage?.result === "success" && triage.outputs.outcome === "ask";

/** A program's words, for people; what follows from them is not its to say. */
const questionIn = ({ outputs: { detail } }: Need): Outputs => ({
  reason: "triage-asks",
  detail: detail || "it did not say which",
});

/**
 * Whether the check said no, by the runner's own word about its step: of a lost machine, a cancelled job or one whose
 * checkout failed it says something else, and the attempt is lost. What ran there may have written the other outputs.
 */
const saidNo = (check: Need | undefined): check is Need =>
  check?.result === "failure" && check.outputs.step === "failure";

/** Words for people, of the two ends that there are. */
const checkOutputs = ({ outputs: { reason, detail } }: Need): Outputs => ({
  reason: reason === "tampered" ? reason : "check-red",
  detail: detail || "its step ended without a word",
});

/** Which files the check refused, in the words of a job that runs nobody's code. */
function refusedTree({ verify, check }: Needs): { readonly tree?: string } {
  const tree = verify?.outputs.tree ?? "";
  return check?.outputs.reason !== "tampered" && OBJECT.test(tree) ? { tree } : {};
}

/** A name of git's: SHA-1, or SHA-256. */
const OBJECT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

const DIED: Verdict = { kind: "unclear", words: "a job ended before it could say how" };

function failure(needs: Needs, outputs: Outputs): Verdict {
  const reason = outputs.reason ?? "";
  if (!Object.hasOwn(HOLDS, reason)) return { kind: "unclear", words: "a job gave no known reason" };
  // I4: whether it landed is found out by the app, behind its fence; a result would say too much.
  if (Object.values(toldBy(needs)).includes("unknown")) {
    return { kind: "unclear", words: "something was sent, and no answer came" };
  }
  return { kind: "failed", reason: reason as HoldReason, detail: outputs.detail ?? "" };
}

async function leaveResult(
  job: Job,
  grant: Grant,
  needs: Needs,
  verdict: Extract<Verdict, { kind: "failed" }>,
): Promise<void> {
  const site = siteOf(job, grant.token, grant.identity, keepTo(governorOf(job), CONCLUDING));
  const claim = await stillOwner(site, required(job, "claim"), runOf(job));
  const told = toldBy(needs);
  // What no job speaks of was never reached. Of an agent nothing is left but its patch, which was not published:
  // for the settlement it did not happen.
  const fates = claim.open.effects.map((one): [string, Fate] => [one.key, told[one.key] ?? "not-sent"]);
  const { reason, detail, tree } = verdict;
  const effects = Object.fromEntries(fates);
  const end = await writeResult(site, claim, { reason, detail, effects, tree });
  job.toolkit.info(`result ${reason}: ${end.kind}`);
}

/** What gate and effect job say of the effects, by key. */
function toldBy({ gate, effect }: Needs): Readonly<Record<string, Fate>> {
  return { ...readFates(gate?.outputs.effects), ...readFates(effect?.outputs.effects) };
}

function readFates(text: string | undefined): Readonly<Record<string, Fate>> {
  try {
    return JSON.parse(text || "{}") as Record<string, Fate>;
  } catch (error) {
    throw new InputError(`a job's output 'effects' is not JSON: ${(error as Error).message}`);
  }
}

function summary(job: Job, needs: Needs, verdict: Verdict): string {
  const { gate, effect } = needs;
  return endingMarkdown({
    headline: headline(verdict),
    leads: leadsTo(verdict, edgeOf(gate?.outputs.edge), toldBy(needs)),
    entryLabel: gate?.outputs["entry-label"] || undefined,
    detail: verdict.kind === "failed" ? verdict.detail : "",
    untriaged: untriaged(needs),
    jobs: Object.entries(needs).map(([name, need]) => [
      name,
      need?.result ?? "",
      need?.outputs.outcome ?? "",
    ]),
    fates: toldBy(needs),
    repositoryUrl: repositoryUrl(job),
    intent: required(job, "intent"),
    issue: required(job, "issue"),
    claim: gate?.outputs.claim ?? "",
    pull: effect?.outputs.pull || gate?.outputs.pull || "",
    mergeSha: effect?.outputs["merge-sha"] || gate?.outputs["merge-sha"] || "",
  });
}

/** Whether the agent began without the word of a triage command that was asked, and why. */
function untriaged({ gate, triage, agent }: Needs): string | undefined {
  if (gate?.outputs.triage !== "required" || !agent || agent.result === "skipped") return undefined;
  const { outcome = "", detail = "" } = triage?.outputs ?? {};
  return triage?.result === "success" && outcome === "take" ? undefined : detail;
}

const edgeOf = (name: string | undefined): Edge =>
  name === "merge" || name === "fix" || name === "review" || name === "route" ? name : "implement";

/** Where the issue goes from here, as the app will find it. */
export function leadsTo(verdict: Verdict, edge: Edge, told: Readonly<Record<string, Fate>> = {}): Leads {
  switch (verdict.kind) {
    case "done":
      if (edge === "route") return { state: "hold", code: "routed" };
      // The head that came of it is judged from the start.
      if (Object.keys(told).some((key) => key.startsWith("branch.update:")))
        return { state: "reviewing", code: "review-missing" };
      return edge === "merge"
        ? { state: "done", code: "merged" }
        : { state: "reviewing", code: "review-missing" };
    case "failed":
      // The gate is asked again, about what is there now.
      if (ASKS_GATE.has(verdict.reason)) return { state: "reviewing", code: verdict.reason };
      if (edge === "review") return { state: "hold", code: "review-unusable" };
      // All was done but to ask some of the reviewers.
      if (verdict.reason === "publish-refused" && Object.keys(told).length > 0 && isDone(told))
        return { state: "reviewing", code: "review-missing" };
      // Whether another attempt is left, and whether these files were refused before, the app knows.
      if (verdict.tree !== undefined) return "mended where it may be";
      return { state: "hold", code: verdict.reason };
    case "unclear":
      return { state: stateOfEdge(edge), code: "quiet-period" };
    case "neutral":
    case "refused":
      return "as it was";
  }
}

function headline(verdict: Verdict): string {
  switch (verdict.kind) {
    case "done":
      return "Done";
    case "neutral":
      return `Nothing to do: ${verdict.words}`;
    case "refused":
      return `Refused: ${verdict.words}`;
    case "unclear":
      return `Not finished: ${verdict.words}. The app looks at what there is.`;
    case "failed":
      return `Not done: ${verdict.reason}`;
  }
}
