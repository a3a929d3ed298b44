/** `--actions DIR`: actions of other repositories, from disk. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { steps, W } from "./flow.ts";
import { machine } from "./machine.ts";

let folder = "";

const FILES: Readonly<Record<string, string>> = {
  "somebody/tool/action.yml":
    "name: t\ndescription: d\nruns:\n  using: composite\n  steps:\n    - uses: $/deep/inner\n    - uses: somebody/tool/deep/inner@v9\n",
  "somebody/tool/deep/inner/action.yml":
    'name: i\ndescription: d\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: echo "inner of <$GITHUB_ACTION_REPOSITORY> at <$GITHUB_ACTION_REF> $(cat $GITHUB_ACTION_PATH/word)"\n',
  "somebody/tool/deep/inner/word": "found",
  "actions/cache/action.yml":
    "name: c\ndescription: d\nruns:\n  using: composite\n  steps:\n    - { shell: bash, run: echo own cache }\n",
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "actions-"));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});
afterAll(() => rm(folder, { recursive: true }));

test("an action in the folder is found by its path under any ref, before the sandbox's own", async () => {
  const files = steps("- uses: somebody/tool@v1\n- uses: actions/cache@v4\n- uses: actions/cache/restore@v4");
  await using m = await machine(files, { actions: folder });
  const { log } = await m.run(W);
  expect(log.match(/Z inner of .*/g)).toEqual([
    "Z inner of <> at <> found",
    "Z inner of <somebody/tool> at <v9> found",
  ]);
  expect(log).toContain("Z own cache");
  // The folder has no actions/cache/restore: the sandbox's own stands in, and asks for its inputs.
  expect(log).toContain("Input required and not supplied: key");
});

test("an action that is nowhere fails its job and names the option", async () => {
  for (const uses of ["somebody/else@v1", "somebody/../../etc@v1", "somebody/tool/none@v1"]) {
    await using m = await machine(steps(`- uses: ${uses}`), { actions: folder });
    const { log, jobs } = await m.run(W);
    expect(jobs.a).toBe("failure");
    expect(log).toMatch(
      /##\[error\].*(?:Start it with --actions DIR and put the action into DIR\/|names no action)/,
    );
  }
});
