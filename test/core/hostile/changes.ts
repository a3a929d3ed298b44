/** What an adversary does to a real marker, one thing at a time. */
import fc from "fast-check";
import { anyText } from "../properties/seeded.ts";

/** A place in a text: 0 is its begin, 1 its end. */
export const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** `text` with `count` UTF-16 units at a place (0 to 1) replaced. */
export function spliced(text: string, at: number, count: number, by: string): string {
  const index = Math.floor(at * text.length);
  return text.slice(0, index) + by + text.slice(index + count);
}

const BIDI = [..."\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff"];
const NUMBERS = [
  "1e400",
  "-1e400",
  "1e308",
  "9007199254740993",
  "-0",
  "1.0",
  "1E2",
  "01",
  "0x1",
  "9".repeat(400),
  "NaN",
];
const POLLUTING = [
  '"__proto__":{"polluted":1}',
  '"constructor":{"prototype":{"polluted":1}}',
  '"prototype":{"polluted":1}',
  '"toString":1',
  '"hasOwnProperty":null',
];
const VERSIONS = ["0", "2", "1.5", '"1"', "null", "[1]", "true", '{"valueOf":1}', "999999999999"];
const WRAPS = [
  ["> ", ""],
  ["    ", ""],
  ["`", "`"],
  ["```\n", "\n```"],
  ["~~~html\n", "\n~~~\n"],
  ["<!-- ", " -->"],
  ["<details>\n", "\n</details>"],
  ['"', '"'],
  ["\\", ""],
  ["", "."],
  ["- ", ""],
] as const;

/** One thing that is done to a text: most of it to a block. */
type Change = (text: string) => string;
export const change: fc.Arbitrary<readonly [what: string, Change]> = fc.oneof(
  fc
    .tuple(place, anyText(3))
    .map(([at, by]) => ["one place replaced", (text: string) => spliced(text, at, 1, by)] as const),
  fc.tuple(place, fc.integer({ min: 0, max: 255 })).map(
    ([at, bits]) =>
      [
        "one unit changed",
        (text: string) => {
          const unit = text.charCodeAt(Math.floor(at * text.length)) || 0;
          return spliced(text, at, 1, String.fromCharCode(unit ^ bits));
        },
      ] as const,
  ),
  fc
    .tuple(place, fc.nat({ max: 30 }))
    .map(([at, count]) => ["a part removed", (text: string) => spliced(text, at, count, "")] as const),
  place.map((at) => ["truncated", (text: string) => text.slice(0, Math.floor(at * text.length))] as const),
  fc.tuple(place, fc.nat({ max: 30 })).map(
    ([at, count]) =>
      [
        "a part doubled",
        (text: string) => {
          const index = Math.floor(at * text.length);
          return spliced(text, at, 0, text.slice(index, index + count));
        },
      ] as const,
  ),
  place.map(
    (at) =>
      [
        "case changed",
        (text: string) => {
          const unit = text.charAt(Math.floor(at * text.length));
          const upper = unit.toUpperCase();
          return spliced(text, at, 1, upper === unit ? unit.toLowerCase() : upper);
        },
      ] as const,
  ),
  fc
    .constantFrom(...WRAPS)
    .map(([before, after]) => ["quoted", (text: string) => before + text + after] as const),
  fc
    .tuple(place, fc.constantFrom(...BIDI))
    .map(([at, unit]) => ["bidi", (text: string) => spliced(text, at, 0, unit)] as const),
  fc
    .constantFrom(...POLLUTING)
    .map((pair) => ["prototype", (text: string) => text.replace("{", `{${pair},`)] as const),
  fc.tuple(fc.constantFrom(...NUMBERS), fc.nat({ max: 8 })).map(
    ([number, skip]) =>
      [
        "number",
        (text: string) => {
          let seen = 0;
          return text.replaceAll(/:\d+/g, (old) => (seen++ === skip ? `:${number}` : old));
        },
      ] as const,
  ),
  fc
    .constantFrom(...VERSIONS)
    .map(
      (version) => ["another version", (text: string) => text.replace('"v":1', `"v":${version}`)] as const,
    ),
  fc
    .constantFrom(" ", "\t", "\n", "\r\n", "\\u0020", "/**/")
    .map((space) => ["respelt", (text: string) => text.replace(/([:,])/, `$1${space}`)] as const),
  fc
    .constantFrom("", " ", "\n", "\n\n")
    .map((between) => ["doubled", (text: string) => text + between + text.slice(0, -1)] as const),
  place.map(
    (at) =>
      [
        "invalid UTF-8",
        (text: string) => {
          const bytes = Buffer.from(text);
          bytes[Math.floor(at * bytes.length)] = 0x80 + Math.floor(at * 127);
          return bytes.toString("utf8");
        },
      ] as const,
  ),
  place.map((at) => ["half a surrogate pair", (text: string) => spliced(text, at, 0, "\ud83e")] as const),
);
