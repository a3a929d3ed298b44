/** The tables and charts of `docs/soak.md`, from `docs/proof/soak.json`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  BOUNDS,
  halvesOf,
  handlesOf,
  MEGABYTE,
  memoryOf,
  type Sample,
  type SoakRecord,
} from "../test/soak/soak.ts";

const mb = (bytes: number, digits = 2): string => (bytes / MEGABYTE).toFixed(digits);

export function soakPage(): string {
  const file = join(import.meta.dirname, "proof/soak.json");
  const record = JSON.parse(readFileSync(file, "utf8")) as SoakRecord;
  const { checkpoints, samples, most, done, held } = record;
  const total = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((all, one) => all + one, 0);
  const rows = checkpoints.map(
    (one, at) =>
      `| ${at + 1} | ${one.hours.toFixed(1)} | ${one.ended} | ${mb(one.heap)} | ${mb(one.external)} | ${mb(one.resident, 0)} | ` +
      `${one.timers} | ${one.requests} | ${total(one.resources)} |`,
  );
  const [first, second] = halvesOf(record, memoryOf);
  const [few, many] = halvesOf(record, handlesOf);
  // One an hour is enough to see.
  const shown = samples.filter((one, at) => Math.floor(one.hours) > Math.floor(samples[at - 1]?.hours ?? -1));
  const line = (of: (one: Sample) => string): string => `  line [${shown.map(of).join(", ")}]`;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  return [
    `${record.issues} issues, ${(samples.at(-1)?.hours ?? 0).toFixed(1)} hours of virtual time, ${record.requests} requests, ${record.limited} of them refused for a limit. ` +
      `${done} issues are done, ${total(held)} held (${list(held)}). Violations: ${record.violations.length}. Unsettled: ` +
      `${record.unsettled.length}. What is not as it must be: ${record.problems.length === 0 ? "nothing" : record.problems.join("; ")}.`,
    "",
    "| checkpoint | hour | issues ended | heap, MB | outside of it, MB | resident, MB | timers | requests under way | Node's handles |",
    "|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ...rows,
    "",
    "| mean of all samples | first half | second half | more | at most |",
    "|---|--:|--:|--:|--:|",
    `| heap and outside of it, MB | ${mb(first)} | ${mb(second)} | ${mb(second - first)} | ${mb(BOUNDS.growth)} |`,
    `| timers, requests and handles | ${few.toFixed(1)} | ${many.toFixed(1)} | ${(many - few).toFixed(1)} | ${BOUNDS.busy} |`,
    "",
    "```mermaid",
    "xychart-beta",
    '  title "heap of the app, MB"',
    `  x-axis "hour" 0 --> ${Math.ceil(shown.at(-1)?.hours ?? 0)}`,
    `  y-axis "MB" 0 --> ${Math.ceil(Math.max(...shown.map((one) => one.heap)) / MEGABYTE + 4)}`,
    line((one) => mb(one.heap)),
    "```",
    "",
    `Comments of the app on an issue, and how many issues have so many: ${list(record.byComments)}. Most has #${most.issue}: ` +
      `${most.comments}, of ${most.generations} generations and ${most.steps} steps. At most are allowed: ${BOUNDS.comments} for each generation, and the status comment.`,
    "",
    `Faults: ${list(record.faults)}.`,
  ].join("\n");
}
