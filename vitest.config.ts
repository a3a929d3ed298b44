import { defineConfig } from "vitest/config";

/** With `TEST_REPORT=FILE` the outcome goes to that file as JSON too, for whoever counts. */
const report = process.env.TEST_REPORT;

/**
 * `npm run test:long`: clients of others, repositories and workflows of many kinds, whole loops beside those that
 * `npm test` has for the same guards. CI runs both.
 */
const LONG = [
  "test/cli/{doctor,hostile}.test.ts",
  "test/backlog/**/*.test.ts",
  "test/clients/**/*.test.ts",
  "test/loop/{entry-label,labels,lag,liveness,lost-answers,refusals,shapes-*,status}.test.ts",
  "test/model/**/*.test.ts",
  "test/openapi/**/*.test.ts",
  "test/simulation/{cancel,simulate}.test.ts",
  "test/sandbox/{foreign-checks,lag,merge-methods,protected-branches,relations,repositories,required-reviews}.test.ts",
  "test/sandbox/graphql/{queue,threads}.test.ts",
  "test/sandbox/actions/{cache,commands,common-ci,composite,concurrency,events,library,matrix,setup,stop}.test.ts",
  "test/simulation/backlog.test.ts",
  "test/soak/**/*.test.ts",
  "test/webhooks/record.test.ts",
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
      // Some wait out half a minute of GitHub's, or several of a run's, each in turn.
      { test: { ...shared, testTimeout: 150_000, hookTimeout: 150_000, name: "long", include: LONG } },
    ],
    reporters: [
      "default",
      ...(report === undefined ? [] : ["json"]),
      ...(process.env.SANDBOX_COVERAGE === "record" ? ["./test/openapi/record.ts"] : []),
    ],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
});
