/** What of an issue's text is shown: all but its HTML comments, and what is code is none of those. */
import { expect, test } from "vitest";
import { visibleLines, visibleText } from "../../src/policy/visible-text.ts";

test.each([
  ["no comment", "a\n\nb", "a\n\nb"],
  ["one in a sentence", "a <!-- b --> c", "a  c"],
  ["one over several lines of a paragraph", "a <!-- b\nc --> d", "a  d"],
  ["one that begins a line, over paragraphs", "a\n<!-- b\n\nc -->\nd", "a\n\nd"],
  ["the shortest ones", "a <!--> b <!---> c", "a  b  c"],
  ["one that does not end, at a line's begin: the rest is hidden", "a\n<!-- b\n\nc", "a"],
  ["one that does not end in its paragraph is none", "a <!-- b\n\nc --> d", "a <!-- b\n\nc --> d"],
  ["in code", "a `<!--` b `-->` c", "a `<!--` b `-->` c"],
  ["in code over two lines", "a `b\n<c <!--` d --> e", "a `b\n<c <!--` d --> e"],
  ["behind a backtick that is no code", "a ` b <!-- c --> d", "a ` b  d"],
  ["behind one that is escaped", "a \\` <!-- b ` c --> d", "a \\`  d"],
  ["escaped", "a \\<!-- b --> c", "a \\<!-- b --> c"],
  ["in a fence", "```\n<!-- a\n```\nb -->", "```\n<!-- a\n```\nb -->"],
  ["in a fence of tildes", "~~~ `\n<!-- a\n```\n~~~\nb -->", "~~~ `\n<!-- a\n```\n~~~\nb -->"],
  ["in a fence in a list", "- ```\n  <!-- a\n  ```\n- b", "- ```\n  <!-- a\n  ```\n- b"],
  ["a fence within a comment", "<!--\n```\n-->\na <!-- b -->", "\na "],
  ["with Windows' line ends", "a\r\n<!-- b\r\n-->\r\nc", "a\n\nc"],
])("%s", (_what, text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

const outside = (text: string): string[] =>
  visibleLines(text)
    .filter(({ isCode }) => !isCode)
    .map((line) => line.text);

test("what is code: a fence and all in it; of a list's item, as long as the item goes on", () => {
  expect(outside("a\n```js\nb\n````\nc")).toEqual(["a", "c"]);
  expect(outside("1. ~~~\n   a\nb")).toEqual(["b"]);
  expect(outside("a\n```\nb")).toEqual(["a"]);
  expect(outside("``` `x` ```\nb")).toEqual(["``` `x` ```", "b"]);
});
