/** The end of a hostile demo: what went wrong, and what landed nevertheless. */
import type { Landing } from "../landings.ts";
import type { Happened } from "./tally.ts";

export function hostileTable(faults: readonly Happened[], landings: readonly Landing[]): string {
  const rows = (entries: readonly (readonly [string, number])[]): string =>
    entries.map(([name, count]) => `  ${String(count).padStart(5)}  ${name}`).join("\n");
  return [
    "\nWhat went wrong on purpose, and how often",
    rows(faults.map(({ fault, count }) => [fault, count])),
    "\nWhat landed, and how often",
    rows(landings.map(({ key, count }) => [key, count])),
  ].join("\n");
}
