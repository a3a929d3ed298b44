import { defineConfig } from "vitest/config";

/** With `TEST_REPORT=FILE` the outcome goes to that file as JSON too, for whoever counts. */
const report = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup/loopback-only.ts", "test/setup/openapi.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // For two cores: whole loops wait for processes of their own much of the time.
    maxWorkers: 3,
    reporters: [
      "default",
      ...(report === undefined ? [] : ["json"]),
      ...(process.env.SANDBOX_COVERAGE === "record" ? ["./test/openapi/record.ts"] : []),
    ],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
});
