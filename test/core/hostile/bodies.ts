/**
 * Comments as an adversary writes them: real markers that were cut, doubled, bent, quoted and respelt, and text
 * that looks like one. Each is told with the name of what was done to it.
 */
import fc from "fast-check";
import { emptyChain } from "../../../src/core/chain.ts";
import { digestOfMarker, encodeMarker } from "../../../src/core/marker.ts";
import { anyText } from "../properties/seeded.ts";
import { declaredMarker } from "../properties/words.ts";
import { change, place, spliced } from "./changes.ts";

export interface Body {
  readonly kind: string;
  readonly text: string;
}

const OPEN = "<!-- cairn:marker ";
const CLOSE = " -->";

export const issue = { repository: 7, number: 12 };

/** The markers that the chain declares: of each type several, the same in every run. */
const real = fc.sample(declaredMarker, { seed: 1, numRuns: 24 }).map((marker) => ({ ...marker, issue }));

export const chain = { ...emptyChain(issue), seq: 100, declared: real.map(digestOfMarker) };

const blocks: readonly string[] = real.map((marker) => encodeMarker("", marker).trimStart());

/** Whether the body ends with a marker that nobody touched, on a line of its own: what must be accepted. */
export function isUntouched(body: string): boolean {
  const text = body.trimEnd();
  return blocks.some(
    (block) => text.endsWith(block) && ["", "\n"].includes(text.charAt(text.length - block.length - 1)),
  );
}

const block = fc.constantFrom(...blocks);
const jsonOf = (of: string): string => of.slice(OPEN.length, -CLOSE.length);
const blockOf = (json: string): string => `${OPEN}${json}${CLOSE}`;
const changed = fc
  .tuple(anyText(60), block, fc.array(change, { minLength: 1, maxLength: 4, size: "max" }))
  .map(([prose, of, changes]): Body => {
    const text = changes.reduce((before, [, apply]) => apply(before), of);
    return {
      kind: changes.length === 1 ? (changes[0]?.[0] ?? "") : "several of these",
      text: `${prose}\n\n${text}`,
    };
  });

const repeated = (unit: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** Pieces that a reader could stumble over when there are many. */
export const PIECES: readonly string[] = [
  OPEN,
  `${OPEN}{`,
  `\n${OPEN}{`,
  CLOSE,
  `}${CLOSE}`,
  `}${CLOSE} x`,
  `\n${OPEN}{}${CLOSE}`,
  "{",
  "}",
  "[",
  '{"a":',
  '"',
  "\\",
  "-",
  "--",
  "<!--",
  "\n",
  " \n",
  "\u00a0",
  "\ud800",
  "🪨",
];

/** A body of about this many characters, hostile by its length: how `deep` is a marker with that much inside. */
export function long(piece: string, length: number): string {
  return `\n\n${repeated(piece, length)}`;
}

export function deep(of: string, open: string, close: string, levels: number): string {
  return `\n\n${blockOf(jsonOf(of).replace('{"', `{"":${open.repeat(levels)}1${close.repeat(levels)},"`))}`;
}

const shaped: fc.Arbitrary<Body> = fc.oneof(
  anyText(200).map((text) => ({ kind: "noise", text })),
  fc.tuple(anyText(40), block, place).map(([prose, of, at]) => ({
    kind: "unterminated",
    text: `${prose}\n${of.slice(0, Math.min(OPEN.length + Math.floor(at * of.length), of.length - 1))}`,
  })),
  fc
    .tuple(block, block, place)
    .map(([of, inner, at]) => ({ kind: "nested", text: `\n\n${spliced(of, at, 0, inner)}!` })),
  fc
    .tuple(block, fc.constantFrom(["[", "]"], ['{"a":', "}"]), fc.integer({ min: 1, max: 300 }))
    .map(([of, [open = "", close = ""], levels]) => ({ kind: "deep", text: deep(of, open, close, levels) })),
  fc.json({ maxDepth: 4 }).map((json) => ({ kind: "any JSON", text: `\n\n${blockOf(json)}` })),
  fc
    .record({
      v: fc.constantFrom<unknown>(1, 1, 2, "1"),
      type: fc.constantFrom<unknown>("intent", "hold", "alarm", "grant", null, ["hold"]),
      issue: fc.oneof(fc.constant(issue), fc.jsonValue()),
      seq: fc.oneof(fc.integer(), fc.jsonValue()),
      detail: fc.jsonValue({ maxDepth: 2 }),
    })
    .map((value) => ({ kind: "forged", text: `\n\n${blockOf(JSON.stringify(value))}` })),
  fc.tuple(fc.uint8Array({ maxLength: 200 }), block, place).map(([bytes, of, at]) => ({
    kind: "bytes",
    text: spliced(`\n\n${of}`, at, 20, Buffer.from(bytes).toString("utf8")),
  })),
  fc.tuple(fc.constantFrom(...PIECES), fc.integer({ min: 1, max: 2_000 })).map(([piece, length]) => ({
    kind: "repeated",
    text: long(piece, length),
  })),
);

const MEGABYTE = 1_048_576;
const mega: fc.Arbitrary<Body> = fc.oneof(
  fc.tuple(fc.constantFrom(...PIECES), fc.integer({ min: 1, max: 3 })).map(([piece, count]) => ({
    kind: "megabytes",
    text: long(piece, count * MEGABYTE),
  })),
  fc.tuple(block, fc.constantFrom(["[", "]"], ['{"a":', "}"])).map(([of, [open = "", close = ""]]) => ({
    kind: "megabytes, deep",
    text: deep(of, open, close, MEGABYTE / 4),
  })),
);

/** Markers that nobody touched, under any prose: the reader must still know them among all that. */
const untouched = fc
  .tuple(anyText(60), block, fc.constantFrom("", "\n", "\r\n ", "\u2028"))
  .map(([prose, of, end]): Body => ({ kind: "untouched", text: `${prose}\n\n${of}${end}` }));

export const anyBody: fc.Arbitrary<Body> = fc.oneof(
  { weight: 3_000, arbitrary: changed },
  { weight: 1_000, arbitrary: shaped },
  { weight: 40, arbitrary: untouched },
  { weight: 1, arbitrary: mega },
);
