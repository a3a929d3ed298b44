/** The story of a seed that failed: run again with fewer and fewer faults, until all that is left matters. */
import type { Clockwork } from "./clockwork.ts";
import { POLICIES } from "./policies.ts";
import { FOCUS, runSeed, type SeedOptions, type SeedResult, UPDATES } from "./run-seed.ts";

export interface Story {
  readonly seed: number;
  readonly rule: string;
  readonly what: string;
  /** Of the small scope: which case. */
  readonly caseName: string | undefined;
  /** Faults that are left out of it. */
  readonly omit: readonly string[];
  readonly lines: readonly string[];
}

/** Runs that are spent on one story. */
const MOST_RUNS = 60;
/** Of a knob that is needed, so many of its times are tried one by one. */
const MOST_TIMES = 12;
const LINES = 80;

export async function storyOf(
  clockwork: Clockwork,
  options: SeedOptions,
  failed: SeedResult,
): Promise<Story> {
  const rule = failed.violations[0]?.rule ?? "";
  let best = failed;
  let omit = [...(options.omit ?? [])];
  let left = MOST_RUNS;

  async function tryWithout(more: readonly string[]): Promise<boolean> {
    if (left <= 0) return false;
    left -= 1;
    const result = await runSeed(clockwork, { ...options, omit: [...omit, ...more] });
    if (!result.violations.some((one) => one.rule === rule)) return false;
    best = result;
    omit = [...omit, ...more];
    return true;
  }

  for (const name of [FOCUS, POLICIES, UPDATES]) if (!omit.includes(name)) await tryWithout([name]);
  for (const knob of Object.keys(failed.faults)) if (!omit.includes(knob)) await tryWithout([knob]);
  for (const [knob, times] of Object.entries(best.faults)) {
    for (let nth = 1; nth <= Math.min(times, MOST_TIMES); nth += 1) await tryWithout([`${knob}:${nth}`]);
  }
  const found = best.violations.find((one) => one.rule === rule);
  return {
    seed: options.seed,
    rule,
    what: found?.what ?? "",
    caseName: options.caseName,
    omit,
    lines: told(best),
  };
}

/** The last lines before the end; looks that came to nothing say nothing. */
function told(result: SeedResult): readonly string[] {
  const worth = result.lines.filter(({ what }, at) => what !== result.lines[at - 1]?.what);
  return worth
    .slice(-LINES)
    .map(
      ({ at, who, what }) =>
        `${new Date(at).toISOString().slice(11, 23)} ${who.padEnd(22)} ${what.slice(0, 200)}`,
    );
}
