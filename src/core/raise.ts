/** The step that begins a generation: by one act, with those that ask for the same. */
import { isApproved } from "./admission.ts";
import type { ChainState, Step } from "./chain.ts";
import { isSynthetic } from "./marks.ts";
import type { ConfigView, JudgedAct, Snapshot } from "./snapshot.ts";

/** `acts`: all that count, `act` among them. */
export function raising(
  { issue, triage }: Pick<Snapshot, "issue" | "triage">,
  chain: ChainState,
  act: JudgedAct,
  acts: readonly JudgedAct[],
  config: Extract<ConfigView, { kind: "valid" }>,
): Step {
  const generation = chain.generation + 1;
  const answers = triage?.answers ?? [];
  return {
    step: "raise",
    generation,
    act: act.id,
    at: act.at,
    with: acts.filter((one) => one.id !== act.id).map((one) => one.id),
    ...(isSynthetic(issue.title, config.syntheticPrefix) ? { synthetic: true } : {}),
    ...(config.commandReview ? { commandReview: true } : {}),
    ...(isApproved(chain, generation, acts) ? { approved: true } : {}),
    ...(answers.length > 0 ? { answers } : {}),
  };
}
