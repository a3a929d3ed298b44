/** `.github/cairn.yml` at the newest commit of the default branch. */
import type { ConfigView } from "../../core/snapshot.ts";
import { CONFIG_PATH, type Config, parseConfig, wordsOf } from "../../policy/config/index.ts";
import { quietUntil } from "../../policy/quiet-hours.ts";
import type { Reader } from "./reader.ts";

export interface FoundConfig {
  readonly view: ConfigView;
  /** `undefined` where the file cannot be used. */
  readonly config: Config | undefined;
}

export async function readConfig({
  site,
  repository,
  note,
  now,
}: Pick<Reader, "site" | "repository" | "note" | "now">): Promise<FoundConfig> {
  const invalid = (why: string): FoundConfig => ({ view: { kind: "invalid", why }, config: undefined });
  const base = repository.defaultBranch;
  const head = await site.reads.ref(`heads/${base}`);
  if (!head) return invalid(`the default branch ${base} cannot be read`);
  const commit = note(head);
  const file = await site.reads.file(CONFIG_PATH, commit);
  const parsed = parseConfig(file ? note(file).text : undefined);
  if (parsed.kind === "invalid") return invalid(wordsOf(parsed.problems));
  const { digest, config } = parsed;
  const { reviewers, merge, mergeMethod, attempts, autonomy, syntheticPrefix, neverCloseLabels } = config;
  const view = {
    ...{ digest, commit, base, reviewers, merge, mergeMethod, syntheticPrefix, neverCloseLabels },
    ...{ attempts, autonomy },
    fixRounds: config.fixRounds,
    commandReview: config.review.command !== undefined,
    budget: config.budgets.implementing * 60_000,
    quietUntil: quietUntil(config.quietHours, now()),
  };
  return { view: { kind: "valid", ...view }, config };
}
