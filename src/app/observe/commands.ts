/** Commands that people wrote into the comments. */
import { commentId } from "../../core/act-ids.ts";
import { commandsOf } from "../../core/commands/comment-act.ts";
import { commandLines } from "../../core/commands/scan.ts";
import type { Act } from "../../core/words.ts";
import type { CommentInfo } from "../../github/ports.ts";
import type { Reader } from "./reader.ts";

/** Commands that nobody has consumed, by comment id. */
export interface Commands {
  pending(comments: readonly CommentInfo[], consumed: readonly number[]): Promise<readonly Act[]>;
}

export function createCommands({ site, note }: Reader): Commands {
  /** Whether a comment is as it was written, once that is known: a text that was edited stays so. */
  const asWritten = new Map<number, boolean>();

  /** One query for all of them: REST does not say that a comment was edited. */
  async function lookAtEdits(comments: readonly CommentInfo[]): Promise<void> {
    const unknown = comments.filter(({ id, nodeId }) => nodeId !== "" && !asWritten.has(id));
    if (unknown.length === 0) return;
    const found = note(await site.reads.commentEdits(unknown.map(({ nodeId }) => nodeId)));
    for (const { id, nodeId, body } of unknown) {
      const one = found.find((edit) => edit.nodeId === nodeId);
      // Text and edit come from one row: text that is not the same was edited between the two reads, or one of them is old.
      if (one && (one.edited || one.body === body)) asWritten.set(id, !one.edited);
    }
  }

  return {
    async pending(comments, consumed) {
      const candidates = comments.filter(
        ({ id, appId, author, body }) =>
          appId === null &&
          author.type === "User" &&
          !consumed.includes(commentId(id)) &&
          commandLines(body).length > 0,
      );
      await lookAtEdits(candidates);
      const acts: Act[] = [];
      for (const { id, body, author, createdAt } of candidates) {
        const commands = asWritten.get(id) ? commandsOf(id, body) : undefined;
        if (!commands) continue;
        const actor = { id: author.id, login: author.login };
        acts.push({ id: commentId(id), actor, at: createdAt, ...commands });
      }
      return acts;
    },
  };
}
