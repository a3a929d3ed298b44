/** A revert: one guard of the product taken out, and the test that has to notice. */
import { join } from "node:path";
import type { Cut } from "../../src/simulation/cuts.ts";

export const TOP = join(import.meta.dirname, "../..");

export interface Revert {
  /** Numbers in docs/scenarios.md. */
  readonly scenarios: readonly number[];
  /** What the guard does, and why the scenario hangs on it: one sentence each at most. */
  readonly guard: string;
  /** Each piece stands in its file exactly once. Nothing on disk changes: it is replaced while it is loaded. */
  readonly cuts: readonly Cut[];
  readonly test: {
    readonly file: string;
    /** As vitest tells it, ` > ` behind its `describe`; of a table of cases the one that must turn red. */
    readonly name: string;
  };
}

/** A condition that never holds; TypeScript does not follow it. */
export const NEVER = "if (false as boolean)";

/** For a pattern: this text and no other. */
export const quoted = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
