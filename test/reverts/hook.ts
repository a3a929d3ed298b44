/** `node --import hook.ts?revert=NAME`: replaces source while Node itself loads it, in child processes and threads. */
import { fileURLToPath } from "node:url";
import { replaceOnLoad } from "../../src/simulation/cuts.ts";
import { TOP } from "./revert.ts";
import { cutsOf } from "./setting.ts";

const cuts = cutsOf(import.meta.url);

replaceOnLoad((url) => {
  const path = url.startsWith("file:") ? fileURLToPath(url).slice(TOP.length + 1) : undefined;
  return cuts.filter(({ file }) => file === path);
});
