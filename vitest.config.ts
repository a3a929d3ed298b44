import { defineConfig } from "vitest/config";

/** With `TEST_REPORT=FILE` the outcome goes to that file as JSON too, for whoever counts. */
const report = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup/loopback-only.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // For two cores: whole loops wait for processes of their own much of the time.
    maxWorkers: 3,
    reporters: report === undefined ? ["default"] : ["default", "json"],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
});
