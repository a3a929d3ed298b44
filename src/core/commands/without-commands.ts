/** What a comment says beside its commands: those are for Cairn, the rest is for whoever works. */
import { commandLines, linesOf } from "./scan.ts";

/** The comment without its lines that look like a command; one without such a line as it is, byte by byte. */
export function withoutCommands(body: string): string {
  const commands = new Set(commandLines(body).map(({ line }) => line));
  if (commands.size === 0) return body;
  return linesOf(body)
    .filter((_text, index) => !commands.has(index + 1))
    .join("\n")
    .trim();
}
