/** Canonical JSON: one value, one text; another value, another digest. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, digestOf, type Json, textDigest } from "../../../src/core/canonical.ts";
import { anyText, seeded } from "./seeded.ts";

const value = fc.jsonValue({ maxDepth: 4, noUnicodeString: false }) as fc.Arbitrary<Json>;

/** The same value with the keys of every object in another order. */
function shuffled(json: Json, order: (keys: string[]) => string[]): Json {
  if (Array.isArray(json)) return json.map((item) => shuffled(item, order));
  if (typeof json !== "object" || json === null) return json;
  const from = json as { readonly [key: string]: Json };
  return Object.fromEntries(order(Object.keys(from)).map((key) => [key, shuffled(from[key] ?? null, order)]));
}

/** Every place in a value, by the keys that lead there. */
function placesOf(
  json: Json,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof json !== "object" || json === null) return [path];
  const inner = Array.isArray(json) ? [...json.entries()] : Object.entries(json);
  return [path, ...inner.flatMap(([key, item]) => placesOf(item as Json, [...path, key]))];
}

function replaced(json: Json, [key, ...rest]: readonly (string | number)[], by: (old: Json) => Json): Json {
  if (key === undefined) return by(json);
  if (Array.isArray(json))
    return json.map((item, index) => (index === key ? replaced(item, rest, by) : item));
  const entries = Object.entries(json as { readonly [key: string]: Json });
  return Object.fromEntries(
    entries.map(([name, item]) => [name, name === key ? replaced(item, rest, by) : item]),
  );
}

test("it is JSON, and reads back as the value", () => {
  fc.assert(
    // JSON has one zero.
    fc.property(value, (json) => {
      expect(JSON.parse(canonicalJson(json))).toEqual(JSON.parse(JSON.stringify(json)));
    }),
    seeded(1_000),
  );
});

test("the order of keys is irrelevant, at every depth", () => {
  fc.assert(
    fc.property(value, (json) => {
      expect(digestOf(shuffled(json, (keys) => keys.reverse()))).toBe(digestOf(json));
      expect(canonicalJson(shuffled(json, (keys) => keys.sort()))).toBe(canonicalJson(json));
    }),
    seeded(1_000),
  );
});

test("every change changes the digest, at every place", () => {
  const changes: readonly ((old: Json) => Json)[] = [
    (old) => [old],
    (old) => ({ old }),
    (old) => (old === null ? false : null),
    (old) => (typeof old === "string" ? `${old} ` : "other"),
    (old) => (typeof old === "number" ? old / 2 + 1.5e-300 + (old === 0 ? 1 : 0) : 7),
    (old) => (Array.isArray(old) ? [...old, null] : []),
    (old) =>
      typeof old === "object" && old !== null && !Array.isArray(old) ? { ...old, "one more": 1 } : {},
  ];
  fc.assert(
    fc.property(value, fc.nat(), fc.constantFrom(...changes), (json, pick, change) => {
      const places = placesOf(json);
      const place = places[pick % places.length] ?? [];
      const other = replaced(json, place, change);
      fc.pre(JSON.stringify(other) !== JSON.stringify(json));
      expect(digestOf(other)).not.toBe(digestOf(json));
    }),
    seeded(2_000),
  );
});

test("a key that is taken away changes the digest; one that is undefined never was there", () => {
  fc.assert(
    fc.property(fc.dictionary(anyText(10), value, { minKeys: 1 }), anyText(10), (json, name) => {
      const [first = ""] = Object.keys(json);
      const { [first]: _gone, ...rest } = json;
      expect(digestOf(rest)).not.toBe(digestOf(json));
      fc.pre(!Object.hasOwn(json, name) && name !== "__proto__");
      expect(digestOf({ ...json, [name]: undefined })).toBe(digestOf(json));
    }),
    seeded(500),
  );
});

test("an issue's text has one digest with either end of line, and another with every other word", () => {
  fc.assert(
    fc.property(anyText(), anyText(200), anyText(), (title, body, other) => {
      const unix = body.replaceAll("\r\n", "\n");
      expect(textDigest(title, unix.replaceAll("\n", "\r\n"))).toBe(textDigest(title, unix));
      if (other !== title) expect(textDigest(other, body)).not.toBe(textDigest(title, body));
      expect(textDigest(title, `${body}.`)).not.toBe(textDigest(title, body));
    }),
    seeded(500),
  );
});
