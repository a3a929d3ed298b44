/** `.github/cairn.yml` at the newest commit of the default branch. */
import { ENTRY_LABEL } from "../../core/entry-label.ts";
import type { ConfigView } from "../../core/snapshot.ts";
import type { GitHubReads } from "../../github/ports.ts";
import { CONFIG_PATH, type Config, entryLabelOf, parseConfig, wordsOf } from "../../policy/config/index.ts";
import { quietUntil } from "../../policy/quiet-hours.ts";
import type { Reader } from "./reader.ts";

export interface FoundConfig {
  readonly view: ConfigView;
  /** `undefined` where the file cannot be used. */
  readonly config: Config | undefined;
  /** The label by which people ask for work, as far as the file can be read. */
  readonly entryLabel: string;
}

/** Whether people are only watched; a file that cannot be used has nobody watched. */
export const isTrial = (config: Config | undefined): boolean => config?.merge === "shadow";

/**
 * The label by which people ask for work, by the file on a branch as it is now. Where the branch has not moved, GitHub says so
 * for nothing, and what stands at its commit is known. `saw` is told of the whole; `undefined`: it cannot be used.
 */
export async function readEntryLabel(
  reads: Pick<GitHubReads, "file" | "matchingRefs">,
  branch: string,
  saw?: (config: Config | undefined) => void,
): Promise<string> {
  const refs = await reads.matchingRefs(`heads/${branch}`);
  const head = refs.value.find(({ ref }) => ref === `refs/heads/${branch}`)?.sha;
  const file = await reads.file(CONFIG_PATH, head ?? branch);
  const parsed = parseConfig(file?.value.text);
  saw?.(parsed.kind === "valid" ? parsed.config : undefined);
  return entryLabelOf(parsed);
}

export async function readConfig({
  site,
  repository,
  note,
  now,
}: Pick<Reader, "site" | "repository" | "note" | "now">): Promise<FoundConfig> {
  const invalid = (why: string, entryLabel: string): FoundConfig => ({
    view: { kind: "invalid", why },
    config: undefined,
    entryLabel,
  });
  const base = repository.defaultBranch;
  const head = await site.reads.ref(`heads/${base}`);
  if (!head) return invalid(`the default branch ${base} cannot be read`, ENTRY_LABEL);
  const commit = note(head);
  const file = await site.reads.file(CONFIG_PATH, commit);
  const parsed = parseConfig(file ? note(file).text : undefined);
  if (parsed.kind === "invalid") return invalid(wordsOf(parsed.problems), entryLabelOf(parsed));
  const { digest, config } = parsed;
  const { reviewers, merge, mergeMethod, attempts, autonomy, syntheticPrefix, neverCloseLabels } = config;
  const view = {
    ...{ digest, commit, base, reviewers, merge, mergeMethod, syntheticPrefix, neverCloseLabels },
    ...{ attempts, autonomy },
    fixRounds: config.fixRounds,
    commandReview: config.review.command !== undefined,
    commandTriage: config.triage.command !== undefined,
    budget: config.budgets.implementing * 60_000,
    reviewBudget: config.budgets.reviewing * 60_000,
    quietUntil: quietUntil(config.quietHours, now()),
  };
  return { view: { kind: "valid", ...view }, config, entryLabel: entryLabelOf(parsed) };
}
