/** Effect: publishes what was verified, exactly that. No checkout, no code of the agent, no git. */
import { claimOf, proveIntent } from "../src/barrier/index.ts";
import { allowanceOf, PROVING_AGAIN } from "../src/core/allowance.ts";
import type { Fate } from "../src/core/words.ts";
import { keepTo } from "./allowance.ts";
import { governorOf, siteOf } from "./connect.ts";
import { withGrant } from "./exchange.ts";
import { type Job, number, required, runOf } from "./job.ts";
import { performAll } from "./perform.ts";
import { reporting } from "./report.ts";

export async function effect(job: Job): Promise<void> {
  await withGrant(job, "effect", async (grant) => {
    const keeping = keepTo(governorOf(job), PROVING_AGAIN);
    const site = siteOf(job, grant.token, grant.identity, keeping);
    // The performer's own read of the intent, and of the chain behind it (I1).
    const proof = await proveIntent(site, number(job, "intent"));
    keeping.allow((proof.marker.allowance ?? allowanceOf(proof.marker.effects)).effect);
    const claim = claimOf(proof, required(job, "claim"), runOf(job));
    const title = required(job, "title");
    const fates: Record<string, Fate> = {};
    // What the gate has closed already is not looked at again.
    const effects = proof.marker.effects.filter((one) => one.kind !== "pull.close");
    await reporting(job, fates, () =>
      performAll({ job, site, keeping, proof, claim, fates, title }, effects),
    );
  });
}
