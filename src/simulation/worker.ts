/** A process that runs seeds, one after the other, on a clockwork of its own. */
import { installClockwork } from "./clockwork.ts";
import { parsePlainly } from "./plain-json.ts";
import type { SeedOptions, SeedResult } from "./run-seed.ts";
import type { Story } from "./story.ts";
import { type GuardName, takeOut } from "./without.ts";

export interface WorkerInput {
  readonly without: GuardName | undefined;
}

export interface SeedReport extends Omit<SeedResult, "lines" | "names"> {
  /** Of a world in which nothing is planned: its requests. */
  readonly names: readonly string[] | undefined;
  readonly story: Story | undefined;
}

const { without } = JSON.parse(process.argv[2] ?? "{}") as WorkerInput;
parsePlainly();
if (without) takeOut(without);
// Whatever is loaded from here on finds the replaced clocks.
const clockwork = installClockwork();
const { runSeed } = await import("./run-seed.ts");
const { storyOf } = await import("./story.ts");

process.on("disconnect", () => process.exit());
process.on("message", async (options: SeedOptions & { readonly stories: boolean }) => {
  const run = await runSeed(clockwork, options);
  const fails = run.violations.length > 0 && options.stories;
  const story = fails ? await storyOf(clockwork, options, run) : undefined;
  const { lines: _, names, ...rest } = run;
  const report: SeedReport = { ...rest, story, names: options.plan?.request === 0 ? names : undefined };
  process.send?.(report);
});
