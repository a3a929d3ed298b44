/** Any test as it is, or with a guard taken out: `REVERT` is the address that `hookOf` makes. */
import { defineConfig } from "vitest/config";
import { replacing } from "./replacing.ts";
import { TOP } from "./revert.ts";
import { cutsOf, patient } from "./setting.ts";

const hook = process.env.REVERT;

export default defineConfig({
  root: TOP,
  plugins: [{ ...replacing([patient, ...(hook === undefined ? [] : cutsOf(hook))]), enforce: "pre" }],
  test: {
    include: ["test/**/*.test.ts"],
    // Its keys know nothing of what is replaced.
    fsModuleCache: false,
    setupFiles: ["test/setup/loopback-only.ts", "test/setup/openapi.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
