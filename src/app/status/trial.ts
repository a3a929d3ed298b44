/** What the status comment tells of a trial (`merge: shadow`): how Cairn and people have decided, and what may follow. */
import { CONFIG_PATH } from "../../policy/config/index.ts";
import { ENOUGH, SENTENCES } from "../../policy/graduation.ts";
import { type GraduationReport, lookAtGraduation, type PastVerdicts } from "../graduation.ts";
import type { Reader } from "../observe/reader.ts";

/** Pull requests that are named, the newest first. */
const NAMED = 10;

/** Lines of Markdown. Throws `GitHubError`. */
export async function readTrial(
  { site }: Pick<Reader, "site">,
  known: PastVerdicts,
): Promise<readonly string[]> {
  const slug = site.app.botLogin.replace(/\[bot\]$/, "");
  return trialLines(await lookAtGraduation(site.reads, slug, known));
}

export function trialLines(report: GraduationReport): readonly string[] {
  const { compared, agreed, against } = report;
  // What could open a hidden block is not shown: it would have to be another text than the file's.
  const diff = report.diff?.includes("<!--") ? null : report.diff;
  const older = compared.length - NAMED;
  return [
    `Trial (\`merge: shadow\`): ${agreed} agreed, ${against} against. ${nextOf(agreed, against, diff)}`,
    "",
    ...compared.slice(0, NAMED).map(({ number, is }) => `- #${number} ${SENTENCES[is]}`),
    ...(older > 0 ? [`- and ${older} older`] : []),
    ...(diff === null ? [] : ["", ...fenced(diff)]),
  ];
}

function nextOf(agreed: number, against: number, diff: string | null): string {
  if (diff !== null)
    return `Cairn has decided as people did; this change to \`${CONFIG_PATH}\` lets it merge:`;
  if (against > 0) return "Nothing is offered: something speaks against it.";
  return agreed < ENOUGH
    ? `Nothing is offered yet: it takes ${ENOUGH} agreements.`
    : `Cairn has decided as people did: \`merge: on-green-with-review\` in \`${CONFIG_PATH}\` lets it merge.`;
}

/** No run of backticks in it ends the block. */
function fenced(diff: string): readonly string[] {
  const longest = Math.max(2, ...[...diff.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}diff`, ...diff.trimEnd().split("\n"), fence];
}
