/**
 * What a comment's commands ask for. Of several the last that does something counts, as of several comments the last
 * does; questions are answered where nothing else is asked. A line that cannot be read makes the whole comment count
 * for nothing, and is told: half of what somebody meant may be the opposite of it.
 */
import type { Act, CommandKind } from "../words.ts";
import { type CommandProblem, type ParsedCommand, parseCommands } from "./parse.ts";
import { COMMANDS, PREFIX, type Verb } from "./table.ts";

/** `undefined`: there is no command in it. Whoever asks sees to author and edits. */
export function commandsOf(
  comment: number,
  body: string,
): (Pick<Act, "command"> & { readonly kind: CommandKind }) | undefined {
  const parsed = parseCommands(body);
  if (parsed.length === 0) return undefined;
  const problems = parsed.filter((one): one is CommandProblem => one.kind === "problem");
  const commands = parsed.filter((one): one is ParsedCommand => one.kind === "command");
  const last = commands.findLast(({ verb }) => COMMANDS[verb].does !== "asks");
  const words = { comment, reason: "", overrides: [], questions: [], problems } as const;
  if (problems.length > 0) return { kind: "unreadable", command: { ...words, wrote: PREFIX } };
  if (!last) {
    const asked = new Set<Verb>(commands.map(({ verb }) => verb));
    const questions = (["status", "help"] as const).filter((verb) => asked.has(verb));
    return { kind: "asks", command: { ...words, wrote: `${PREFIX} ${questions.join(", ")}`, questions } };
  }
  const overrides = last.verb === "override" ? namedIn(commands) : [];
  const reason = last.verb === "hold" || last.verb === "reject" ? (last.argument ?? "") : "";
  const kind = last.verb as Exclude<Verb, "status" | "help">;
  return { kind, command: { ...words, wrote: `${PREFIX} ${last.verb}`, reason, overrides } };
}

const namedIn = (commands: readonly ParsedCommand[]): readonly string[] => [
  ...new Set(commands.flatMap((one) => ("override" in one ? [one.argument] : []))),
];
