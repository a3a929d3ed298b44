/** Edits of texts, as GitHub keeps them: each state that a text was in, once it was edited at all. */
import { type Actor, actingUserId } from "./actor.ts";
import { nextId } from "./ids.ts";
import type { ContentEdit, EditedKind, World } from "./state.ts";

interface Edited {
  readonly id: number;
  readonly authorId: number;
  readonly createdAt: number;
  readonly body: string | null;
}

/** To be called before the text changes to `body`. The first edit brings the text as it was created along, as its author's. */
export function recordEdit(
  world: World,
  at: number,
  actor: Actor,
  on: EditedKind,
  subject: Edited,
  body: string | null,
): void {
  if ((subject.body ?? "") === (body ?? "")) return;
  const { id: subjectId, authorId, createdAt } = subject;
  const keep = (edit: Pick<ContentEdit, "editorId" | "editedAt" | "body">): void => {
    const id = nextId(world, "contentEdit");
    world.contentEdits.set(id, { id, on, subjectId, ...edit });
  };
  if (!isEdited(world, on, subjectId))
    keep({ editorId: authorId, editedAt: createdAt, body: subject.body ?? "" });
  keep({ editorId: actingUserId(actor), editedAt: at, body: body ?? "" });
}

function isEdited(world: World, on: EditedKind, subjectId: number): boolean {
  for (const edit of world.contentEdits.values())
    if (edit.on === on && edit.subjectId === subjectId) return true;
  return false;
}

/** Newest first; the last of them is the text as it was created. */
export function editsOf(world: World, on: EditedKind, subjectId: number): ContentEdit[] {
  return [...world.contentEdits.values()]
    .filter((edit) => edit.on === on && edit.subjectId === subjectId)
    .sort((a, b) => b.id - a.id);
}

/** With what they were edits of. */
export function forgetEdits(world: World, on: EditedKind, subjectIds: ReadonlySet<number>): void {
  for (const [id, edit] of world.contentEdits)
    if (edit.on === on && subjectIds.has(edit.subjectId)) world.contentEdits.delete(id);
}

/** Of an issue that goes on under another id. */
export function renameEdited(world: World, on: EditedKind, from: number, to: number): void {
  for (const [id, edit] of world.contentEdits)
    if (edit.on === on && edit.subjectId === from) world.contentEdits.set(id, { ...edit, subjectId: to });
}
