/** What the status comment tells beside what the look has seen: the last steps, and what the agents have cost. */
import { type Site, walkBack } from "../../barrier/index.ts";
import { lostWork } from "../../core/chain.ts";
import type { Rest } from "../../core/decision.ts";
import { workedBy } from "../../core/plan.ts";
import type { ChainView } from "../../core/snapshot.ts";
import { type PastStep, untoldRuns } from "../../core/status-comment.ts";
import { workedIn } from "../observe/index.ts";
import type { KnownStatus } from "./known.ts";

type Sound = Extract<ChainView, { kind: "sound" }>;

/** More steps than one generation comes to. */
const MOST = 40;
/** As many as are told, where the generation has fewer. */
const LEAST = 5;

/** The chain's last steps, newest first, back to where the generation began. Throws `GitHubError`. */
export async function readPast(site: Site, chain: Sound): Promise<readonly PastStep[]> {
  const past: PastStep[] = [];
  let begun = false;
  for await (const { commit, view } of walkBack(site, chain.head)) {
    if (view.kind !== "sound") break;
    const { steps, markers } = view.record;
    past.push({ at: commit.authorDate, steps, markers });
    begun ||= steps.some((step) => step.step === "raise" && step.generation === chain.state.generation);
    if ((begun && past.length >= LEAST) || past.length >= MOST) break;
  }
  return past;
}

/** Milliseconds that the agents of the generation's ended runs were at work; `null`: none has ended. Throws `GitHubError`. */
export async function readCost(
  site: Site,
  { state }: Sound,
  rest: Rest,
  past: readonly PastStep[],
  known: KnownStatus,
): Promise<number | null> {
  const lost = lostWork(state.attempts);
  const untold = untoldRuns(state, rest, past);
  let sum = workedBy(lost);
  for (const { run, key } of untold) {
    const name = `${run.id}/${run.attempt}`;
    const before = known.worked.get(name);
    const worked = before ?? workedIn((await site.reads.jobs(run.id)).value, run, key, 0);
    known.worked.set(name, worked);
    sum += worked;
  }
  return lost.length + untold.length === 0 ? null : sum;
}
