/**
 * Whether an issue is specified well enough to be taken, and not reserved for people. Pure: text, labels and rules
 * alone. What the codes mean to people stands in `core/triage.ts`.
 */
import type { Finding } from "../core/triage.ts";
import type { Config } from "./config/index.ts";
import { ALWAYS_RESERVED } from "./patch-rules.ts";
import { visibleText } from "./visible-text.ts";

export interface TriageInput {
  readonly title: string;
  /** The issue's text, with what was answered to questions about it. */
  readonly text: string;
  /** The same one by one: what one of them leaves open hides nothing of the next. None: the text is one. */
  readonly parts?: readonly string[];
  readonly labels: readonly string[];
  /** The issue's own repository, `owner/name`. */
  readonly here: string;
}

export type TriageRules = Pick<
  Config,
  "triage" | "reservedLabels" | "reservedWords" | "reservedPaths" | "repositories"
>;

type Rule = (input: TriageInput, rules: TriageRules) => readonly Finding[];

/** Everything that stands in the way, each finding once; none: the issue may be taken. */
export function judgeIssue(input: TriageInput, rules: TriageRules): readonly Finding[] {
  // What nobody sees when the issue is shown specifies nothing; agents read it all the same.
  const visible = { ...input, text: (input.parts ?? [input.text]).map(visibleText).join("\n\n") };
  return [...WANTED.flatMap((rule) => rule(visible, rules)), ...BARRED.flatMap((rule) => rule(input, rules))];
}

const tooShort: Rule = ({ text }, { triage }) => {
  const length = lengthOf(text.trim());
  if (length >= triage.minimumLength) return [];
  return [{ code: "too-short", detail: `${length} of ${triage.minimumLength} characters` }];
};

const noAcceptance: Rule = ({ text }, { triage }) => {
  if (triage.acceptance === "optional" || saysWhenDone(text, triage.acceptanceWords)) return [];
  return [{ code: "no-acceptance", detail: "" }];
};

const tooLong: Rule = ({ text }, { triage }) => {
  const length = lengthOf(text.trim());
  if (length <= triage.maximumLength) return [];
  return [{ code: "too-long", detail: `${length} of ${triage.maximumLength} characters` }];
};

const tooManyTasks: Rule = ({ text }, { triage }) => {
  const tasks = [...text.matchAll(TASKS)].length;
  if (tasks <= triage.maximumTasks) return [];
  return [{ code: "too-many-tasks", detail: `${tasks} of ${triage.maximumTasks} items` }];
};

/** GitHub's labels know no case. */
const reservedLabel: Rule = ({ labels }, { reservedLabels }) => {
  const reserved = new Set(reservedLabels.map((one) => one.toLowerCase()));
  return labels
    .filter((label) => reserved.has(label.toLowerCase()))
    .map((detail) => ({ code: "reserved-label", detail }));
};

/** One file may serve several repositories: the label of this one is an ordinary label. GitHub's names know no case either. */
const otherRepository: Rule = (input, rules) =>
  elsewhere(input, rules).map(({ label, repository }) => ({
    code: "other-repository",
    detail: `${label}: ${repository}`,
  }));

type Belonging = Pick<TriageInput, "labels" | "here">;

const elsewhere = ({ labels, here }: Belonging, { repositories }: Pick<TriageRules, "repositories">) =>
  repositories.filter(
    ({ label, repository }) =>
      labels.some((one) => one.toLowerCase() === label.toLowerCase()) &&
      repository.toLowerCase() !== here.toLowerCase(),
  );

/** The one other repository that its labels give the issue to, as `owner/name`; `undefined`: none, or several. */
export function belongsTo(input: Belonging, rules: Pick<TriageRules, "repositories">): string | undefined {
  const [first, ...more] = elsewhere(input, rules).map(({ repository }) => repository);
  return more.every((one) => one.toLowerCase() === first?.toLowerCase()) ? first : undefined;
}

const reservedPath: Rule = ({ title, text }, { reservedPaths }) =>
  [...new Set([...ALWAYS_RESERVED, ...reservedPaths])]
    .filter((path) => namesPath(`${title}\n${text}`, path))
    .map((detail) => ({ code: "reserved-path", detail }));

const reservedWord: Rule = ({ title, text }, { reservedWords }) =>
  reservedWords
    .filter((word) => hasWord(`${title}\n${text}`, word))
    .map((detail) => ({ code: "reserved-word", detail }));

/** What they want has to be seen by whoever reads the issue. */
const WANTED: readonly Rule[] = [tooShort, noAcceptance];

/** What they bar is looked for in all that an agent is given. */
const BARRED: readonly Rule[] = [
  tooLong,
  tooManyTasks,
  reservedLabel,
  reservedPath,
  reservedWord,
  otherRepository,
];

/** Code points: an emoji counts once. */
const lengthOf = (text: string): number => [...text].length;

const TASKS = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]\][ \t]+\S/gm;

/** Ways in which people say how to tell that it is done. */
const ACCEPTANCE: readonly RegExp[] = [
  /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]\][ \t]+\S/m,
  /\b(?:should|must|shall|expected|expects?|acceptance criteria|definition of done|done when)\b/i,
  // A command and that it fails. Bounded, so that no text takes long.
  /`[^`\n]{1,200}`[^.\n`]{0,200}\b(?:fails?|exits?|prints?|throws?|returns?|crash(?:es)?)\b/i,
  /\b(?:fails?|crash(?:es)?|throws?)\b[^.\n`]{0,200}`[^`\n]{1,200}`/i,
];

function saysWhenDone(text: string, more: readonly string[]): boolean {
  return (
    ACCEPTANCE.some((pattern) => pattern.test(text)) ||
    isScenario(text) ||
    more.some((words) => hasWord(text, words))
  );
}

/** Given … when … then …, in this order, each at a line's beginning. */
function isScenario(text: string): boolean {
  const found = text.matchAll(/^[ \t]*(?:[-*+][ \t]+)?\**(given|when|then)\b/gim);
  const left = ["given", "when", "then"];
  for (const [, word = ""] of found) if (word.toLowerCase() === left[0]) left.shift();
  return left.length === 0;
}

/** The word, or the words on end, whatever their case: not a part of a longer word. */
function hasWord(text: string, words: string): boolean {
  const inner = words.trim().split(/\s+/).map(RegExp.escape).join("\\s+");
  return new RegExp(`(?<![\\p{L}\\p{N}_])${inner}(?![\\p{L}\\p{N}_])`, "iu").test(text);
}

/**
 * A file or a folder (with a slash at its end or without, as in a patch), as a text names it: `db/migrations/`,
 * `./db/migrations/1.sql`, `/db/migrations`.
 */
function namesPath(text: string, path: string): boolean {
  const inner = RegExp.escape(path.endsWith("/") ? path.slice(0, -1) : path);
  const end = "(?:/|(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}]))";
  return new RegExp(`(?<![\\p{L}\\p{N}_.-])(?:\\./|/)?(?<![\\p{L}\\p{N}_-]/)${inner}${end}`, "iu").test(text);
}
