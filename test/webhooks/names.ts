/**
 * Markers by name: a recording shows each marker once, and names it where it is declared, written and cited.
 * `expanded(named(x))` is `x` again, with the markers that it was made of.
 */
import { digestOf, type Json } from "../../src/core/canonical.ts";
import { isFields } from "./readable.ts";
import type { Exchange, Recording } from "./recording.ts";

type Markers = Readonly<Record<string, Json>>;

/** All markers in a readable value, in the order in which they stand there. */
export function markersIn(value: Json): Json[] {
  if (Array.isArray(value)) return value.flatMap(markersIn);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "marker") return [inner];
    if (key === "markers" && Array.isArray(inner)) return [...inner];
    return markersIn(inner);
  });
}

export function named<T>(recording: T): T & { readonly markers: Markers } {
  const markers: Record<string, Json> = {};
  const names = new Map<string, string>();
  for (const marker of markersIn(recording as Json)) {
    if (names.has(digestOf(marker))) continue;
    const name = nameOf(marker);
    if (name in markers) throw new RangeError(`two markers would have the name ${name}`);
    markers[name] = marker;
    names.set(digestOf(marker), name);
  }
  const name = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(name);
    if (typeof value === "string" && names.has(value)) return `${DIGEST}${names.get(value)}`;
    if (!isFields(value)) return value;
    const known = names.get(digestOf(value));
    if (known !== undefined) return known;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === "effects" ? (effectsName(markers, inner) ?? name(inner)) : name(inner),
      ]),
    );
  };
  return { ...(name(recording as Json) as T), markers };
}

/** Throws `RangeError` where a digest is of a marker that the recording does not show. */
export function expanded({ markers, ...recording }: Recording): Omit<Recording, "markers"> {
  const expand = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(expand);
    if (isFields(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expand(inner)]));
    }
    if (typeof value !== "string") return value;
    if (value.startsWith(DIGEST)) return digestOf(marker(value.slice(DIGEST.length)));
    if (value.startsWith(EFFECTS)) return effectsOf(marker(value.slice(EFFECTS.length))) ?? null;
    return markers[value] ?? value;
  };
  const marker = (name: string): Json => {
    const found = markers[name];
    if (found === undefined) throw new RangeError(`no marker has the name ${name}`);
    return found;
  };
  const all = (list: readonly Exchange[]): readonly Exchange[] =>
    expand(list as unknown as Json) as unknown as readonly Exchange[];
  const { exchanges, again } = recording;
  return { ...recording, exchanges: all(exchanges), ...(again ? { again: all(again) } : {}) };
}

const DIGEST = "digest of ";
const EFFECTS = "effects of ";

/** `intent implement/1`, `hold (asked)` */
function nameOf(marker: Json): string {
  const { type, edge, attempt, reason } = isFields(marker) ? marker : {};
  return `marker ${type} ${type === "intent" ? `${edge}/${attempt}` : `(${reason})`}`;
}

const effectsOf = (marker: Json): Json | undefined => (isFields(marker) ? marker.effects : undefined);

function effectsName(markers: Markers, effects: Json): string | undefined {
  const found = Object.entries(markers).find(([, marker]) => {
    const own = effectsOf(marker);
    return own !== undefined && digestOf(own) === digestOf(effects);
  });
  return found && `${EFFECTS}${found[0]}`;
}
