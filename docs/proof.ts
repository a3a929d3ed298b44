/** The tables and charts of `docs/proof.md`, from the summaries under `docs/proof/`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CRASH_POINTS } from "../src/simulation/crash-points.ts";
import type { Summary } from "../src/simulation/summary.ts";

/** A summary, with its violations counted. */
type Kept = Omit<Summary, "violations"> & {
  readonly violations: readonly { readonly rule: string; readonly count: number }[];
};

const ROOT = join(import.meta.dirname, "proof");
const read = <T>(name: string): T => JSON.parse(readFileSync(join(ROOT, name), "utf8")) as T;

/** One run of `simulate`, as `test/simulation/record.ts` keeps it. */
export interface Run {
  /** Profile, or question of the small scope. */
  readonly name: string;
  readonly start: number;
  readonly seeds: number;
  readonly hash: string;
  readonly simulatedHours: number;
  readonly requests: number;
  readonly faults: number;
  readonly landed: number;
  readonly done: number;
  readonly held: number;
  /** Crash points that no world hit. */
  readonly missed: readonly string[];
  readonly violations: readonly { readonly seed: number; readonly rule: string }[];
  readonly seedsPerSecond: number;
  /** What was run, abbreviated: with it the seeds can be run again, to the same hash. */
  readonly commit: string;
}

export interface Runs {
  readonly rows: readonly Run[];
  /** By name, over all of them. */
  readonly faults: Readonly<Record<string, number>>;
}

const total = (rows: readonly Run[], of: (one: Run) => number): number =>
  rows.reduce((all, one) => all + of(one), 0);

/** Seeds that were run, by profile: what was run on end is one line. */
export function ranges(): string {
  const { rows, faults } = read<Runs>("ranges.json");
  const lines = onEnd(rows).map((part) => {
    const [first] = part as readonly [Run];
    const seeds = total(part, (one) => one.seeds);
    const missed = CRASH_POINTS.filter((point) => part.every((one) => one.missed.includes(point)));
    const mean = total(part, (one) => one.seedsPerSecond * one.seeds) / seeds;
    const cells = [
      `${first.start} to ${first.start + seeds - 1}`,
      first.name,
      ...counts(part),
      missed.length === 0 ? "all" : `all but ${missed.length}`,
      total(part, (one) => one.violations.length),
      mean.toFixed(1),
      first.commit,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const each = Object.entries(faults).map(([name, count]) => `${name} ${count}`);
  return [
    `${total(rows, (one) => one.seeds)} seeds in all.`,
    "",
    "| seeds | profile | simulated hours | requests | faults | landed | done | held | crash points | violations | seeds a second | commit |",
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ...lines,
    "",
    `Faults, each as often as it happened: ${each.join(", ")}.`,
  ].join("\n");
}

/** Each question of the small scope, every case. */
export function smallScope(): string {
  const { rows } = read<Runs>("small-scope.json");
  const lines = rows.map(
    (one) => `| ${[one.name, one.seeds, ...counts([one]), one.violations.length, one.commit].join(" | ")} |`,
  );
  return [
    "| question | worlds | simulated hours | requests | faults | landed | done | held | violations | commit |",
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ...lines,
  ].join("\n");
}

const counts = (part: readonly Run[]): readonly number[] =>
  (["simulatedHours", "requests", "faults", "landed", "done", "held"] as const).map((name) =>
    total(part, (one) => one[name]),
  );

/** Runs of one profile, and of one commit, of which each begins where the one before it ended. */
function onEnd(rows: readonly Run[]): readonly (readonly Run[])[] {
  const parts: Run[][] = [];
  for (const row of [...rows].sort((a, b) => a.start - b.start)) {
    const part = parts.find((one) => {
      const last = one.at(-1) as Run;
      return last.name === row.name && last.commit === row.commit && last.start + last.seeds === row.start;
    });
    if (part) part.push(row);
    else parts.push([row]);
  }
  return parts;
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
