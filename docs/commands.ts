/** The parts of docs/commands.md that are made from the table of commands. */
import { MERGE_CONDITIONS } from "../src/core/commands/override.ts";
import { COMMANDS, type Deed, usageOf, VERBS } from "../src/core/commands/table.ts";
import { HOLDS } from "../src/core/holds.ts";
import { WAITS } from "../src/core/waits.ts";

export function commandsTable(): string {
  const rows = VERBS.map((verb) => {
    const { what, right, examples } = COMMANDS[verb];
    const shown = examples.map((example) => `\`${example}\``).join("<br>");
    return `| \`${usageOf(verb)}\` | ${what} | ${right} | ${shown} |`;
  });
  return ["| command | what it does | needs | for example |", "|---|---|---|---|", ...rows].join("\n");
}

const DEEDS: Readonly<Record<Deed, string>> = {
  starts: "start an agent",
  allows: "let something be merged",
  stops: "stop or refuse",
  asks: "ask",
};

export function commandRights(): string {
  const rows = Object.entries(DEEDS).map(([deed, words]) => {
    const verbs = VERBS.filter((verb) => COMMANDS[verb].does === deed);
    const least = deed === "allows" ? "what it needs without the file" : "triage";
    const broken = deed === "starts" || deed === "allows" ? "nobody" : "whoever may without the file";
    return `| ${words} | ${verbs.map((verb) => `\`${verb}\``).join(", ")} | ${least} | ${broken} |`;
  });
  return [
    "| what they do | commands | permission that a named person must have | who may while the file cannot be used |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

export function overrideConditions(): string {
  const words: Readonly<Record<string, { readonly what: string }>> = { ...HOLDS, ...WAITS };
  const rows = MERGE_CONDITIONS.map((name) => `| \`merge:${name}\` | ${words[name]?.what} |`);
  return ["| action | the condition that is not met |", "|---|---|", ...rows].join("\n");
}
