/**
 * Reads the commands of a comment. Whoever asks for them sees to the rest: that a person wrote the comment, that
 * nobody has edited it since, and that its author has the right.
 */
import { nearest } from "../nearest.ts";
import { readLine } from "./html.ts";
import { MERGE_CONDITIONS, nameOfOverride, type Override, parseOverride } from "./override.ts";
import { type Candidate, commandLines } from "./scan.ts";
import { COMMANDS, PREFIX, usageOf, VERBS, type Verb, type VerbWith } from "./table.ts";

interface At {
  readonly kind: "command";
  /** From 1. */
  readonly line: number;
}

export type ParsedCommand = At &
  (
    | { readonly verb: VerbWith<"none">; readonly argument: null }
    /** One line, trimmed, without control characters. Others wrote it: quote it as code. */
    | { readonly verb: VerbWith<"reason">; readonly argument: string }
    /** `argument` is the override's one text. */
    | { readonly verb: VerbWith<"action">; readonly argument: string; readonly override: Override }
  );

export type ProblemCode =
  | "unclear-place"
  | "not-exact"
  | "verb-missing"
  | "verb-unknown"
  | "argument-missing"
  | "argument-unwanted"
  | "argument-long"
  | "argument-hides"
  | "action-unknown"
  | "too-many";

/** A line that looks like a command and cannot be read as one. It does nothing. */
export interface CommandProblem {
  readonly kind: "problem";
  readonly code: ProblemCode;
  readonly line: number;
  /** What is there, short; characters that nobody sees are spelt out. */
  readonly found: string;
  /** What could be there instead. */
  readonly allowed: readonly string[];
  /** The known word that was most likely meant. */
  readonly nearest: string | null;
  /** One sentence: what to do. */
  readonly next: string;
}

/** A comment with more is not read to its end. */
export const MOST_COMMANDS = 10;
/** Characters of an argument. */
export const LONGEST_ARGUMENT = 400;

/**
 * The commands of a comment's body in their order, and the lines that cannot be read. Never throws; takes time in
 * proportion to the body's length. `conditions`: those of a merge that can be overridden.
 */
export function parseCommands(
  body: string,
  conditions: readonly string[] = MERGE_CONDITIONS,
): readonly (ParsedCommand | CommandProblem)[] {
  const lines = commandLines(body);
  const read = lines.slice(0, MOST_COMMANDS).map((candidate) => parseLine(candidate, conditions));
  const more = lines[MOST_COMMANDS];
  if (!more) return read;
  return [
    ...read,
    problem("too-many", more, {
      allowed: [`${MOST_COMMANDS} commands in a comment`],
      next: "Write this one and those after it into another comment.",
    }),
  ];
}

function parseLine(candidate: Candidate, conditions: readonly string[]): ParsedCommand | CommandProblem {
  const { text, doubt } = candidate;
  if (doubt !== null) {
    return problem("unclear-place", candidate, { next: `This line does not count: ${doubt}.` });
  }
  const unseen = UNREADABLE.exec(text.replaceAll(EMOJI_STYLE, "$1"))?.[0];
  if (unseen !== undefined || !/^\/cairn(?:[ \t]|$)/.test(text)) {
    return problem("not-exact", candidate, {
      allowed: [`${PREFIX} and a verb, in small letters, with ordinary spaces`],
      nearest: PREFIX,
      next: "Type the line anew, in a new comment.",
    });
  }
  const words = text.slice(PREFIX.length).replaceAll("\t", " ").trim();
  const [name = ""] = words.split(" ", 1);
  const verb = VERBS.find((known) => known === name);
  if (!verb) {
    return problem(name === "" ? "verb-missing" : "verb-unknown", candidate, {
      allowed: VERBS,
      nearest: nearest(name, VERBS),
      next: "Write one of these verbs, in a new comment.",
    });
  }
  const argument = words
    .slice(name.length)
    .replaceAll(/\p{Cc}+/gu, "")
    .trim();
  return withArgument(candidate, verb, argument, conditions);
}

function withArgument(
  candidate: Candidate,
  verb: Verb,
  argument: string,
  conditions: readonly string[],
): ParsedCommand | CommandProblem {
  const { line } = candidate;
  const usage = [usageOf(verb)];
  if (takes(verb, "none")) {
    if (argument === "") return { kind: "command", line, verb, argument: null };
    const next = `\`${verb}\` takes nothing after it: write other words on a line of their own, in a new comment.`;
    return problem("argument-unwanted", candidate, { allowed: usage, nearest: `${PREFIX} ${verb}`, next });
  }
  if (argument === "") {
    const next = `Say after \`${verb}\` ${takes(verb, "reason") ? "why" : "what"}, on the same line, in a new comment.`;
    return problem("argument-missing", candidate, { allowed: usage, next });
  }
  if (argument.length > LONGEST_ARGUMENT) {
    const next = `Say it in ${LONGEST_ARGUMENT} characters, in a new comment.`;
    return problem("argument-long", candidate, { allowed: usage, next });
  }
  if (hides(argument)) {
    const next = "Leave the HTML out, or set it in backticks, in a new comment: readers do not see it.";
    return problem("argument-hides", candidate, { allowed: usage, next });
  }
  if (takes(verb, "reason")) return { kind: "command", line, verb, argument };
  const override = parseOverride(argument, conditions);
  if (!("kind" in override)) {
    const { allowed } = override;
    const next = "Write one of these actions, in a new comment.";
    return problem("action-unknown", candidate, { allowed, nearest: override.nearest, next });
  }
  return {
    kind: "command",
    line,
    verb: verb as VerbWith<"action">,
    argument: nameOfOverride(override),
    override,
  };
}

/** Whether a verb's argument is of this kind, as the table says. */
const takes = <A extends "none" | "reason">(verb: Verb, kind: A): verb is VerbWith<A> =>
  COMMANDS[verb].argument === kind;

/** Whether a reader may see less of it than is there: HTML is not shown. */
function hides(argument: string): boolean {
  const read = readLine(argument, "text");
  return read.kind !== "closed" || read.next === "raw";
}

/**
 * What could make a line other than it looks: directions, joiners and other characters without a shape; spaces and ends
 * of lines that are none in Markdown; halves of characters. Control characters are taken out of an argument instead.
 */
const UNREADABLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Cs}\p{Co}]|(?! )\p{Zs}/u;
/** That many an emoji is shown in colour is said behind it. */
const EMOJI_STYLE = /(\p{Extended_Pictographic})\uFE0F/gu;

type Details = Partial<Pick<CommandProblem, "allowed" | "nearest">> & Pick<CommandProblem, "next">;

const problem = (code: ProblemCode, { line, text }: Candidate, details: Details): CommandProblem => ({
  kind: "problem",
  code,
  line,
  found: shown(text),
  allowed: details.allowed ?? [],
  nearest: details.nearest ?? null,
  next: details.next,
});

/** Characters of a line that are shown. */
const SHOWN = 60;
const WITHOUT_SHAPE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/** The begin of a line, each character without a shape as `U+200B`. */
function shown(text: string): string {
  const chars = Array.from(text.slice(0, 2 * SHOWN));
  const spelt = chars
    .slice(0, SHOWN)
    .map((char) => (char !== " " && WITHOUT_SHAPE.test(char) ? codePoint(char) : char));
  return `${spelt.join("")}${chars.length > SHOWN ? "…" : ""}`;
}

const codePoint = (char: string): string =>
  `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
