/** What GitHub runs is what the sources say: the committed bundle, made anew, is the same byte for byte. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import config from "../../rolldown.config.ts";

const DIST = "action/dist";

test("action/dist is the build of its sources (`npm run build` makes it anew)", async () => {
  const { output, ...input } = config as Exclude<typeof config, readonly unknown[]>;
  if (!output || Array.isArray(output)) throw new Error("one output is expected");
  const bundle = await rolldown(input);
  const made = await bundle.generate(output);
  await bundle.close();
  const files = new Map(
    made.output.map((file) => [file.fileName, file.type === "chunk" ? file.code : String(file.source)]),
  );
  expect([...files.keys()].sort()).toEqual((await readdir(DIST)).sort());
  for (const [name, text] of files) {
    const same = (await readFile(join(DIST, name), "utf8")) === text;
    expect(same, `${DIST}/${name} is older than its sources: run npm run build`).toBe(true);
  }
});
