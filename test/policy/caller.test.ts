import { expect, test } from "vitest";
import { callerWorkflow } from "../../src/checkout/caller-workflow.ts";
import { callerFlaw } from "../../src/policy/caller.ts";

const flaw = (text: string | undefined): string | undefined => callerFlaw("W", text);

test("the caller that Cairn writes has no flaw; one that cannot be started says why", () => {
  const good = callerWorkflow({ app: "http://127.0.0.1:1" });
  expect(flaw(good)).toBeUndefined();
  expect(flaw(undefined)).toBe("there is no W on the default branch");
  expect(flaw("on: [push]\njobs: {}\n")).toBe(
    "W is not started by workflow_dispatch with the inputs issue and intent",
  );
  expect(flaw("on: { workflow_dispatch: { inputs: { issue: {} } } }\n")).toBe(
    "W has no input 'intent' under workflow_dispatch",
  );
  expect(flaw("on: [")).toMatch(/^W is not YAML: /);
});
