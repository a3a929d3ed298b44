/**
 * The configuration and the authority file that a pull request would bring, looked at before it is merged: a check run on
 * the head says what is wrong with them, and where. It shows, as a label does; nothing is decided by it.
 */
import type { Site } from "../barrier/index.ts";
import { digestOf } from "../core/canonical.ts";
import { quoted } from "../core/quoted.ts";
import { CONFIG_CHECK, showConfigCheck } from "../effects/index.ts";
import type { CheckContent, Sha } from "../github/ports.ts";
import { AUTHORITY_PATH, type Owner, parseAuthority } from "../policy/authority-file.ts";
import { CONFIG_PATH, parseConfig } from "../policy/config/index.ts";
import { problemLines } from "../policy/yaml-file.ts";

/** Problems that a summary has in full: GitHub takes 65,535 characters. */
const MOST = 100;

/** What each file says who reads it, and what follows where it cannot be used. */
const FILES = [
  {
    path: CONFIG_PATH,
    parse: parseConfig,
    means: "Merged as it is, each issue would be held until the file is corrected.",
  },
  {
    path: AUTHORITY_PATH,
    parse: parseAuthority,
    means:
      "Merged as it is, nobody could start an agent or let something be merged until the file is corrected.",
  },
] as const;
type CheckedFile = (typeof FILES)[number];

/**
 * Writes the check run where the pull request touches one of the files and its head does not show the same yet. `by`:
 * who owns the repository. Throws `GitHubError`. Not for two at once of one pull request: each would make a check run.
 */
export async function checkConfig(
  site: Site,
  pull: number,
  by: Owner,
): Promise<"not-touched" | "shown" | "written"> {
  const { paths } = (await site.reads.pullFiles(pull)).value;
  const touched = FILES.filter(({ path }) => paths.includes(path));
  if (touched.length === 0) return "not-touched";
  const head = (await site.reads.pull(pull))?.value;
  if (head?.state !== "open") return "not-touched";
  const read: FileLines[] = [];
  for (const file of touched) read.push({ file, lines: await linesAt(site, head.headSha, file, by) });
  const content = contentOf(read);
  const reported = (await site.reads.checks(head.headSha)).value;
  const own = reported.filter((one) => one.appId === site.app.appId && one.name === CONFIG_CHECK);
  const last = own.map(({ run }) => run).reduce((a, b) => ((b?.id ?? 0) > (a?.id ?? 0) ? b : a), null);
  if (last?.externalId === content.externalId) return "shown";
  await showConfigCheck(site, head.headSha, last?.id ?? null, content);
  return "written";
}

interface FileLines {
  readonly file: CheckedFile;
  readonly lines: readonly string[];
}

/** Its problems. None: it can be used; one that is gone can. */
async function linesAt(site: Site, head: Sha, { path, parse }: CheckedFile, by: Owner) {
  const parsed = parse((await site.reads.file(path, head))?.value.text, by);
  return parsed.kind === "invalid" ? problemLines(path, parsed.problems) : [];
}

function contentOf(read: readonly FileLines[]): CheckContent {
  const wrong = read.filter(({ lines }) => lines.length > 0);
  if (wrong.length === 0) {
    const names = read.map(({ file }) => `\`${file.path}\``).join(" and ");
    const summary = `${names} of this head can be used as ${read.length === 1 ? "it is" : "they are"}.`;
    return { conclusion: "success", title: "It can be used", summary, externalId: "valid" };
  }
  const lines = wrong.flatMap((one) => one.lines);
  const more = lines.length > MOST ? [`… and ${lines.length - MOST} more`] : [];
  const count = `${lines.length} problem${lines.length === 1 ? "" : "s"}`;
  return {
    conclusion: "failure",
    title: `It cannot be used: ${count}`,
    summary: [
      ...wrong.map(({ file }) => file.means),
      "",
      ...lines.slice(0, MOST).map((line) => `- ${quoted(line)}`),
      ...more,
    ].join("\n"),
    externalId: digestOf(lines),
  };
}
