/** The end of a hostile demo: what went wrong, and what landed nevertheless. */
import type { Happened } from "./hostile.ts";

export interface LandedCount {
  readonly kind: string;
  readonly key: string;
  readonly count: number;
}

export function hostileTable(faults: readonly Happened[], landed: readonly LandedCount[]): string {
  const rows = (entries: readonly (readonly [string, number])[]): string =>
    entries.map(([name, count]) => `  ${String(count).padStart(5)}  ${name}`).join("\n");
  return [
    "\nWhat went wrong on purpose, and how often",
    rows(faults.map(({ fault, count }) => [fault, count])),
    "\nWhat landed, and how often",
    rows(landed.map(({ key, count }) => [key, count])),
  ].join("\n");
}
