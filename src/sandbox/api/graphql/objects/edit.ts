/** Edits of texts: who, when, and what the text was from then on. */
import { editsOf } from "../../../world/edits.ts";
import { nodeId } from "../../../world/ids.ts";
import type { ContentEdit, EditedKind } from "../../../world/state.ts";
import { iso, isoOrNull } from "../../present/time.ts";
import { connection } from "../connection.ts";
import type { GraphqlContext } from "../context.ts";
import { actorObject, actorOrNull } from "./actor.ts";

/** `diff` is the whole text (reported), not what changed in it. */
export function editObject(context: GraphqlContext, edit: ContentEdit) {
  const at = iso(edit.editedAt);
  return {
    __typename: "UserContentEdit",
    id: nodeId("UCE", edit.id),
    createdAt: at,
    editedAt: at,
    updatedAt: at,
    diff: edit.body,
    editor: () => actorObject(context, edit.editorId),
    // An edit can be deleted on GitHub's pages only.
    deletedAt: null,
    deletedBy: null,
  };
}

/** What `Comment` tells of them. */
export function editFields(context: GraphqlContext, on: EditedKind, subjectId: number) {
  const edits = editsOf(context.world, on, subjectId);
  return {
    editor: () => actorOrNull(context, edits[0]?.editorId ?? null),
    lastEditedAt: isoOrNull(edits[0]?.editedAt ?? null),
    includesCreatedEdit: edits.length > 0,
    userContentEdits: connection({
      rows: (world) => editsOf(world, on, subjectId),
      key: (edit) => edit.id,
      show: (edit) => editObject(context, edit),
    }),
  };
}
