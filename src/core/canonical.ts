/** One text for one value: what markers and chain steps are compared by. */
import { createHash } from "node:crypto";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A digest in lower-case hexadecimal: SHA-256, 64 characters. */
export type Digest = string;

/**
 * JSON with sorted keys and no spaces; keys whose value is `undefined` are left out.
 * Throws `TypeError` for what JSON cannot say (functions, `NaN`), as two readers could take it differently.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (typeof value === "object") {
    const pairs = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`);
    return `{${pairs.join(",")}}`;
  }
  throw new TypeError(`not JSON: ${typeof value}`);
}

/** SHA-256 of a text or of bytes. */
export function sha256(content: string | Uint8Array): Digest {
  return createHash("sha256").update(content).digest("hex");
}

/** Digest of a value: of its canonical JSON, so that the order of keys does not matter. */
export function digestOf(value: unknown): Digest {
  return sha256(canonicalJson(value));
}

/** Digest of an issue's text: what people asked for, and what an intent pins. */
export function textDigest(title: string, body: string): Digest {
  return digestOf({ title, body: body.replaceAll("\r\n", "\n") });
}
