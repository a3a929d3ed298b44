/** The tables and charts of `docs/proof.md`, from the summaries under `docs/proof/`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Summary } from "../src/simulation/summary.ts";

/** A summary, with its violations counted. */
type Kept = Omit<Summary, "violations"> & {
  readonly violations: readonly { readonly rule: string; readonly count: number }[];
};

const ROOT = join(import.meta.dirname, "proof");
const read = <T>(name: string): T => JSON.parse(readFileSync(join(ROOT, name), "utf8")) as T;
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, one) => all + one, 0);

/** Ranges of seeds that were run, one a line. */
export function ranges(): string {
  const rows = read<readonly (Kept & { readonly profile: string })[]>("ranges.json");
  const total = rows.reduce((all, one) => all + one.seeds, 0);
  const lines = rows.map(
    (one) =>
      `| ${one.start} to ${one.start + one.seeds - 1} | ${one.profile} | ${one.simulatedHours} | ${one.requests} | ${sum(one.faults)} | ` +
      `${one.crashPointsHit} of ${one.crashPointsHit + one.crashPointsMissed.length} | ${sum(one.landed)} | ${one.done} | ${sum(one.held)} | ` +
      `${sum(Object.fromEntries(one.violations.map(({ rule, count }) => [rule, count])))} | ${one.seedsPerSecond} |`,
  );
  return [
    `${total} seeds in all.`,
    "",
    "| seeds | profile | simulated hours | requests | faults | crash points | landed | done | held | violations | seeds a second |",
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ...lines,
  ].join("\n");
}

/** Six issues and an outage of comments, with the barrier and without it: the same seeds. */
export function cascade(): string {
  const runs = [read<Kept>("cascade-with.json"), read<Kept>("cascade-without.json")] as const;
  const issues = runs[0].seeds * 6;
  const row = (words: string, of: (one: Kept) => number): string =>
    `| ${words} | ${of(runs[0])} | ${of(runs[1])} |`;
  const agents = (one: Kept): number => one.landed["agent.run"] ?? 0;
  const killed = (one: Kept): number => one.held["never-started"] ?? 0;
  const chart = (title: string, of: (one: Kept) => number): string =>
    [
      "```mermaid",
      "xychart-beta",
      `  title "${title}"`,
      '  x-axis ["with the barrier", "without"]',
      `  y-axis "of ${issues} issues" 0 --> ${Math.max(issues, of(runs[0]), of(runs[1]))}`,
      `  bar [${of(runs[0])}, ${of(runs[1])}]`,
      "```",
    ].join("\n");
  return [
    `${runs[0].seeds} seeds, ${issues} issues, each seed with and without it.`,
    "",
    "| | with the barrier | without |",
    "|---|--:|--:|",
    row("agents that were started", agents),
    row("issues that were merged", (one) => one.done),
    row("healthy issues that were killed", killed),
    row("requests that GitHub refused for a limit", (one) => one.limited),
    row("violations", (one) => one.violations.reduce((all, { count }) => all + count, 0)),
    "",
    chart("agents started", agents),
    "",
    chart("healthy issues killed", killed),
  ].join("\n");
}

interface BacklogRecord {
  readonly issues: number;
  /** Requests an hour. */
  readonly limit: number;
  readonly hours: readonly {
    readonly requests: number;
    readonly content: number;
    readonly refused: number;
    readonly done: number;
  }[];
  /** Effects that landed more than once. */
  readonly twice: number;
}

/** A thousand issues at once, hour by hour. */
export function backlog(): string {
  const { issues, limit, hours, twice } = read<BacklogRecord>("backlog.json");
  const rows = hours.map(
    (hour, at) =>
      `| ${at + 1} | ${hour.requests} | ${((100 * hour.requests) / limit).toFixed(1)} % | ${hour.content} | ${hour.refused} | ` +
      `${hour.done - (hours[at - 1]?.done ?? 0)} | ${hour.done} |`,
  );
  return [
    `${issues} issues, ${limit} requests an hour. Effects that landed twice: ${twice}.`,
    "",
    "| hour | requests | of the limit | content writes | refused | issues done | in all |",
    "|--:|--:|--:|--:|--:|--:|--:|",
    ...rows,
    "",
    "```mermaid",
    "xychart-beta",
    '  title "requests in each hour, and the limit"',
    `  x-axis "hour" 1 --> ${hours.length}`,
    `  y-axis "requests" 0 --> ${limit}`,
    `  bar [${hours.map((hour) => hour.requests).join(", ")}]`,
    `  line [${hours.map(() => limit).join(", ")}]`,
    "```",
  ].join("\n");
}
