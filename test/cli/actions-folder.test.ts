/** `--actions DIR` of the sandbox and the demo. */
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { actionsFolder } from "../../src/cli/actions-folder.ts";
import { DEMO_HELP } from "../../src/cli/demo.ts";
import { SANDBOX_HELP } from "../../src/cli/sandbox.ts";

test("a folder that is not there ends the command with words, before anything is started", async () => {
  const error = await actionsFolder("nowhere/at/all").catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 2,
    message: "--actions nowhere/at/all: there is no such folder; it holds actions as owner/name/action.yml",
  });
  expect(await actionsFolder("test")).toBe(resolve("test"));
  expect(await actionsFolder(undefined)).toBeUndefined();
});

test.each([
  ["sandbox", SANDBOX_HELP],
  ["demo", DEMO_HELP],
])("the help of %s names the option and the actions that are brought along", (_, help) => {
  expect(help).toContain("--actions DIR");
  for (const name of ["checkout", "cache", "setup-node", "setup-python", "setup-go", "upload-artifact"]) {
    expect(help).toContain(name);
  }
});
