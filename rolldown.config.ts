/** Bundles the Action into one file: GitHub runs it without an install step. */
import { defineConfig } from "rolldown";

export default defineConfig({
  input: "action/main.ts",
  platform: "node",
  output: { file: "action/dist/index.js", format: "esm", minify: false, sourcemap: false },
});
