/**
 * `agent.run`: one run of the agent. The request that lands is the start of the job whose name is the key, and
 * what sends it is the gate's output. The probe asks the engine: a job of this name in any run of this intent.
 */
import { type Claim, type Proof, Refusal, refreshed, type Site } from "../barrier/index.ts";
import type { EffectOf } from "../core/words.ts";

/** Name of the job that runs the agent: the key itself, so that anybody can find it again. */
export const agentJobName = (effect: EffectOf<"agent.run">): string => effect.key;

/**
 * Lets the agent's job start: returns its name, once the head is known to be this run's claim. The claim is new,
 * so the job cannot have run before under this key. Throws `Refusal` otherwise.
 */
export async function releaseAgent(
  site: Site,
  proof: Proof,
  claim: Claim,
  effect: EffectOf<"agent.run">,
): Promise<string> {
  if (!proof.marker.effects.some((one) => one.key === effect.key)) {
    throw new Refusal("not-intended", `the intent does not name ${effect.key}`);
  }
  await refreshed(site, claim);
  return agentJobName(effect);
}
