import { defineConfig } from "vitest/config";

/** The quick tests beside core, barrier and effects, in one process: they run once for each mutant. */
export default defineConfig({
  test: {
    include: ["test/core/**/*.test.ts", "test/barrier/{interleavings,units}/*.test.ts", "test/effects/**/*.test.ts"],
    exclude: ["test/core/hostile/**"],
    // Few runs of each property: what a mutant breaks shows early, and what does not is for the tests by example.
    env: { FC_RUNS: "40" },
    testTimeout: 10_000,
  },
});
