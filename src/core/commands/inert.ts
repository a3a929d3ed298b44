/** What Cairn itself writes commands nothing, whoever's words are in it. */
import { commandLines, isCommandLike, linesOf } from "./scan.ts";

/**
 * The same text with no line in it that is read as a command, or as a mistyped one: a backslash before such a line
 * shows it as it was, and moves it out of the first column. Text without such a line comes back as it is.
 */
export function inertText(text: string): string {
  if (commandLines(text).length === 0) return text;
  // All of them, those in code too: a line that is changed can change what the lines below it are.
  return linesOf(text)
    .map((line) => (isCommandLike(line) ? `\\${line}` : line))
    .join("\n");
}
