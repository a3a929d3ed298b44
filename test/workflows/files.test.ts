/** Every workflow file of this repository and the one that Cairn writes into others, as GitHub would read them. */
import { expect, test } from "vitest";
import { SAMPLE_FILES } from "../../src/cli/sample.ts";
import { EXCUSES, linted, parsedAction } from "./check-syntax.ts";
import { CHECKS } from "./checks.ts";
import { ownFiles } from "./files.ts";

const files = ownFiles();
const paths = Object.keys(files.workflows);

test("all files are found by listing", () => {
  expect(paths.sort()).toEqual([
    ".github/workflows/cairn.yml",
    ".github/workflows/ci.yml",
    "user/.github/workflows/cairn.yml",
  ]);
  expect(Object.keys(files.actions)).toEqual(["action/action.yml"]);
});

for (const [name, check] of Object.entries(CHECKS)) {
  test.each(paths)(`${name}: nothing is found in %s`, async (path) => {
    expect(await check(files, path)).toEqual([]);
  });
}

test("the parser finds nothing in the action's own file", () => {
  for (const [path, text] of Object.entries(files.actions)) expect(parsedAction(path, text)).toEqual([]);
});

test("the sample's own CI is valid, and the linter finds nothing in it", async () => {
  const sample = Object.entries(SAMPLE_FILES).filter(([path]) => path.startsWith(".github/workflows/"));
  expect(sample).toHaveLength(1);
  for (const [path] of sample) {
    const found = [
      ...(await CHECKS.parsed({ workflows: SAMPLE_FILES, actions: {} }, path)),
      ...(await CHECKS.linted({ workflows: SAMPLE_FILES, actions: {} }, path)),
    ];
    expect(found).toEqual([]);
  }
});

test("what the linter is excused from does occur", async () => {
  const excused = await Promise.all(paths.map(async (path) => (await linted(files, path)).excused));
  expect([...new Set(excused.flat())]).toEqual(EXCUSES);
});
