/**
 * The commands that people write into comments: one table, from which the parser, the help and `docs/commands.md` are
 * made. What a verb does to the work is the app's; here is what it is called, takes, means and needs.
 */

/** First word of every command. */
export const PREFIX = "/cairn";

/** Least permission that a verb needs where no file says otherwise, by GitHub's roles. */
export type Right = "triage" | "write" | "maintain";

/** `reason`: one line of words for people. `action`: what is overridden, of the closed grammar in `override.ts`. */
export type ArgumentKind = "none" | "reason" | "action";

/**
 * What following it comes to. `starts`: an agent. `allows`: something that could be merged afterwards and could not
 * before. `stops`: less happens. `asks`: nothing happens but an answer.
 */
export type Deed = "starts" | "allows" | "stops" | "asks";

interface CommandWords {
  readonly argument: ArgumentKind;
  readonly does: Deed;
  readonly right: Right;
  /** One sentence. */
  readonly what: string;
  /** Each a line as people write it. */
  readonly examples: readonly string[];
}

const TABLE = {
  ready: {
    argument: "none",
    does: "starts",
    right: "write",
    what: "Asks for work on this issue, like setting the label `cairn:ready`.",
    examples: ["/cairn ready"],
  },
  approve: {
    argument: "none",
    does: "allows",
    right: "write",
    what: "Lets Cairn do what it only suggested: a branch and a draft pull request.",
    examples: ["/cairn approve"],
  },
  reject: {
    argument: "reason",
    does: "stops",
    right: "write",
    what: "Says no to work that is under way or in review, and why: a hold.",
    examples: ["/cairn reject the public API must stay as it is"],
  },
  hold: {
    argument: "reason",
    does: "stops",
    right: "write",
    what: "Stops the work until somebody resumes it, and says why.",
    examples: ["/cairn hold wait for the release on Friday"],
  },
  resume: {
    argument: "none",
    does: "starts",
    right: "write",
    what: "Lifts a hold: the next generation begins, or the pull request goes on where its issue was edited.",
    examples: ["/cairn resume"],
  },
  retry: {
    argument: "none",
    does: "starts",
    right: "write",
    what: "Begins the next generation, whatever became of the last one; not where somebody asked for a hold.",
    examples: ["/cairn retry"],
  },
  cancel: {
    argument: "none",
    does: "stops",
    right: "write",
    what: "Stops the work and forgets it: wins against everything that has not landed.",
    examples: ["/cairn cancel"],
  },
  override: {
    argument: "action",
    does: "allows",
    right: "maintain",
    what: "Merges despite one named condition: when two people say exactly the same about the same head within an hour.",
    examples: ["/cairn override merge:check-failed", "/cairn override path:migrations/0042.sql"],
  },
  status: {
    argument: "none",
    does: "asks",
    right: "triage",
    what: "Says where the issue is, and what it waits for.",
    examples: ["/cairn status"],
  },
  help: {
    argument: "none",
    does: "asks",
    right: "triage",
    what: "Lists these commands.",
    examples: ["/cairn help"],
  },
} as const satisfies Readonly<Record<string, CommandWords>>;

export type Verb = keyof typeof TABLE;
/** The verbs that take an argument of that kind. */
export type VerbWith<A extends ArgumentKind> = {
  [V in Verb]: (typeof TABLE)[V]["argument"] extends A ? V : never;
}[Verb];

export const COMMANDS: Readonly<Record<Verb, CommandWords>> = TABLE;
export const VERBS: readonly Verb[] = Object.keys(TABLE) as Verb[];

const ARGUMENT_WORDS: Readonly<Record<ArgumentKind, string>> = {
  none: "",
  reason: " REASON",
  action: " ACTION",
};

/** How a command is written: `/cairn hold REASON`. */
export const usageOf = (verb: Verb): string => `${PREFIX} ${verb}${ARGUMENT_WORDS[COMMANDS[verb].argument]}`;
