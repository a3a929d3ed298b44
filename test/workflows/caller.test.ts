/** The workflow that a repository adds is the one that the README shows; and this repository's own never runs where it is hosted. */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "../../src/app/settings.ts";
import { CALLER_PATH, callerWorkflow } from "../../src/checkout/caller-workflow.ts";
import { setStage } from "../../src/cli/stage.ts";
import { callerFlaw } from "../../src/policy/caller.ts";
import { ROOT } from "./files.ts";

/** Blocks of YAML as they stand in Markdown, without the indent of a list. */
const blocks = (markdown: string): string[] =>
  [...markdown.matchAll(/^( *)```yaml\n([\s\S]*?)^\1```$/gm)].map(([, indent = "", text = ""]) =>
    text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );

test("the README shows the caller, word for word", () => {
  const shown = blocks(readFileSync(join(ROOT, "README.md"), "utf8"));
  expect(shown[0]).toBe(callerWorkflow({ app: "https://YOUR-HOST" }));
});

test("the app trusts the workflow that the caller names, and starts the caller by its name", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { workflowFile, trustedWorkflows } = readSettings({
    APP_ID: "1",
    PRIVATE_KEY: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    WEBHOOK_SECRET: "secret",
  });
  const [, workflow, ref] = /uses: (\S+)@(\S+)/.exec(callerWorkflow({ app: "https://cairn.example" })) ?? [];
  expect(trustedWorkflows).toEqual([`${workflow}@refs/tags/${ref}`]);
  expect(CALLER_PATH).toBe(`.github/workflows/${workflowFile}`);
  expect(callerFlaw(CALLER_PATH, callerWorkflow({ app: "https://cairn.example" }))).toBeUndefined();
});

test("where this checkout is hosted, none of its workflows starts", async () => {
  const { sandbox } = await setStage({ appUrl: "http://127.0.0.1:9", hosts: "checkout" });
  try {
    await sandbox.waitIdle();
    const hosted = [...sandbox.world.repositories.values()].find(({ name }) => name === "cairn");
    const found = await sandbox.engine?.workflows(hosted?.id ?? 0);
    expect(found?.map(({ path }) => path)).toEqual([
      ".github/workflows/cairn.yml",
      ".github/workflows/ci.yml",
    ]);
    expect(sandbox.engine?.runs(hosted?.id ?? 0)).toEqual([]);
  } finally {
    await sandbox.stop();
  }
});
