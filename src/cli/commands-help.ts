/** `cairn help commands`: what people can write into the comments of an issue. */
import { MERGE_CONDITIONS } from "../core/commands/override.ts";
import { COMMANDS, usageOf, VERBS } from "../core/commands/table.ts";

export const COMMANDS_HELP = `In a comment by somebody who may, each on a line of its own that begins with it; not in a quote, and not in code:

${VERBS.map((verb) => `  ${usageOf(verb).padEnd(23)} ${COMMANDS[verb].what}`).join("\n")}

ACTION is path:PATH or one of: ${MERGE_CONDITIONS.map((name) => `merge:${name}`).join(", ")}.
Who may, and where a command counts: docs/commands.md
`;
