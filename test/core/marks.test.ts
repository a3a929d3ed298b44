/** Scenarios 27 and 28: what a title and labels say of an issue's end. */
import { expect, test } from "vitest";
import { isSynthetic, staysOpen, withoutClosing } from "../../src/core/marks.ts";

test.each([
  ["[cairn-e2e] try it", true],
  ["  [Cairn-E2E]try it", true],
  ["try [cairn-e2e]", false],
  ["[cairn-e2] try", false],
])("27: %s: a try is told by how its title begins", (title, is) => {
  expect(isSynthetic(title, "[cairn-e2e]")).toBe(is);
  expect(isSynthetic(title, " [CAIRN-E2E] ")).toBe(is);
});

test("28: labels that keep an issue open are compared without case", () => {
  expect(staysOpen(["bug", "Incident"], ["incident"])).toBe(true);
  expect(staysOpen(["incidental"], ["incident"])).toBe(false);
  expect(staysOpen(["incident"], [])).toBe(false);
});

test.each([
  ["Closes #12\n\nMore.", "For #12\n\nMore."],
  ["fixes: #12 and resolved acme/tools#12", "For #12 and For acme/tools#12"],
  ["Close https://github.com/acme/tools/issues/12", "For https://github.com/acme/tools/issues/12"],
  ["Closes #123, closes #2, closes other/tools#12", "Closes #123, closes #2, closes other/tools#12"],
  ["Encloses #12; closes 12; for #12", "Encloses #12; closes 12; for #12"],
  ["closes acmextools#12", "closes acmextools#12"],
])("28: %j closes this issue no longer, and others as before", (body, expected) => {
  expect(withoutClosing(body, 12, "acme/tools")).toBe(expected);
});

test.each([
  ["Closes acme/tools.js#12", "For acme/tools.js#12"],
  ["Closes acme/toolsxjs#12", "Closes acme/toolsxjs#12"],
])("28: %j, where the repository's name has a dot in it, which stands for itself alone", (body, expected) => {
  expect(withoutClosing(body, 12, "acme/tools.js")).toBe(expected);
});
