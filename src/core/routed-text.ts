/**
 * What an issue says that was opened in another repository: where it is from, for whom, and the text as a quotation. Whoever
 * wrote that has perhaps no right there: as code it notifies nobody, links nowhere, commands nothing and hides nothing.
 */
import { TRAILER, trailerOf } from "./keys.ts";
import { oneLine } from "./quoted.ts";

export interface RoutedText {
  /** `owner/name#12` */
  readonly from: string;
  /** Login of whoever asked for it. */
  readonly asker: string;
  readonly title: string;
  /** The text, with what was answered to questions about it. */
  readonly text: string;
  /** Key of the effect. */
  readonly key: string;
}

/** GitHub takes no longer title than 256 characters, and no longer text than 65,536. */
const LONGEST_TITLE = 200;
const LONGEST_TEXT = 30_000;

/** Title and body of the issue that is opened. */
export function routedText({ from, asker, title, text, key }: RoutedText): {
  readonly title: string;
  readonly body: string;
} {
  const isCut = text.length > LONGEST_TEXT;
  const body = [
    `From ${from}, asked for by @${asker}.`,
    "",
    `${isCut ? "What it says there begins so" : "What it says there"}:`,
    "",
    ...fenced(withoutTrailers(isCut ? text.slice(0, LONGEST_TEXT).toWellFormed() : text)),
    "",
    "Opened by Cairn, as a label there says that it belongs here. Nobody works on it before it is asked for here: by the label for that, which whoever has write access may set, or whom `.github/cairn-authority.yml` names.",
    "",
    "<!--",
    trailerOf(key),
    "-->",
  ];
  return { title: oneLine(title, LONGEST_TITLE) || "(no title)", body: body.join("\n") };
}

/** No run of backticks in it ends the block. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}markdown`, text, fence];
}

/** No line of the quotation passes for the key of another effect. */
const withoutTrailers = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => (line.trim().startsWith(`${TRAILER}:`) ? `> ${line}` : line))
    .join("\n");
