/** A thread that runs seeds, one after the other, on a clockwork of its own. */
import { parentPort, workerData } from "node:worker_threads";
import { installClockwork } from "./clockwork.ts";
import type { SeedOptions, SeedResult } from "./run-seed.ts";
import type { Story } from "./story.ts";
import { type GuardName, takeOut } from "./without.ts";

export interface WorkerInput {
  readonly without: GuardName | undefined;
}

export interface SeedReport extends Omit<SeedResult, "lines" | "names"> {
  readonly story: Story | undefined;
}

const { without } = workerData as WorkerInput;
if (without) takeOut(without);
// Whatever is loaded from here on finds the replaced clocks.
const clockwork = installClockwork();
const { runSeed } = await import("./run-seed.ts");
const { storyOf } = await import("./story.ts");

parentPort?.on("message", async (options: SeedOptions & { readonly stories: boolean }) => {
  const {
    lines: _,
    names: __,
    ...result
  } = await runSeed(clockwork, options).then(async (run) => ({
    ...run,
    story: run.violations.length > 0 && options.stories ? await storyOf(clockwork, options, run) : undefined,
  }));
  parentPort?.postMessage(result satisfies SeedReport);
});
