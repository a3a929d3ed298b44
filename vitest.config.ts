import { defineConfig } from "vitest/config";

/** With `TEST_REPORT=FILE` the outcome goes to that file as JSON too, for whoever counts. */
const report = process.env.TEST_REPORT;

/** Whole loops that repeat what shorter tests show at another place, and clients of others: `npm run test:long`. */
const LONG = [
  "test/clients/**/*.test.ts",
  "test/loop/{refusals,liveness,labels,lag}.test.ts",
  "test/loop/shapes-*.test.ts",
  "test/workflows/visible/*.test.ts",
];

const shared = {
  setupFiles: ["test/setup/loopback-only.ts", "test/setup/openapi.ts"],
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    // For two cores: whole loops wait for processes of their own much of the time.
    maxWorkers: 3,
    projects: [
      { test: { ...shared, name: "short", include: ["test/**/*.test.ts"], exclude: LONG } },
      { test: { ...shared, name: "long", include: LONG } },
    ],
    reporters: [
      "default",
      ...(report === undefined ? [] : ["json"]),
      ...(process.env.SANDBOX_COVERAGE === "record" ? ["./test/openapi/record.ts"] : []),
    ],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
});
