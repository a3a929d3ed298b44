/** Who made the issue's text what it is: GitHub's record of edits, and the events of its title. */
import { textDigest } from "../../core/canonical.ts";
import type { EditView } from "../../core/snapshot.ts";
import { isRetitled } from "../../core/work-text.ts";
import type { Account, IssueInfo } from "../../github/ports.ts";
import type { Asked } from "./asked.ts";
import type { Reader } from "./reader.ts";

/** One edit of body or title. */
interface Edit {
  /** `null`: the account is gone. */
  readonly actor: Pick<Account, "id" | "login"> | null;
  readonly at: number;
}

/**
 * The last edit counts for the whole text: whoever made it has seen what others had written before. Times are whole seconds:
 * of those in the last one all have to be by people who may ask.
 */
export async function readEdit(
  { site, state, note }: Reader,
  issue: IssueInfo,
  asked: Asked,
): Promise<EditView> {
  const read = await site.reads.lastEdit(site.issue.number);
  const row = read && note(read);
  // Text and edit come from one row: where that has another text, one of the two reads is old.
  if (!row || textDigest(row.title, row.body) !== textDigest(issue.title, issue.body))
    return { kind: "unclear" };
  const edits: Edit[] = row.edit ? [row.edit] : [];
  if (isRetitled(issue.title, state() ?? {})) {
    const last = await asked.lastRename();
    if (last?.to !== issue.title) return { kind: "unclear" };
    edits.push(last);
  }
  const at = Math.max(...edits.map((one) => one.at));
  const judged: Extract<EditView, { kind: "by" }>[] = [];
  for (const { actor } of edits.filter((one) => one.at === at)) {
    // What Cairn does itself is no act of a person; an account that is gone has no right any more.
    const permitted = actor !== null && actor.id !== site.app.botId && (await asked.mayAsk(actor.login));
    judged.push({ kind: "by", actor, at, permitted });
  }
  return judged.find(({ permitted }) => !permitted) ?? judged[0] ?? { kind: "unclear" };
}
