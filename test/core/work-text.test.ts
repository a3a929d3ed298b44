/** Whether an issue reads as it did when its agents were declared; and acts by the ids that a chain has for them. */
import { expect, test } from "vitest";
import { commentId, editId, nameOfActId } from "../../src/core/act-ids.ts";
import { isEdited, isRetitled, workTextOf } from "../../src/core/work-text.ts";

test("text and title are each told apart; of a chain that names neither nobody says so", () => {
  const worksOn = workTextOf({ title: "Add prices", text: "t" });
  expect([isEdited({ text: "t" }, { worksOn }), isRetitled("Add prices", { worksOn })]).toEqual([
    false,
    false,
  ]);
  expect([isEdited({ text: "u" }, { worksOn }), isRetitled("Add sums", { worksOn })]).toEqual([true, true]);
  expect([isEdited({ text: "u" }, {}), isRetitled("Add sums", {})]).toEqual([false, false]);
});

test("comments stand below zero, and edits far below them", () => {
  const edit = editId({ generation: 1, text: "t", at: 0 });
  expect([commentId(9), Number.isSafeInteger(edit)]).toEqual([-9, true]);
  expect([7, -9, edit].map(nameOfActId)).toEqual(["act 7", "comment 9", "an edit of the text"]);
});
