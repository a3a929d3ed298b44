/** Effect: publishes what was verified, exactly that. No checkout, no code of the agent, no git. */
import { claimOf, proveIntent } from "../src/barrier/index.ts";
import type { Fate } from "../src/core/words.ts";
import { siteOf } from "./connect.ts";
import { ExchangeError, exchange } from "./exchange.ts";
import { type Job, number, required, runOf } from "./job.ts";
import { performAll } from "./perform.ts";
import { reporting } from "./report.ts";

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
  const site = siteOf(job, grant.token, grant.identity);
  const proof = await proveIntent(site, number(job, "intent"));
  const claim = claimOf(proof, required(job, "claim"), runOf(job));
  const title = required(job, "title");
  const fates: Record<string, Fate> = {};
  // What the gate has closed already is not looked at again.
  const effects = proof.marker.effects.filter((one) => one.kind !== "pull.close");
  await reporting(job, fates, () => performAll({ job, site, proof, claim, fates, title }, effects));
}
