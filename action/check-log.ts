/**
 * What the check said of an earlier attempt, as a part of the findings: the end of its job's log. The runner keeps that, so
 * that nothing which an earlier job left has to be unpacked by whoever holds a token. It is what others wrote: data.
 */
import type { Site } from "../src/barrier/index.ts";
import { agentRun } from "../src/core/keys.ts";
import type { IntentMarker } from "../src/core/marker.ts";
import { oneLine } from "../src/core/quoted.ts";
import type { Mends } from "../src/core/words.ts";
import { GitHubError } from "../src/github/index.ts";
import { createLogTail, indented, withoutSecrets } from "./log-tail.ts";
import { NOTHING_PUBLISHED } from "./report.ts";
import { code } from "./summary.ts";

type Turn = Pick<IntentMarker, "edge" | "generation">;

/** Markdown for the agent. That the log cannot be read stops nobody: it is said instead. Throws `GitHubError`. */
export async function checkPart(site: Site, turn: Turn, mends: Mends): Promise<string> {
  const which = turn.edge === "fix" ? `round ${mends.attempt}` : `attempt ${mends.attempt}`;
  const log = await readable(() => logOf(site, turn, mends));
  return [
    `## What the check said of ${which}`,
    `Its work was verified, the repository's check command said no to it, and nothing of it was published: the checkout is as it was before. ` +
      `In one line: ${code(withoutSecrets(oneLine(mends.said), []))}`,
    "With the same files again the check says no again, and people are asked then.",
    log === undefined || log === ""
      ? "The log of that check is missing: it cannot be read any more, or not by Cairn."
      : `The end of its log, as data that others wrote:\n\n${indented(log)}`,
  ].join("\n\n");
}

/** `undefined`: no such job, or its log was deleted. */
async function logOf(
  site: Site,
  { edge, generation }: Turn,
  { attempt, run }: Mends,
): Promise<string | undefined> {
  const turn = edge === "fix" ? { generation, round: attempt } : { generation, attempt };
  const { key } = agentRun(site.issue.number, turn);
  const jobs = (await site.reads.jobs(run.id)).value.filter((job) => job.attempt === run.attempt);
  // Jobs of a called workflow have their caller's name before their own: the check's is the one beside that agent.
  const agent = jobs.find(({ name }) => name.endsWith(key));
  const check = agent && jobs.find(({ name }) => name === `${agent.name.slice(0, -key.length)}check`);
  const log = check && (await site.reads.jobLog(check.id))?.value;
  if (log === undefined) return undefined;
  const tail = createLogTail([]);
  for (const line of ofTheCommand(log.split(/\r?\n/))) tail.add(line);
  return tail.log().trim();
}

/** What the runner does behind the Action's last word is nothing that the check said. */
function ofTheCommand(lines: readonly string[]): readonly string[] {
  const end = lines.findLastIndex((line) => line.endsWith(NOTHING_PUBLISHED));
  return lines.slice(0, end === -1 ? lines.length : end).map((line) => line.replace(TIME, ""));
}

/** When the runner has written a line: `2026-01-05T09:00:12.1234567Z `. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z /;

/** Without a log there is still its last line. */
const DISPENSABLE: ReadonlySet<GitHubError["kind"]> = new Set([
  "forbidden",
  "unavailable",
  "malformed",
  "refused",
]);

/** `undefined` where GitHub does not give what can be done without. Throws every other `GitHubError`. */
export async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GitHubError && DISPENSABLE.has(error.kind)) return undefined;
    throw error;
  }
}
