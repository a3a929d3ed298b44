/** Lines that name what an issue is blocked by. */
import { expect, test } from "vitest";
import { blockersNamed } from "../../src/policy/blockers.ts";

const named = (text: string): string[] =>
  blockersNamed(text, "acme/tools").map(({ repository, number }) => `${repository ?? ""}#${number}`);

test.each([
  ["one", "Blocked by: #12", ["#12"]],
  ["several, each once", "Blocked by: #12, #3 and #12", ["#12", "#3"]],
  ["in other words and letters", "depends on: #4\nBLOCKED BY: #5", ["#4", "#5"]],
  ["in a list, in bold", "- **Blocked by:** #6\n* **Depends on**: #7", ["#6", "#7"]],
  ["another repository", "Blocked by: other/repo#8", ["other/repo#8"]],
  ["this repository by its name", "Blocked by: Acme/Tools#9", ["#9"]],
  ["with Windows' line ends", "Blocked by: #12\r\nMore.", ["#12"]],
  ["words within a sentence", "It was blocked by: #12", []],
  ["no colon", "Blocked by #12", []],
  ["a link or a heading is no number of an issue", "Blocked by: https://x/issues/1#2 a#b", []],
  ["in a checklist, done or not", "- [ ] Blocked by: #6\n* [x] Depends on: #7", ["#6", "#7"]],
  ["in a numbered list", "1. Blocked by: #6\n2) [ ] **Depends on:** #7", ["#6", "#7"]],
  ["in a fence", "```\nBlocked by: #12\n```\nBlocked by: #13", ["#13"]],
  ["in a comment", "<!--\nBlocked by: #12\n-->\nBlocked by: #13 <!-- #14 -->", ["#13"]],
  ["behind a comment's begin that is code", "A stray `<!--`.\nBlocked by: #12", ["#12"]],
  [
    "as many as there are",
    `Blocked by: ${Array.from({ length: 30 }, (_, at) => `#${at + 1}`).join(" ")}`,
    Array.from({ length: 30 }, (_, at) => `#${at + 1}`),
  ],
])("%s", (_what, text, found) => {
  expect(named(text)).toEqual(found);
});
