/** The scanner against whatever anybody writes: it never throws, takes linear time, and nothing wrapped counts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { MOST_COMMANDS, parseCommands } from "../../../src/core/commands/parse.ts";
import { linesOf } from "../../../src/core/commands/scan.ts";
import { COMMANDS, VERBS } from "../../../src/core/commands/table.ts";
import { anyText, seeded } from "../properties/seeded.ts";

const command = fc.constantFrom(...VERBS.flatMap((verb) => COMMANDS[verb].examples));
/** What people and adversaries put around commands. */
const piece = fc.oneof(
  { weight: 3, arbitrary: command },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...'|\n|# h|- a|1. a|> a|a ` b|`|``|a | b|--|--|[a](b "|")|[a]: b|![a|<b>|</b>|<b|">|<br>|<hr title="'.split(
        "|",
      ),
      ..."```,````,~~~,  ```,    ```,\t~~~,- ```,> ```,<!--,-->,--!>,<!-- a -->,<details>,</details>,<pre>,</pre>,<?,$$,~~,---,===,\\,[^1]: a,\u200b,\u2028".split(
        ",",
      ),
    ),
  },
  { weight: 1, arbitrary: anyText(20) },
);
const eol = fc.constantFrom("\n", "\n", "\n\n", "\r\n", "\r");
const body = fc
  .array(fc.tuple(piece, eol), { maxLength: 14, size: "max" })
  .map((lines) => lines.map(([line, end]) => line + end).join(""));

test("never throws, whatever is written; what counts stands in the first column of its line", () => {
  fc.assert(
    fc.property(fc.oneof(body, anyText(200)), (text) => {
      const found = parseCommands(text);
      const lines = linesOf(text);
      expect(found.length).toBeLessThanOrEqual(MOST_COMMANDS + 1);
      for (const one of found) {
        if (one.kind === "command")
          expect(lines[one.line - 1]).toMatch(new RegExp(`^/cairn[ \\t]+${one.verb}`));
        else expect(one.found.length).toBeLessThan(600);
      }
      expect(found.map(({ line }) => line)).toEqual(found.map(({ line }) => line).sort((a, b) => a - b));
    }),
    seeded(5_000),
  );
});

test("what stands above a command never makes it another one", () => {
  fc.assert(
    fc.property(body, command, (text, last) => {
      const [alone] = parseCommands(last);
      const line = linesOf(`${text}\n`).length;
      const found = parseCommands(`${text}\n${last}`).find((one) => one.line === line);
      if (found?.kind === "command") expect({ ...found, line: 1 }).toEqual(alone);
    }),
    seeded(3_000),
  );
});

const indent = fc.constantFrom("", " ", "  ", "   ");
const count = fc.integer({ min: 3, max: 9 });
const info = fc.constantFrom("", " ", "js", " a b", "\t", "{x}", "\u2028");
/** Lines that end no fence, as none has a run of its kind. */
const inner = (mark: string) => body.map((text) => text.replaceAll(mark, "-"));

test("nothing within a fence counts, however it is written, nor behind one that is never closed", () => {
  const fence = fc
    .constantFrom("`", "~")
    .chain((mark) => fc.record({ mark: fc.constant(mark), inside: inner(mark) }));
  fc.assert(
    fc.property(fence, indent, count, info, fc.boolean(), command, (of, space, length, words, open, last) => {
      const run = of.mark.repeat(length);
      const code = of.inside.replace(/^/gm, space);
      const end = open ? "" : `\n${space}${run}\n\n${last}`;
      const text = `${space}${run}${words}\n${code}${end}`;
      const counted = parseCommands(text).filter(({ kind }) => kind === "command");
      expect(counted.map(({ line }) => line)).toEqual(open ? [] : [linesOf(text).length]);
      if (space === "") expect(parseCommands(text)).toHaveLength(counted.length);
    }),
    seeded(3_000),
  );
});

test("nothing within a quote counts or is told, and neither does a line that goes on in it", () => {
  const plain = body.map((text) => text.replaceAll("<", "("));
  fc.assert(
    fc.property(plain, command, fc.constantFrom(">", "> ", "  > "), (text, lazy, mark) => {
      const quote = linesOf(text).map((line) => `${mark}${line}`);
      expect(parseCommands(quote.join("\n"))).toEqual([]);
      expect(parseCommands(`${mark}a\n${lazy}`)).toEqual([]);
    }),
    seeded(2_000),
  );
});

test("nothing within an HTML comment counts or is told", () => {
  const plain = body.map((text) => text.replaceAll("-->", "").replaceAll("--!>", ""));
  fc.assert(
    fc.property(plain, fc.boolean(), command, (text, closed, last) => {
      const hidden = `<!--\n${text}`;
      expect(parseCommands(hidden)).toEqual([]);
      if (closed) expect(parseCommands(`${hidden}\n-->\n${last}`)).toMatchObject([{ kind: "command" }]);
    }),
    seeded(2_000),
  );
});

test("nothing below HTML that stays open counts", () => {
  const opener = fc.constantFrom(
    "<details>",
    '<div title="',
    "<b",
    "a <table>",
    "> <td>",
    "- <pre>",
    "<!-- x\n\n-->\n<p>",
  );
  fc.assert(
    fc.property(opener, body, (open, text) => {
      expect(parseCommands(`${open}\n\n${text}`).filter(({ kind }) => kind === "command")).toEqual([]);
    }),
    seeded(2_000),
  );
});

test("no body is read in more than linear time", () => {
  const units = [
    ...[
      "/cairn",
      "/cairn ready\n",
      "/cairn x",
      "`",
      "``` ` ",
      "```\n",
      "~",
      "`a``b```c",
      "<",
      "<a",
      "<a ",
      "<a b=",
      '<a b="',
    ],
    ...[
      "<!--",
      "<!-- -->",
      "<!-- -->\n",
      "-->",
      "--!>",
      "> ",
      "- ",
      "-",
      "- - -",
      "*",
      "[",
      "](",
      "\\",
      "\\`",
      " ",
      "\t",
      "\n",
    ],
    ...[
      "\r",
      "|",
      "<b></b>",
      "</b>",
      "<b>\n",
      "a `b` c",
      "a\u200b",
      "\u{e0041}",
      "<https:x",
      "<br ",
      "<br\t\t",
      "=\n",
      "1.",
    ],
  ];
  const least = (text: string, times: number): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round += 1) {
      const from = performance.now();
      for (let time = 0; time < times; time += 1) parseCommands(text);
      best = Math.min(best, performance.now() - from);
    }
    return best / (times * text.length);
  };
  const long = (unit: string, length: number): string => unit.repeat(Math.ceil(length / unit.length));
  const shapes = units.flatMap((unit) => [
    (length: number) => long(unit, length),
    (length: number) => `/cairn hold ${long(unit, length)}`,
    (length: number) => `<a ${long(unit, length)}`,
    (length: number) => `\`${long(unit, length)}\n/cairn ready`,
  ]);
  const steep = shapes.flatMap((make) => {
    const [short, big] = [make(1_024), make(65_536)];
    least(short, 4);
    // What is quadratic takes 64 times as long for each character; other tests share the machine.
    const ratio = least(big, 1) / least(short, 8);
    return ratio > 12 ? [{ ratio, shape: short.slice(0, 20) }] : [];
  });
  expect(steep).toEqual([]);
});
