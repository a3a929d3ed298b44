/** What Cairn answers to commands that change nothing, as Markdown. No line of it is a command, whoever's words are in it. */
import { ENTRY_LABEL, withEntryLabel } from "../entry-label.ts";
import { quoted } from "../quoted.ts";
import type { Sha } from "../words.ts";
import { inertText } from "./inert.ts";
import type { CommandProblem } from "./parse.ts";
import { COMMANDS, usageOf, VERBS } from "./table.ts";

export type Reply =
  | { readonly about: "help" }
  /** What holds now, the case's own words, and what to do about it. */
  | { readonly about: "status"; readonly what: string; readonly detail: string; readonly next: string }
  | { readonly about: "problems"; readonly problems: readonly CommandProblem[] }
  /** What one person, or with another two, set aside. `until` in ms since the epoch. */
  | {
      readonly about: "override";
      readonly action: string;
      readonly pull: number;
      readonly head: Sha;
      readonly by: readonly string[];
      readonly state: "needs-second" | "granted" | "expired";
      readonly until: number;
    }
  /** A command that has nothing to do here, and why. */
  | { readonly about: "nothing"; readonly wrote: string; readonly why: string };

/** All that a comment is answered. */
export const repliesOf = (replies: readonly Reply[], entryLabel = ENTRY_LABEL): string =>
  inertText(replies.map((reply) => wordsOf(reply, entryLabel)).join("\n\n"));

function wordsOf(reply: Reply, entryLabel: string): string {
  switch (reply.about) {
    case "help":
      return [
        "**Commands**, each on a line of its own that begins with it; not in a quote, and not in code:",
        "",
        ...VERBS.map((verb) => `- \`${usageOf(verb)}\`: ${withEntryLabel(COMMANDS[verb].what, entryLabel)}`),
      ].join("\n");
    case "status":
      return [`**Now**: ${reply.what} ${quoted(reply.detail)}`.trimEnd(), "", reply.next].join("\n");
    case "problems":
      return ["**Not understood**, and nothing was done:", "", ...reply.problems.map(problemWords)].join(
        "\n",
      );
    case "override":
      return overrideWords(reply);
    case "nothing":
      return `**Nothing to do** for ${quoted(reply.wrote)}: ${reply.why}`;
  }
}

function overrideWords({
  action,
  pull,
  head,
  by,
  state,
  until,
}: Extract<Reply, { about: "override" }>): string {
  const what = `\`${action}\` on #${pull} at ${head.slice(0, 12)}`;
  const who = by.map((login) => quoted(`@${login}`)).join(" and ");
  const end = new Date(until).toISOString();
  switch (state) {
    case "needs-second":
      return `**One of two**: ${what}, by ${who}. Somebody else who may writes exactly the same until ${end}, about this very head.`;
    case "granted":
      return `**Set aside**: ${what}, by ${who}. Cairn merges that head, once, if nothing else is missing, until ${end}; both must have the right then.`;
    case "expired":
      return `**Too late**: ${what}, by ${who}, counted until ${end}. Both begin anew.`;
  }
}

function problemWords({ line, found, allowed, nearest, next }: CommandProblem): string {
  const could = allowed.length === 0 ? "" : ` Allowed: ${allowed.map(quoted).join(", ")}.`;
  const meant = nearest === null ? "" : ` Did you mean ${quoted(nearest)}?`;
  return `- line ${line}, ${quoted(found)}.${could}${meant} ${next}`;
}
