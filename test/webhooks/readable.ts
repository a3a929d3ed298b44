/**
 * GitHub's JSON in a form to read, and back: a chain commit's message as title and record, a marker's comment as
 * prose and marker, a file as its lines. `toWire(toReadable(x))` is `x`, but for the random word of a record.
 */
import type { Json } from "../../src/core/canonical.ts";
import { type ChainRecord, decodeRecord, encodeRecord } from "../../src/core/commit-message.ts";
import { decodeMarker, encodeMarker, type Marker } from "../../src/core/marker.ts";

/** Each record carries a random word (`by`), another one at each replay: this stands in its place. */
export const BY = "a random word";

type Fields = Readonly<Record<string, Json>>;

export const isFields = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function toReadable(value: Json): Json {
  if (Array.isArray(value)) return value.map(toReadable);
  if (!isFields(value)) return typeof value === "string" ? linesOf(value) : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, readableField(key, inner, value)]),
  );
}

function readableField(key: string, value: Json, all: Fields): Json {
  if (typeof value !== "string") return toReadable(value);
  if (key === "message") {
    const decoded = decodeRecord(value);
    if (decoded.kind === "record") {
      const record = ordered({ ...decoded.record, by: BY } as unknown as Json);
      return { title: value.split("\n\n")[0] ?? "", record };
    }
  }
  if (key === "body") {
    const decoded = decodeMarker(value);
    if (decoded.kind === "marker") {
      const prose = value.slice(0, value.lastIndexOf("<!--")).trimEnd();
      return { prose: prose.split("\n"), marker: ordered(decoded.marker as unknown as Json) };
    }
  }
  if (key === "content" && all.encoding === "base64") {
    return { text: Buffer.from(value, "base64").toString("utf8").split("\n") };
  }
  return linesOf(value);
}

/** What says what a thing is comes first; canonical JSON has it anywhere. */
const FIRST = ["v", "type", "step", "kind", "steps", "edge", "generation", "attempt", "id", "key"];

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isFields(value)) return value;
  const keys = [...new Set([...FIRST.filter((key) => key in value), ...Object.keys(value)])];
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key] ?? null)]));
}

const linesOf = (text: string): Json => (text.includes("\n") ? { lines: text.split("\n") } : text);

export function toWire(value: Json): Json {
  if (Array.isArray(value)) return value.map(toWire);
  if (!isFields(value)) return value;
  const { title, record, prose, marker, text, lines } = value;
  if (typeof title === "string" && isFields(record)) {
    return encodeRecord(title, record as unknown as ChainRecord);
  }
  if (Array.isArray(prose) && isFields(marker)) {
    return encodeMarker(prose.join("\n"), marker as unknown as Marker);
  }
  if (Array.isArray(text)) return Buffer.from(text.join("\n")).toString("base64");
  if (Array.isArray(lines)) return lines.join("\n");
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toWire(inner)]));
}
