/** Conclude: always runs, says what became of it all, and leaves a result where no artifact carries it. */
import { stillOwner, writeResult } from "../src/barrier/index.ts";
import { HOLDS, type HoldReason } from "../src/core/holds.ts";
import type { Fate } from "../src/core/words.ts";
import { siteOf } from "./connect.ts";
import { ExchangeError, exchange } from "./exchange.ts";
import { InputError, type Job, required, runOf } from "./job.ts";

/** `needs` of the job, as GitHub gives it. */
type Needs = Readonly<
  Record<string, { readonly result: string; readonly outputs: Readonly<Record<string, string>> } | undefined>
>;

/** What the run as a whole came to. */
export type Verdict =
  | { readonly kind: "neutral"; readonly words: string }
  | { readonly kind: "done" }
  /** Surely nothing more will come of it, for this reason. */
  | { readonly kind: "failed"; readonly reason: HoldReason; readonly detail: string }
  /** Nobody can say from here: the app looks at what there is. */
  | { readonly kind: "unclear"; readonly words: string };

export async function conclude(job: Job): Promise<void> {
  const needs = readNeeds(job);
  const verdict = judge(needs);
  await job.summarize(summary(needs, verdict));
  job.toolkit.setOutput("outcome", verdict.kind === "unclear" ? "failed" : verdict.kind);
  if (verdict.kind === "failed") {
    await report(job, needs, verdict);
    job.toolkit.setOutput("reason", verdict.reason);
  }
}

function readNeeds(job: Job): Needs {
  try {
    return JSON.parse(job.toolkit.getInput("needs")) as Needs;
  } catch (error) {
    throw new InputError(`the input 'needs' is not JSON: ${(error as Error).message}`);
  }
}

/** From the jobs' results alone; `fates` of the effect job say what was surely not sent. */
export function judge(needs: Needs): Verdict {
  const { gate, agent, verify, effect } = needs;
  const said = gate?.outputs.outcome;
  if (said === "neutral") return { kind: "neutral", words: "another run has it, or nothing is open" };
  if (!gate?.outputs.claim) return { kind: "unclear", words: "the gate let nothing through" };
  if (gate.result === "success" && said === "failed") return failure(gate.outputs);
  if (said === "done") return { kind: "done" };
  if (said !== "go") return { kind: "unclear", words: "the gate did not come to an end" };
  if (effect?.outputs.outcome === "neutral")
    return { kind: "neutral", words: "this run is not the owner any more" };
  if (effect?.outputs.outcome === "done") return { kind: "done" };
  if (effect?.outputs.outcome === "failed") return failure(effect.outputs);
  // Before the effect job nothing was sent: a job that said why it failed is believed.
  const sent = effect !== undefined && effect.result !== "skipped";
  if (!sent && verify?.outputs.outcome === "failed") return failure(verify.outputs);
  if (!sent && agent?.outputs.outcome === "failed") return failure(agent.outputs);
  return { kind: "unclear", words: "a job ended before it could say how" };
}

function failure(outputs: Readonly<Record<string, string>>): Verdict {
  const reason = outputs.reason ?? "";
  if (!(reason in HOLDS)) return { kind: "unclear", words: `an unknown reason: ${reason}` };
  return { kind: "failed", reason: reason as HoldReason, detail: outputs.detail ?? "" };
}

async function report(job: Job, needs: Needs, verdict: Extract<Verdict, { kind: "failed" }>): Promise<void> {
  let grant: Awaited<ReturnType<typeof exchange>>;
  try {
    grant = await exchange(job, "conclude");
  } catch (error) {
    if (!(error instanceof ExchangeError) || !error.neutral) throw error;
    job.toolkit.info(`no result is left: ${error.message}`);
    return;
  }
  const site = siteOf(job, grant.token, grant.identity);
  const claim = await stillOwner(site, required(job, "claim"), runOf(job));
  const told = toldBy(needs);
  const fates = claim.open.effects.map((one): [string, Fate] => [
    one.key,
    told[one.key] ?? unsaid(one.kind, needs),
  ]);
  const end = await writeResult(site, claim, { ...verdict, effects: Object.fromEntries(fates) });
  job.toolkit.info(`result ${verdict.reason}: ${end.kind}`);
}

/** An agent that ran has run; all else was never reached. */
function unsaid(kind: string, needs: Needs): Fate {
  if (kind !== "agent.run") return "not-sent";
  // It leaves nothing behind but its patch, and that is not published: for the settlement it did not happen.
  return needs.agent?.result === "skipped" || needs.agent?.outputs.outcome ? "not-sent" : "unknown";
}

function summary(needs: Needs, verdict: Verdict): string {
  const rows = Object.entries(needs).map(
    ([name, need]) => `| ${name} | ${need?.result ?? ""} | ${need?.outputs.outcome ?? ""} |`,
  );
  return [
    `### ${headline(verdict)}`,
    "",
    "| job | result | outcome |",
    "|---|---|---|",
    ...rows,
    "",
    ...done(needs),
    "",
  ].join("\n");
}

function headline(verdict: Verdict): string {
  switch (verdict.kind) {
    case "done":
      return "Done";
    case "neutral":
      return `Nothing to do: ${verdict.words}`;
    case "unclear":
      return `Not finished: ${verdict.words}. The app looks at what there is.`;
    case "failed":
      return `Not done: ${HOLDS[verdict.reason].what}`;
  }
}

/** What gate and effect job say of the effects, by key. */
function toldBy({ gate, effect }: Needs): Readonly<Record<string, Fate>> {
  const read = (text: string | undefined): Record<string, Fate> =>
    JSON.parse(text || "{}") as Record<string, Fate>;
  return { ...read(gate?.outputs.effects), ...read(effect?.outputs.effects) };
}

function done(needs: Needs): readonly string[] {
  return Object.entries(toldBy(needs)).map(([key, fate]) => `- \`${key}\`: ${fate}`);
}
