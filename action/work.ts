/** The work of a run that owns an intent: what its effects share, and what becomes of them. */
import {
  type Claim,
  fateOf,
  type Performed,
  type PinnedText,
  type Proof,
  type Site,
} from "../src/barrier/index.ts";
import type { HoldReason } from "../src/core/holds.ts";
import type { Effect, Fate } from "../src/core/words.ts";
import { CONFIG_PATH, type Config, parseConfig, wordsOf } from "../src/policy/config/index.ts";
import type { Keeping } from "./allowance.ts";
import type { Job } from "./job.ts";
import { JobFailure } from "./job-failure.ts";

/** What of the issue goes there, and what a job needs for it. */
export interface Routing {
  readonly text: PinnedText;
  readonly config: Pick<Config, "repositories"> | undefined;
  /** Token for that repository; none where the app has none. */
  readonly token: string | undefined;
}

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
  /** What it takes to open the issue in another repository: in the gate's job alone. */
  readonly routing?: Routing;
}

/** Notes what became of an effect; its value, or the end of the work with the reason. */
export function settle<T>(
  work: Work,
  effect: Effect,
  end: Performed<T>,
  reason: HoldReason = "publish-refused",
): T {
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

export async function configAt(site: Site, commit: string): Promise<Config | { readonly invalid: string }> {
  const file = await site.reads.file(CONFIG_PATH, commit);
  const parsed = parseConfig(file?.value.text);
  return parsed.kind === "valid" ? parsed.config : { invalid: wordsOf(parsed.problems) };
}
