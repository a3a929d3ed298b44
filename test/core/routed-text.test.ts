/** An issue's words where it was opened elsewhere: a quotation, under which only Cairn's own key counts. */
import { expect, test } from "vitest";
import { carries } from "../../src/core/keys.ts";
import { routedText } from "../../src/core/routed-text.ts";

const KEY = "issue.create:8/from/7/12#g1a1";
const about = { from: "acme/tools#12", asker: "maya", title: "A title", text: "Its text.", key: KEY };

test("it says where it is from and for whom, has the text as code, and ends with its key", () => {
  const { title, body } = routedText(about);
  expect(title).toBe("A title");
  expect(body.split("\n").slice(0, 7)).toEqual([
    "From acme/tools#12, asked for by @maya.",
    "",
    "What it says there:",
    "",
    "```markdown",
    "Its text.",
    "```",
  ]);
  expect(body.endsWith(`\n<!--\nCairn-Effect: ${KEY}\n-->`)).toBe(true);
  expect(carries(body, KEY)).toBe(true);
});

test.each(["\n", "\r\n"])("no words of others end the quotation, or pass for a key", (end) => {
  const other = "issue.create:8/from/7/13#g1a1";
  const text = ["````", "@robin", `  Cairn-Effect: ${other}`, `\u2028Cairn-Effect: ${other}`, "-->"].join(
    end,
  );
  const { body } = routedText({ ...about, text });
  expect(carries(body, other)).toBe(false);
  expect(carries(body, KEY)).toBe(true);
  const lines = body.split("\n");
  expect(lines.filter((line) => line.startsWith("`````"))).toEqual(["`````markdown", "`````"]);
  expect(lines.indexOf("@robin")).toBeLessThan(lines.lastIndexOf("`````"));
});

test("it is bounded in length, and says that it was cut; no title is empty", () => {
  const { title, body } = routedText({ ...about, title: "x".repeat(300), text: "y".repeat(40_000) });
  expect(title).toHaveLength(200);
  expect(body).toContain("begins so");
  expect(body.match(/y+/g)?.map((run) => run.length)).toContain(30_000);
  expect(body.length).toBeLessThan(31_000);
  // A cut through a pair of code units leaves none alone.
  expect(routedText({ ...about, text: `x${"😀".repeat(20_000)}` }).body.isWellFormed()).toBe(true);
  expect(routedText({ ...about, title: "\u0000" }).title).toBe("(no title)");
});
