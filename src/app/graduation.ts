/** Reads what the score is made of: closed pull requests of Cairn's, their check runs, and what was reverted since. */
import { createTwoFilesPatch } from "diff";
import { putBounded } from "../core/bounded.ts";
import { VERDICT_CHECK } from "../core/verdict.ts";
import type { GitHubReads, PullInfo } from "../github/ports.ts";
import { CONFIG_PATH, parseConfig, withMergeAllowed } from "../policy/config/index.ts";
import { type Past, type Score, scoreOf } from "../policy/graduation.ts";
import { issueOfBranch } from "./target.ts";

export interface GraduationReport extends Score {
  readonly repository: string;
  /** What the configuration says now; `null`: it cannot be used. */
  readonly merge: string | null;
  /** The change that is offered; `null`: none is, yet or any more. */
  readonly diff: string | null;
}

/** What was said of heads that nobody works on any more. It spares reads, and is safe to lose. */
export type PastVerdicts = Map<string, Past["verdict"]>;

const MOST_VERDICTS = 2_000;

/** Throws `GitHubError`. `slug`: of the app, where it is given. */
export async function lookAtGraduation(
  reads: GitHubReads,
  slug: string | undefined,
  known: PastVerdicts = new Map(),
): Promise<GraduationReport> {
  const { owner, name, defaultBranch } = (await reads.repository()).value;
  const here = `${owner}/${name}`;
  const closed = (await reads.closedPulls()).value.filter(
    (pull) =>
      issueOfBranch(pull.headRef) !== undefined &&
      pull.baseRef === defaultBranch &&
      pull.author.type === "Bot" &&
      (slug === undefined || pull.author.login === `${slug}[bot]`),
  );
  const past: Past[] = [];
  for (const pull of closed) past.push(await pastOf(reads, pull, known));
  const merged = past.flatMap(({ mergedAt }) => (mergedAt === null ? [] : [mergedAt]));
  const messages =
    merged.length === 0 ? [] : (await reads.messagesSince(defaultBranch, Math.min(...merged))).value;
  const score = scoreOf(past, messages, here);
  const { merge, text } = await configNow(reads, defaultBranch);
  const diff = score.ready && merge === "shadow" ? diffOf(text) : null;
  return { repository: here, ...score, merge, diff };
}

async function pastOf(reads: GitHubReads, pull: PullInfo, known: PastVerdicts): Promise<Past> {
  const verdict = known.get(pull.headSha) ?? (await verdictOn(reads, pull));
  // What is not completed may still be.
  if (verdict?.at) putBounded(known, pull.headSha, verdict, MOST_VERDICTS);
  return {
    number: pull.number,
    verdict,
    mergedAt: pull.mergedAt,
    mergeSha: pull.mergedAt === null ? null : pull.mergeCommitSha,
    headSha: pull.headSha,
  };
}

async function verdictOn(reads: GitHubReads, pull: PullInfo): Promise<Past["verdict"]> {
  const slug = pull.author.login.replace(/\[bot\]$/, "");
  const runs = (await reads.checks(pull.headSha)).value.flatMap(({ name, run }) =>
    name === VERDICT_CHECK && run?.appSlug === slug ? [run] : [],
  );
  const last = runs.sort((a, b) => a.id - b.id).at(-1);
  return last ? { says: last.externalId, at: last.completedAt } : null;
}

async function configNow(reads: GitHubReads, branch: string) {
  const head = await reads.ref(`heads/${branch}`);
  const text = head && (await reads.file(CONFIG_PATH, head.value))?.value.text;
  const parsed = parseConfig(text);
  return {
    text: typeof text === "string" ? text : "",
    merge: parsed.kind === "valid" ? parsed.config.merge : null,
  };
}

/** `null`: the key stands there in a way that only people can change. */
function diffOf(text: string): string | null {
  const changed = withMergeAllowed(text);
  if (changed === null) return null;
  return createTwoFilesPatch(`a/${CONFIG_PATH}`, `b/${CONFIG_PATH}`, text, changed, "", "");
}
