/** That each check can fail, and says why; and that it fails for nothing else. */
import { expect, test } from "vitest";
import { ACTION, BAD, CALLED, call, steps } from "./bad-workflows.ts";
import { linted, parsedAction } from "./check-syntax.ts";
import { CHECKS } from "./checks.ts";
import type { Files } from "./files.ts";

const files = (text: string): Files => ({
  workflows: { "one.yml": text, ".github/workflows/called.yml": CALLED },
  actions: { "action/action.yml": ACTION },
});

test.each([
  "",
  "count: 3",
  'count: "${{ fromJSON(inputs.issue) }}"',
])("a sound call passes: %s", async (more) => {
  const sound = files(call(`with:\n  issue: "\${{ inputs.issue }}"\n  ${more}`));
  for (const path of Object.keys(sound.workflows)) {
    for (const check of Object.values(CHECKS)) expect(await check(sound, path)).toEqual([]);
  }
});

for (const [name, check] of Object.entries(CHECKS)) {
  test.each(BAD[name as keyof typeof CHECKS])(`${name} refuses %s`, async (_what, text, words) => {
    expect(await check(files(text), "one.yml")).toEqual([expect.stringContaining(words)]);
  });
}

test("the linter is excused from one thing alone", async () => {
  const excused = await linted(files(steps("- uses: $/action")), "one.yml");
  expect(excused).toMatchObject({ findings: [], excused: [expect.any(String)] });
  expect((await linted(files(steps("- uses: $/")), "one.yml")).findings).toHaveLength(1);
});

test("an action's file that is none is refused", () => {
  expect(parsedAction("action.yml", ACTION.replace("node24", "node9000")).join()).toContain("node9000");
  expect(parsedAction("action.yml", `${ACTION}imputs: {}\n`).join()).toContain("Unexpected value 'imputs'");
});
