/** A revert: one guard of the product taken out, and the tests that have to notice. */
import { join } from "node:path";
import type { Cut } from "../../src/simulation/cuts.ts";

export const TOP = join(import.meta.dirname, "../..");

export interface Revert {
  /** Numbers in docs/scenarios.md. */
  readonly scenarios: readonly number[];
  /** What the guard does: the scenario hangs on just that. */
  readonly guard: string;
  /** Nothing on disk changes: source is replaced while it is loaded. Several where one guard stands behind another. */
  readonly cuts: readonly Cut[];
  readonly tests: readonly Noticing[];
}

export interface Noticing {
  readonly file: string;
  /** As vitest tells it, ` > ` behind its `describe`; of a table of cases the one that must turn red. */
  readonly name: string;
}

/** `from` stands in the file exactly once. */
export const cut = (file: string, from: string, to: string): Cut => ({ file, from, to });

export const noticed = (file: string, name: string): Noticing => ({ file, name });

/** A condition that never holds; TypeScript does not follow it. */
export const NEVER = "if (false as boolean)";

/** For a pattern: this text and no other. */
export const quoted = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
