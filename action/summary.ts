/** Markdown of the job summaries. Words from elsewhere stand in code spans: they can neither link nor notify. */
import { HOLDS, type HoldReason } from "../src/core/holds.ts";
import { oneLine } from "../src/core/quoted.ts";
import { restWords } from "../src/core/rest-words.ts";
import { type IssueState, STATES } from "../src/core/states.ts";
import type { WaitCode } from "../src/core/waits.ts";
import type { Fate } from "../src/core/words.ts";

/** A code span around any text: its fence is longer than any run of backticks within. */
export function code(text: string): string {
  const flat = oneLine(text);
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = flat.startsWith("`") || flat.endsWith("`") ? " " : "";
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** That triage by a command came to nothing, in one line. */
export const unusableWords = (why: string): string =>
  `The triage command gave no answer that can be used, so that the rules alone took the issue${why === "" ? "." : `: ${code(why)}`}`;

/**
 * The state that the run leaves the issue to, and what it waits for there, by its code. `mended where it may be`: the check
 * said no, and what follows depends on the attempts before.
 */
export type Leads =
  | { readonly state: IssueState; readonly code: WaitCode | HoldReason }
  | "as it was"
  | "mended where it may be";

export interface Ending {
  readonly headline: string;
  /** Each job with its result and its outcome. */
  readonly jobs: readonly (readonly [name: string, result: string, outcome: string])[];
  readonly fates: Readonly<Record<string, Fate>>;
  readonly leads: Leads;
  /** The label by which people ask for work, where the gate has read it. */
  readonly entryLabel: string | undefined;
  readonly detail: string;
  /** Of a triage command: why its answer could not be used, empty where nothing is known; `undefined`: it was, or there is none. */
  readonly untriaged: string | undefined;
  /** `https://github.com/owner/name` */
  readonly repositoryUrl: string;
  readonly intent: string;
  readonly issue: string;
  readonly claim: string;
  readonly pull: string;
  readonly mergeSha: string;
}

/** What was proved, what was done, or why not. */
export function endingMarkdown(ending: Ending): string {
  const { repositoryUrl: url, claim } = ending;
  const comment = `${url}/issues/${encodeURIComponent(ending.issue)}#issuecomment-${encodeURIComponent(ending.intent)}`;
  const proved = claim === "" ? [] : [`Proved: [the intent](${comment}), claimed by ${code(claim)}.`, ""];
  return [
    `### ${ending.headline}`,
    "",
    ...next(ending.leads, ending.entryLabel, `${url}/issues/${encodeURIComponent(ending.issue)}`),
    ...detail(ending.detail),
    ...(ending.untriaged === undefined ? [] : [unusableWords(ending.untriaged), ""]),
    ...proved,
    ...effects(ending),
    "| job | result | outcome |",
    "|---|---|---|",
    ...ending.jobs.map(([name, result, outcome]) => `| ${name} | ${result} | ${outcome} |`),
    "",
  ].join("\n");
}

/** The same story as the issue's status comment tells, in the same words; the app tells it there once it has looked. */
function next(leads: Leads, entryLabel: string | undefined, issue: string): readonly string[] {
  if (leads === "as it was")
    return [`This run has changed nothing about [the issue](${issue}), which says how it is.`, ""];
  if (leads === "mended where it may be")
    return [
      `- [The issue](${issue}) goes on with another attempt, where one is left and the files are not those that the check refused before; else it is on hold.`,
      `- Now: ${HOLDS["check-red"].what}`,
      "- Who can act: nobody has to; the issue says what came of it.",
      "",
    ];
  const { what, next: then } = restWords(leads.code, entryLabel);
  return [
    `- [The issue](${issue}): **${leads.state}** – ${STATES[leads.state].meaning}`,
    `- Now: ${what}`,
    `- Who can act: ${then}`,
    "",
  ];
}

const detail = (text: string): readonly string[] => (text === "" ? [] : [code(text), ""]);

function effects(ending: Ending): readonly string[] {
  const lines = Object.entries(ending.fates).map(
    ([key, fate]) => `- ${linked(key, fate, ending)}: ${FATES[fate]}`,
  );
  return lines.length === 0 ? [] : [...lines, ""];
}

const FATES: Readonly<Record<Fate, string>> = {
  applied: "done",
  "not-sent": "not sent",
  unknown: "sent, and no answer came",
};

/** The key, as a link to what it made where there is something to see. */
function linked(key: string, fate: Fate, { repositoryUrl, pull, mergeSha }: Ending): string {
  const shown = code(key);
  if (fate !== "applied") return shown;
  const [kind = "", rest = ""] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
  const path = pathOf(kind, rest, pull, mergeSha);
  return path === undefined ? shown : `[${shown}](${repositoryUrl}/${path})`;
}

function pathOf(kind: string, rest: string, pull: string, mergeSha: string): string | undefined {
  switch (kind) {
    case "branch.create":
      return `tree/${encodeURI(rest)}`;
    case "branch.push":
      return `tree/${encodeURI(rest.slice(0, rest.indexOf("@")))}`;
    case "pull.create":
    case "review.request":
      return /^\d+$/.test(pull) ? `pull/${pull}` : undefined;
    case "branch.update":
    case "pull.close":
      return /^pull\/\d+/.exec(rest)?.[0];
    case "merge":
      return /^[0-9a-f]{40}$/.test(mergeSha) ? `commit/${mergeSha}` : /^pull\/\d+/.exec(rest)?.[0];
    default:
      return undefined;
  }
}
