import { expect, test } from "vitest";
import { callerWorkflow } from "../../src/checkout/caller-workflow.ts";
import { callerFlaw, callerFlaws } from "../../src/policy/caller.ts";

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

const TRUSTED = ["cairn-dev/cairn/.github/workflows/cairn.yml@refs/tags/v1"];

test("the doctor sees what keeps runs from being found, and from getting a token", () => {
  const good = callerWorkflow({ app: "https://cairn.example" });
  const flaws = (text: string | undefined): readonly string[] => callerFlaws("W", text, TRUSTED);
  expect(flaws(good)).toEqual([]);
  expect(flaws(undefined)).toEqual(["there is no W on the default branch"]);
  expect(flaws(good.replace(/^run-name: .*$/m, "run-name: cairn"))).toEqual([
    expect.stringContaining("by which its runs are found"),
  ]);
  expect(flaws(good.replace("@v1", "@main"))).toEqual([
    expect.stringContaining("uses a workflow that the app trusts"),
  ]);
  expect(flaws(good.replace("@v1", "@refs/tags/v1"))).toEqual([]);
  expect(flaws(good.replace(/, app: "[^"]*"/, ""))).toEqual([expect.stringContaining("does not give 'app'")]);
  const granting = (permissions: string): readonly string[] =>
    flaws(good.replace(/^permissions: .*$/m, permissions));
  expect(granting("permissions: { contents: read }")).toEqual(["W does not grant id-token: write"]);
  expect(granting("permissions: read-all")).toEqual(["W does not grant id-token: write"]);
  expect(granting("permissions: write-all")).toEqual([]);
  // GitHub's default has no id token, whatever the repository's settings say.
  expect(granting("")).toEqual(["W does not grant id-token: write", "W does not grant contents: read"]);
});
