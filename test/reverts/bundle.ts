/** The Action, built from sources of which pieces are replaced. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";
import config from "../../rolldown.config.ts";
import type { Cut } from "../../src/simulation/cuts.ts";
import { replacing } from "./replacing.ts";
import { TOP } from "./revert.ts";

export interface Bundle extends AsyncDisposable {
  /** `undefined`: the bundle contains none of the files, and is what it is. */
  readonly path: string | undefined;
}

export async function bundleWith(cuts: readonly Cut[]): Promise<Bundle> {
  const { output, plugins, ...input } = config as Exclude<typeof config, readonly unknown[]>;
  const made = await rolldown({ ...input, plugins: [plugins, replacing(cuts)] });
  const directory = await mkdtemp(join(tmpdir(), "cairn-revert-"));
  const { output: chunks } = await made.write({ ...output, dir: directory });
  await made.close();
  const files = chunks.flatMap((one) => (one.type === "chunk" ? one.moduleIds : []));
  const concerned = cuts.some(({ file }) => files.includes(join(TOP, file)));
  return {
    path: concerned ? join(directory, "index.js") : undefined,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
