/** `REVERT_TEST`: the file. `REVERT`: the address that `hookOf` makes; without it the test is untouched. */
import { defineConfig } from "vitest/config";
import { replacing } from "./replacing.ts";
import { TOP } from "./revert.ts";
import { cutsOf, hurry } from "./setting.ts";

const { REVERT: hook, REVERT_TEST: file = "" } = process.env;

export default defineConfig({
  root: TOP,
  plugins: [{ ...replacing([hurry(file), ...(hook === undefined ? [] : cutsOf(hook))]), enforce: "pre" }],
  test: {
    include: ["test/**/*.test.ts"],
    // Its keys know nothing of what is replaced.
    fsModuleCache: false,
    setupFiles: ["test/setup/loopback-only.ts", "test/setup/openapi.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
