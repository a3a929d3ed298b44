/**
 * What is to be mended, as a file for the agent. Of a round of fixing: reviews of the head and their comments on lines, checks
 * that failed and the ends of their logs. Of an attempt behind a check that said no: what that said. All of it is what
 * others wrote: data, as the issue's text is.
 */
import type { Site } from "../src/barrier/index.ts";
import { HOLDS } from "../src/core/holds.ts";
import type { IntentMarker } from "../src/core/marker.ts";
import type { EffectOf } from "../src/core/words.ts";
import type { CheckInfo } from "../src/github/ports.ts";
import { loginOf, mayHaveFailed } from "../src/policy/gate/index.ts";
import { checkPart, readable } from "./check-log.ts";
import { createLogTail, indented } from "./log-tail.ts";

/** Failed checks whose logs are read. */
const LOGS = 5;
/** Characters of one text by others. */
const LONGEST = 16_384;

type Mended = Pick<IntentMarker, "edge" | "generation" | "attempt" | "fixes" | "mends">;
type Pushed = Pick<EffectOf<"branch.push">, "head" | "pull" | "merges">;

/** Markdown, for the attempt or round that this intent is of; `undefined`: nothing is to be mended. Throws `GitHubError`. */
export async function findingsFile(
  site: Site,
  marker: Mended,
  push: Pushed | undefined,
): Promise<string | undefined> {
  const { mends } = marker;
  const checked = mends ? [await checkPart(site, marker, mends)] : [];
  if (push) return fileOf([...(await roundParts(site, marker, push)), ...checked]);
  return mends && fileOf(["# What is to be mended", ...checked]);
}

const fileOf = (parts: readonly string[]): string => `${parts.join("\n\n")}\n`;

async function roundParts(
  site: Site,
  { attempt, fixes }: Mended,
  { head, pull, merges }: Pushed,
): Promise<readonly string[]> {
  const about = fixes ? ` of ${fixes.rounds}, on ${head}: ${HOLDS[fixes.reason].what} ${fixes.found}` : "";
  return [
    `# What is to be mended in #${pull}`,
    `Round ${attempt}${about}`,
    ...(merges === undefined ? [] : [conflictPart(head, merges)]),
    ...(await reviewParts(site, head, pull)),
    ...(await checkParts(site, head)),
  ];
}

/** Which paths they are only a checkout can tell. */
const conflictPart = (head: string, base: string): string =>
  `The checkout holds a merge of ${head} with ${base} of the base branch, as \`git merge\` leaves it: what conflicts has ` +
  "git's markers around both sides. `CAIRN_CONFLICTS_FILE` names a file with the paths, as a list in JSON. What is to be " +
  "done is to leave the files as both sides together want them, without markers; what else came from the base branch is " +
  "to stay as it is.";

/** Reviews of this head that ask for changes or say something, then what was said about lines of it. */
async function reviewParts(site: Site, head: string, pull: number): Promise<readonly string[]> {
  const reviews = (await site.reads.reviews(pull)).value.filter(
    ({ commitId, state, body }) =>
      commitId === head && (state === "CHANGES_REQUESTED" || (state === "COMMENTED" && body.trim() !== "")),
  );
  const lines = (await site.reads.lineComments(pull)).value.filter(({ commitId }) => commitId === head);
  return [
    ...reviews.map(
      ({ author, state, body }) =>
        `## Review by ${loginOf({ author })}: ${state === "CHANGES_REQUESTED" ? "changes are asked for" : "a comment"}\n\n${bounded(body)}`,
    ),
    ...lines.map(
      ({ path, line, author, body }) =>
        `## ${path}${line === null ? "" : `, line ${line}`}, by ${loginOf({ author })}\n\n${bounded(body)}`,
    ),
  ];
}

const bounded = (text: string): string => {
  const words = text.trim() === "" ? "(no words)" : text.trim();
  return words.length <= LONGEST ? words : `${words.slice(0, LONGEST)}\n(cut here)`;
};

async function checkParts(site: Site, head: string): Promise<readonly string[]> {
  const failed = (await site.reads.checks(head)).value.filter(
    (check) => check.appId !== site.app.appId && mayHaveFailed(check),
  );
  const parts: string[] = [];
  for (const [at, check] of failed.entries()) {
    const says = [check.run?.title ?? "", check.run?.summary ?? ""].filter((words) => words.trim() !== "");
    const log = at < LOGS ? await logOf(site, check) : "";
    parts.push(
      [
        `## Check ${check.name}: ${check.conclusion}`,
        ...says.map(bounded),
        ...(log === "" ? [] : [`The end of its log:\n\n${indented(log)}`]),
      ].join("\n\n"),
    );
  }
  return parts;
}

/** Empty where there is none: a check of another app's, a log that was deleted, or one that may not be read. */
async function logOf(site: Site, { run }: CheckInfo): Promise<string> {
  if (run?.appSlug !== "github-actions") return "";
  const log = await readable(() => site.reads.jobLog(run.id));
  const tail = createLogTail([]);
  for (const line of log?.value.split("\n") ?? []) tail.add(line);
  return tail.log().trim();
}
