import { expect, test } from "vitest";
import { canonicalJson, digestOf, sha256, textDigest } from "../../src/core/canonical.ts";
import { decodeMarker, digestOfMarker, encodeMarker, type HoldMarker } from "../../src/core/marker.ts";

const marker = (detail: string): HoldMarker => ({
  v: 1,
  type: "hold",
  issue: { repository: 7, number: 12 },
  seq: 4,
  generation: 1,
  reason: "asked",
  detail,
  evidence: [],
});

test("a marker survives its comment, whatever its text holds", () => {
  for (const detail of [
    "plain",
    "a --> b <!-- c",
    "-- --- ----",
    "<script>",
    "“ü” 🪨\n\t",
    "}{",
    "\\u003c",
  ]) {
    const body = encodeMarker("Words for people.", marker(detail));
    const decoded = decodeMarker(body);
    expect(decoded).toEqual({
      kind: "marker",
      marker: marker(detail),
      digest: digestOfMarker(marker(detail)),
    });
    // GitHub ends an HTML comment at the first `-->`: there is one.
    expect(body.match(/-->/g)).toHaveLength(1);
  }
});

test("only the last block counts: what is quoted above it, or stands before other text, is none (I7)", () => {
  const body = encodeMarker("x", marker("real"));
  expect(decodeMarker(`${body}\n\nedited by a person`)).toMatchObject({ kind: "malformed" });
  expect(decodeMarker(`\`\`\`\n${body}\n\`\`\``)).toMatchObject({ kind: "malformed" });
  expect(decodeMarker(`> ${body}\n\n${encodeMarker("y", marker("second"))}`)).toMatchObject({
    marker: { detail: "second" },
  });
  expect(decodeMarker("no marker here")).toEqual({ kind: "none" });
});

test("what is truncated, of another version or no marker at all is malformed, with the reason", () => {
  const body = encodeMarker("x", marker("real"));
  expect(decodeMarker(body.slice(0, -10))).toMatchObject({ kind: "malformed" });
  expect(decodeMarker(body.replace('"v":1', '"v":2'))).toMatchObject({ why: "version 2 is not known here" });
  expect(decodeMarker(body.replace('"hold"', '"grant"'))).toMatchObject({ kind: "malformed" });
});

test("an edit changes the digest; the order of keys does not", () => {
  expect(digestOfMarker(marker("a"))).not.toBe(digestOfMarker(marker("b")));
  expect(digestOf({ b: 1, a: [1, { d: 2, c: 3 }] })).toBe(digestOf({ a: [1, { c: 3, d: 2 }], b: 1 }));
  expect(canonicalJson({ b: undefined, a: null })).toBe('{"a":null}');
  expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
});

const block = (json: string): string => `x\n\n<!-- cairn:marker ${json} -->`;
const real = JSON.stringify(marker("real"));

test("what JSON reads and never writes is malformed, and throws nothing", () => {
  const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
  expect(decodeMarker(block(real.replace("12", "1e400")))).toMatchObject({ kind: "malformed" });
  expect(decodeMarker(block(real.replace('"real"', deep)))).toMatchObject({ kind: "malformed" });
  expect(decodeMarker(block(real.replace('"v":1', `"v":${deep}`)))).toMatchObject({ kind: "malformed" });
});

test("one marker has one spelling: another of the same value is malformed", () => {
  const body = encodeMarker("x", marker("a--b"));
  expect(decodeMarker(body)).toMatchObject({ kind: "marker" });
  const spellings = [
    body.replace("\\u002d", "\\u002D"),
    body.replace('"v":1', '"v":1.0'),
    body.replace('"v":1', '"v": 1'),
    body.replace('"v":1', '"v":1,"v":1'),
    body.replace('"a-', '"\\u0061-'),
  ];
  for (const other of spellings) {
    expect(other).not.toBe(body);
    expect(decodeMarker(other)).toEqual({ kind: "malformed", why: "not spelt as Cairn spells it" });
  }
});

test("a block begins a line: quoted, indented or inside of other words it is none", () => {
  const whole = encodeMarker("", marker("real")).trimStart();
  for (const before of ["> ", "    ", "`", "<!-- ", "words "]) {
    expect(decodeMarker(`x\n\n${before}${whole}`)).toMatchObject({ kind: "malformed" });
  }
  // A browser ends lines in its own way.
  expect(decodeMarker(`x\r\n\r\n${whole}\r\n`)).toMatchObject({ kind: "marker" });
});

test("what is missing or wrong in a block is told in words", () => {
  const why = (value: unknown): string => {
    const decoded = decodeMarker(block(canonicalJson(value)));
    return decoded.kind === "malformed" ? decoded.why : decoded.kind;
  };
  const value = { ...marker("real") };
  expect(why(value)).toBe("marker");
  expect(why({ ...value, v: "1" })).toBe('version "1" is not known here');
  expect(why({ ...value, type: "grant" })).toBe('type "grant" is not known here');
  for (const other of [undefined, {}, { repository: 7 }, { number: 12 }, { repository: "7", number: 12 }]) {
    expect(why({ ...value, issue: other })).toBe("names no issue");
  }
  for (const seq of [undefined, 0, -1, 1.5, "1"])
    expect(why({ ...value, seq })).toBe("names no step of the chain");
  expect(why({ ...value, seq: 1 })).toBe("marker");
  for (const type of ["intent", "result", "hold", "refusal", "alarm"])
    expect(why({ ...value, type })).toBe("marker");
  expect(decodeMarker(block("{]}"))).toMatchObject({ why: expect.stringMatching(/^not JSON: ./) });
  expect(decodeMarker(block("{}"))).toMatchObject({ why: "version undefined is not known here" });
  expect(decodeMarker("x <!-- cairn:marker {")).toEqual({
    kind: "malformed",
    why: "the block is not the last thing in the comment",
  });
});

test("the words stand above the block, without what trails them; a block alone is enough", () => {
  expect(encodeMarker(" words \n\n", marker("a"))).toMatch(/^ words\n\n<!-- cairn:marker \{/);
  expect(decodeMarker(encodeMarker("", marker("a")).trimStart())).toMatchObject({ kind: "marker" });
});

test("canonical JSON: keys in order, no spaces, and nothing that JSON cannot say", () => {
  expect(canonicalJson({ b: [true, false, null], a: { d: "x", c: -1.5 }, aa: 0 })).toBe(
    '{"a":{"c":-1.5,"d":"x"},"aa":0,"b":[true,false,null]}',
  );
  expect(canonicalJson({ c: 1, a: 2, b: 3 })).toBe('{"a":2,"b":3,"c":1}');
  expect(() => canonicalJson(Number.POSITIVE_INFINITY)).toThrow("not a JSON number: Infinity");
  expect(() => canonicalJson([undefined])).toThrow("not JSON: undefined");
  expect(() => canonicalJson({ f: () => 1 })).toThrow("not JSON: function");
  expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("an issue's text: title and body, with either end of line", () => {
  expect(textDigest("T", "a\r\nb\r\n")).toBe(textDigest("T", "a\nb\n"));
  expect(textDigest("T", "a\nb")).toBe(digestOf({ title: "T", body: "a\nb" }));
  expect(textDigest("T", "ab")).not.toBe(textDigest("T", "a\nb"));
});
