/** Comments that answer what people were asked about the text. */
import { commentId } from "../../core/act-ids.ts";
import { textDigest } from "../../core/canonical.ts";
import type { ChainState } from "../../core/chain.ts";
import { commandLines } from "../../core/commands/scan.ts";
import { withoutCommands } from "../../core/commands/without-commands.ts";
import type { Ledger } from "../../core/ledger.ts";
import { isQuestioned } from "../../core/weigh.ts";
import type { Act, Answer } from "../../core/words.ts";
import type { CommentInfo } from "../../github/ports.ts";

/** The comment of the generation's first question, by the rules or by the triage command; `undefined`: none is to be seen. */
export function firstQuestion(
  ledger: Ledger | undefined,
  state: Pick<ChainState, "generation"> | undefined,
): number | undefined {
  const generation = state?.generation ?? 0;
  const asked = [...(ledger?.visible.values() ?? [])].filter(
    ({ marker }) =>
      (marker.type === "question" || (marker.type === "hold" && marker.reason === "triage-asks")) &&
      marker.generation === generation,
  );
  return asked.length === 0 ? undefined : Math.min(...asked.map(({ comment }) => comment));
}

/** Whether a comment may be an answer: by no app, and it says something beside commands, by which people speak to Cairn. */
export const mayAnswer = ({ appId, body }: Pick<CommentInfo, "appId" | "body">): boolean =>
  appId === null && withoutCommands(body).trim() !== "";

/** Answers that are not as they were pinned. `whole`: all comments were read, so that one that is missing is gone. */
export const alteredOf = (
  pinned: readonly Answer[],
  comments: readonly Pick<CommentInfo, "id" | "body">[],
  whole: boolean,
): readonly number[] =>
  pinned.flatMap(({ comment, digest }) => {
    const found = comments.find(({ id }) => id === comment);
    const isAltered = found ? textDigest("", found.body) !== digest : whole;
    return isAltered ? [comment] : [];
  });

/**
 * Answers that lift a hold, each an act of whoever wrote it: only where the triage command's question is open. What is
 * written by those who may not ask for work is none, and nobody is told so: it is a comment like any other.
 */
export async function answerActs(
  comments: readonly CommentInfo[],
  ledger: Ledger | undefined,
  state: ChainState | undefined,
  mayAsk: (login: string) => Promise<boolean>,
): Promise<readonly Act[]> {
  if (!state || !isQuestioned(state)) return [];
  const question = ledger?.visible.get(state.hold?.digest ?? "")?.comment;
  if (question === undefined) return [];
  const acts: Act[] = [];
  for (const comment of comments) {
    const { id, author, createdAt: at } = comment;
    if (id <= question || author.type !== "User" || !mayAnswer(comment)) continue;
    // What a comment commands is its act, under this very id: it decides, and the answer beside it is text.
    if (commandLines(comment.body).length > 0) continue;
    if (state.acts.includes(commentId(id)) || !(await mayAsk(author.login))) continue;
    acts.push({ id: commentId(id), kind: "answer", actor: { id: author.id, login: author.login }, at });
  }
  return acts;
}
