/** What Cairn writes commands nothing: every prose there is, with the worst that others can put into it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { inertText } from "../../../src/core/commands/inert.ts";
import { parseCommands } from "../../../src/core/commands/parse.ts";
import { repliesOf } from "../../../src/core/commands/replies.ts";
import { commandLines } from "../../../src/core/commands/scan.ts";
import { HOLDS, type HoldReason, nextOf } from "../../../src/core/holds.ts";
import { encodeMarker, type Marker } from "../../../src/core/marker.ts";
import { proseOf } from "../../../src/core/prose.ts";
import { WAITS } from "../../../src/core/waits.ts";
import { anyText, seeded } from "../properties/seeded.ts";
import { marker } from "../properties/words.ts";

const COMMAND = "/cairn cancel";
/** Text of others that wants to become a line of its own. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        COMMAND,
        `\n${COMMAND}\n`,
        `\n\n${COMMAND}`,
        `\r${COMMAND}\r`,
        `\u2028${COMMAND}`,
        `\`\n\n${COMMAND}`,
      ),
      fc.constantFrom(
        "\n",
        "`",
        "```\n",
        "\n```\n",
        "-->",
        "<!--",
        "<details>\n\n",
        "\\",
        "> ",
        "\u200b",
        "\u0000",
      ),
      anyText(10),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

/** The same value with every text of others in it replaced. */
function spoilt<T>(value: T, text: string): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => spoilt(item, text)) as T;
  const own = Object.entries(value).map(([key, item]) => [key, OTHERS.has(key) ? text : spoilt(item, text)]);
  return Object.fromEntries(own) as T;
}
/** Fields of markers that hold what Cairn has not made up itself. */
const OTHERS = new Set(["why", "detail", "url", "conclusion", "branch", "base", "head", "commit"]);

test("no marker's prose holds a command or what looks like one, above its marker and alone", () => {
  const met = new Set<Marker["type"]>();
  fc.assert(
    fc.property(marker, hostile, (one, text) => {
      met.add(one.type);
      for (const words of [one, spoilt(one, text)]) {
        const prose = proseOf(words);
        expect(commandLines(prose)).toEqual([]);
        expect(parseCommands(encodeMarker(prose, words))).toEqual([]);
      }
    }),
    seeded(2_000),
  );
  expect(met.size).toBe(6);
});

test("the words of every hold and every wait, and the answer to status with them, hold none", () => {
  const reasons = Object.keys(HOLDS) as HoldReason[];
  const nows = [
    ...reasons.map((reason) => ({ what: HOLDS[reason].what, next: nextOf(reason) })),
    ...Object.values(WAITS),
  ];
  expect(nows.length).toBeGreaterThan(40);
  fc.assert(
    fc.property(fc.constantFrom(...nows), hostile, (now, detail) => {
      expect(commandLines(repliesOf([{ about: "status", ...now, detail }]))).toEqual([]);
    }),
    seeded(1_000),
  );
});

test("the help holds none, and the answer to a mistyped command neither, whatever was mistyped", () => {
  expect(commandLines(repliesOf([{ about: "help" }]))).toEqual([]);
  fc.assert(
    fc.property(hostile, (text) => {
      const found = parseCommands(text).flatMap((one) => (one.kind === "problem" ? one : []));
      expect(commandLines(repliesOf([{ about: "problems", problems: found }]))).toEqual([]);
    }),
    seeded(1_000),
  );
});

test("the guard leaves text without commands as it is, and takes the command out of any other", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(commandLines(inertText(text))).toEqual([]);
      if (commandLines(text).length === 0) expect(inertText(text)).toBe(text);
    }),
    seeded(3_000),
  );
});
