/** The recordings are of this app: one of them made anew is the one that is kept. */
import { expect, test } from "vitest";
import { CASES } from "./cases.ts";
import { record } from "./record.ts";
import { read, START } from "./recording.ts";

test("a maintainer's label, recorded anew against the sandbox, is the recording that is kept", async () => {
  const name = "label-by-maintainer";
  const one = CASES[name];
  if (!one) throw new Error(`there is no case ${name}`);
  const { start, recording } = await record(one);
  expect(recording).toEqual(read(name));
  expect(start).toEqual(read(START));
});
