/** What `override` can be about: a closed grammar, `merge:CONDITION` or `path:PATH`. */
import type { HoldReason } from "../holds.ts";
import { nearest } from "../nearest.ts";
import type { WaitCode } from "../waits.ts";

/**
 * Conditions of a merge that people may set aside, by the code that the merge gate gives for each. Not in it: what
 * GitHub itself refuses (a draft, a conflict), and what only says that nobody knows yet.
 */
export const MERGE_CONDITIONS = [
  "check-failed",
  "check-missing",
  "check-pending",
  "changes-requested",
  "review-missing",
  "review-unusable",
] as const satisfies readonly (WaitCode | HoldReason)[];

export type Override =
  | { readonly kind: "merge"; readonly condition: string }
  /** From the repository's top; a slash at the end means the folder and all in it. */
  | { readonly kind: "path"; readonly path: string };

export interface OverrideFlaw {
  readonly found: string;
  readonly allowed: readonly string[];
  readonly nearest: string | null;
}

/** The one text of an override: two people ask for the same if and only if these texts are the same. */
export const nameOfOverride = (override: Override): string =>
  override.kind === "merge" ? `merge:${override.condition}` : `path:${override.path}`;

/** Reads an action. `conditions`: those that the merge gate knows. */
export function parseOverride(text: string, conditions: readonly string[]): Override | OverrideFlaw {
  const colon = text.indexOf(":");
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? "" : text.slice(colon + 1);
  const allowed = [...conditions.map((condition) => `merge:${condition}`), "path:PATH"];
  if (kind === "merge" && conditions.includes(rest)) return { kind: "merge", condition: rest };
  if (kind === "path" && isPath(rest)) return { kind: "path", path: rest };
  if (kind === "path") return { found: text, allowed: [PATH_WORDS], nearest: null };
  return { found: text, allowed, nearest: nearest(text, allowed) ?? alone(text, conditions) };
}

/** Whoever leaves out `merge:` most likely means it. */
function alone(text: string, conditions: readonly string[]): string | null {
  const condition = nearest(text, conditions);
  return condition === null ? null : `merge:${condition}`;
}

const PATH_WORDS =
  "path:PATH with one path from the repository's top, no pattern: no slash before it, no `.` or `..` in it";

/** Whether it names one path from the repository's top; a slash at its end means the folder. */
export function isPath(path: string): boolean {
  const parts = (path.endsWith("/") ? path.slice(0, -1) : path).split("/");
  // A pattern would be taken for a name, and mean nothing that its writer meant.
  return !/[\\*?]/.test(path) && !parts.some((part) => ["", ".", ".."].includes(part));
}
