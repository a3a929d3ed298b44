/**
 * Takes out of a recording what differs from one to the next: times, commits and addresses. Markers change with
 * them, so their digests are taken anew; everything stays as consistent as GitHub gave it.
 */
import { digestOf, type Json } from "../../src/core/canonical.ts";
import { markersIn } from "./names.ts";
import { isFields } from "./readable.ts";

/** The minute in which each recorded webhook is delivered. */
export const DELIVERED_AT = Date.parse("2026-01-01T12:00:00Z");

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** In an address its colons are escaped. */
const TIME = /\d{4}-\d\d-\d\dT\d\d(?::|%3A)\d\d(?::|%3A)\d\d(?:\.\d{3})?Z/g;
const SHA = /\b[0-9a-f]{40}\b/g;
/** A commit's name in prose. */
const SHORT = /\b[0-9a-f]{12}\b/g;
const DIGEST = /\b[0-9a-f]{64}\b/g;
/** What a chain says of the text that is worked on. */
const TEXTS = /"worksOn":\{[^{}]*\}/g;
/** Git's tree without files has the same name everywhere. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** `deliveredAt`: milliseconds, a whole second. `sandboxUrl`: becomes `https://github.com`. */
export function tidy<T>(recording: T, deliveredAt: number, sandboxUrl: string): T {
  const shas = new Map<string, string>();
  const shaOf = (sha: string): string => {
    if (sha === EMPTY_TREE) return sha;
    const known = shas.get(sha) ?? numbered(shas.size + 1, 40);
    shas.set(sha, known);
    return known;
  };
  const timeOf = (at: number): number => DELIVERED_AT + Math.floor((at - deliveredAt) / MINUTE) * MINUTE;
  const isTime = (value: number): boolean => Math.abs(value - deliveredAt) < 2 * DAY;
  const text = (value: string): string => {
    const full = value
      .replaceAll(sandboxUrl, "https://github.com")
      .replace(TIME, (at) => inFormOf(at, timeOf(Date.parse(decodeURIComponent(at)))))
      .replace(SHA, shaOf);
    return full.replace(SHORT, (short) => {
      const sha = [...shas.keys()].find((one) => one.startsWith(short));
      return sha === undefined ? short : shaOf(sha).slice(0, short.length);
    });
  };
  const scalar = (value: Json): Json => {
    if (typeof value === "string") return text(value);
    return typeof value === "number" && isTime(value) ? timeOf(value) : value;
  };
  const before = recording as Json;
  const after = mapped(before, scalar);
  const digests = new Map<string, string>();
  const old = markersIn(before);
  for (const [index, marker] of markersIn(after).entries()) {
    digests.set(digestOf(old[index]), digestOf(marker));
  }
  // Of an intent that was announced before the webhook only the digest is seen. What an issue says is the same in each.
  const texts = JSON.stringify(after).match(TEXTS) ?? [];
  const pinned = new Set(JSON.stringify([markersIn(after), texts]).match(DIGEST) ?? []);
  const digest = (old: string): string => {
    if (pinned.has(old)) return old;
    const known = digests.get(old) ?? numbered(digests.size + 1, 64);
    digests.set(old, known);
    return known;
  };
  return mapped(after, (value) => (typeof value === "string" ? value.replace(DIGEST, digest) : value)) as T;
}

const numbered = (number: number, length: number): string => `${number}`.padStart(3, "0").padEnd(length, "0");

const inFormOf = (form: string, at: number): string => {
  const iso = new Date(at).toISOString();
  const shown = form.includes(".") ? iso : iso.replace(".000Z", "Z");
  return form.includes("%") ? encodeURIComponent(shown) : shown;
};

function mapped(value: Json, scalar: (value: Json) => Json): Json {
  if (Array.isArray(value)) return value.map((item) => mapped(item, scalar));
  if (!isFields(value)) return scalar(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, scalar)]));
}
