/** An issue's words as others read them: its text, then what was answered to questions about it. */
import type { PinnedText } from "../src/barrier/index.ts";

export function saidBy({ body, answers }: Pick<PinnedText, "body" | "answers">): string {
  const said = answers.map(({ login, body: words }) => `## Answer by @${login}\n\n${words}`);
  return [body, ...said].join("\n\n");
}
