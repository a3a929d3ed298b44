/** What Cairn answers to a command, as Markdown. No line of it is a command, whatever words of others are in it. */
import { quoted } from "../prose.ts";
import { inertText } from "./inert.ts";
import type { CommandProblem } from "./parse.ts";
import { COMMANDS, usageOf, VERBS } from "./table.ts";

/** To `help`. */
export const helpReply = (): string =>
  inertText(
    [
      "**Commands**, each on a line of its own that begins with it; not in a quote, and not in code:",
      "",
      ...VERBS.map((verb) => `- \`${usageOf(verb)}\`: ${COMMANDS[verb].what}`),
    ].join("\n"),
  );

/** To `status`: what holds now, the case's own words, and what to do about it. */
export const statusReply = (now: {
  readonly what: string;
  readonly detail: string;
  readonly next: string;
}): string => inertText([`**Now**: ${now.what} ${quoted(now.detail)}`.trimEnd(), "", now.next].join("\n"));

/** To lines that look like commands and cannot be read. */
export const problemsReply = (problems: readonly CommandProblem[]): string =>
  inertText(["**Not understood**, and nothing was done:", "", ...problems.map(problemWords)].join("\n"));

function problemWords({ line, found, allowed, nearest, next }: CommandProblem): string {
  const could = allowed.length === 0 ? "" : ` Allowed: ${allowed.map(quoted).join(", ")}.`;
  const meant = nearest === null ? "" : ` Did you mean ${quoted(nearest)}?`;
  return `- line ${line}, ${quoted(found)}.${could}${meant} ${next}`;
}
