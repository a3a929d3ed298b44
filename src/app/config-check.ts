/**
 * The configuration that a pull request would bring, looked at before it is merged: a check run on the head says what is
 * wrong with it, and where. It shows, as a label does; nothing is decided by it.
 */
import type { Site } from "../barrier/index.ts";
import { digestOf } from "../core/canonical.ts";
import { quoted } from "../core/quoted.ts";
import { CONFIG_CHECK, showConfigCheck } from "../effects/index.ts";
import type { CheckContent, Sha } from "../github/ports.ts";
import { CONFIG_PATH, parseConfig } from "../policy/config/index.ts";
import { type FileProblem, problemLines } from "../policy/yaml-file.ts";

/** Problems that a summary has in full: GitHub takes 65,535 characters. */
const MOST = 100;

/**
 * Writes the check run where the pull request touches the file and its head does not show the same yet. Throws
 * `GitHubError`. Not for two at once of one pull request: each would make a check run.
 */
export async function checkConfig(site: Site, pull: number): Promise<"not-touched" | "shown" | "written"> {
  const { paths } = (await site.reads.pullFiles(pull)).value;
  if (!paths.includes(CONFIG_PATH)) return "not-touched";
  const head = (await site.reads.pull(pull))?.value;
  if (head?.state !== "open") return "not-touched";
  const content = contentOf(await problemsAt(site, head.headSha));
  const reported = (await site.reads.checks(head.headSha)).value;
  const own = reported.filter((one) => one.appId === site.app.appId && one.name === CONFIG_CHECK);
  const last = own.map(({ run }) => run).reduce((a, b) => ((b?.id ?? 0) > (a?.id ?? 0) ? b : a), null);
  if (last?.externalId === content.externalId) return "shown";
  await showConfigCheck(site, head.headSha, last?.id ?? null, content);
  return "written";
}

/** None: it can be used. A file that is gone means the defaults. */
async function problemsAt(site: Site, head: Sha): Promise<readonly FileProblem[]> {
  const file = await site.reads.file(CONFIG_PATH, head);
  const parsed = parseConfig(file?.value.text);
  return parsed.kind === "invalid" ? parsed.problems : [];
}

function contentOf(problems: readonly FileProblem[]): CheckContent {
  if (problems.length === 0) {
    const summary = `\`${CONFIG_PATH}\` of this head can be used as it is.`;
    return { conclusion: "success", title: "It can be used", summary, externalId: "valid" };
  }
  const lines = problemLines(CONFIG_PATH, problems);
  const more = lines.length > MOST ? [`… and ${lines.length - MOST} more`] : [];
  const count = `${lines.length} problem${lines.length === 1 ? "" : "s"}`;
  return {
    conclusion: "failure",
    title: `It cannot be used: ${count}`,
    summary: [
      "Merged as it is, each issue would be held until the file is corrected.",
      "",
      ...lines.slice(0, MOST).map((line) => `- ${quoted(line)}`),
      ...more,
    ].join("\n"),
    externalId: digestOf(lines),
  };
}
