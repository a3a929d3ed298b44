/** `action.yml` and the code behind it know the same inputs and outputs. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { fieldsIn, sourcesOf } from "./action-fields.ts";
import { type Action, ownFiles, ROOT } from "./files.ts";

test("each input is read by the code and each output set by it, and no other", () => {
  const { inputs, outputs } = parse(ownFiles().actions["action/action.yml"] ?? "") as Action;
  expect(fieldsIn(sourcesOf(join(ROOT, "action")))).toEqual({
    inputs: Object.keys(inputs ?? {}).sort(),
    outputs: Object.keys(outputs ?? {}).sort(),
    unknown: [],
  });
});

test("every way of reading an input or setting an output is seen, and a name that is not written out is told", () => {
  const code = `
    const a = required(job, "title") + number(job, "issue");
    job.toolkit.setOutput("end", job.toolkit.getInput("needs"));
    for (const name of names) toolkit.setOutput(name, required(job, name));
    variable(job, "PATH");`;
  expect(fieldsIn({ "a.ts": code, "job.ts": "job.toolkit.getInput(name)" })).toEqual({
    inputs: ["issue", "needs", "title"],
    outputs: ["end"],
    unknown: ["a.ts: toolkit.setOutput(name, required(job, name))", "a.ts: required(job, name)"],
  });
});
