/** Entry of the Action: wires the toolkit, the environment, the machine and the clock to the job. */
import * as core from "@actions/core";
import { realClock } from "../src/github/clock.ts";
import { machine } from "./machine.ts";
import { run } from "./run.ts";

await run({
  toolkit: core,
  env: { ...process.env },
  clock: realClock,
  fetch,
  machine,
  async summarize(markdown) {
    await core.summary.addRaw(markdown, true).write();
  },
});
