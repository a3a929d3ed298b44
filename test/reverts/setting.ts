/**
 * Which pieces of source are replaced in a run, in whichever process: those of the revert, and those by which a child
 * process or a sandbox's runner gets them too. All of it is told by the address of `hook.ts`, with its query.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Cut } from "../../src/simulation/cuts.ts";
import { TOP } from "./revert.ts";
import { REVERTS } from "./table/index.ts";

/** Milliseconds for which a whole loop waits for anything, with a guard out and untouched. */
const PATIENCE = 20_000;
/** Where gates wait for half a minute themselves: as long as ever. */
const PATIENT: ReadonlyMap<string, number> = new Map([["test/loop/refusals.test.ts", 45_000]]);

/** A loop waits less long than it else may: with the guard out it may never come to an end. */
export const hurry = (file: string): Cut => ({
  file: "test/loop/loop.ts",
  from: "const MOST_MS = 45_000;",
  to: `const MOST_MS = ${PATIENT.get(file) ?? PATIENCE};`,
});

/** `bundle`: the Action as it is built from the replaced sources, where it contains any. */
export function hookOf(name: string, bundle: string | undefined): string {
  const hook = pathToFileURL(join(TOP, "test/reverts/hook.ts"));
  hook.searchParams.set("revert", name);
  if (bundle !== undefined) hook.searchParams.set("bundle", bundle);
  return hook.href;
}

export function cutsOf(hook: string): readonly Cut[] {
  const { searchParams } = new URL(hook);
  const name = searchParams.get("revert") ?? "";
  const revert = REVERTS[name];
  if (!revert) throw new RangeError(`there is no revert ${name}`);
  const bundle = searchParams.get("bundle");
  return [...revert.cuts, handOn(hook), ...(bundle === null ? [] : serve(bundle))];
}

/** The app as a process of its own gets no variable of its parent's, and so no `NODE_OPTIONS`. */
const handOn = (hook: string): Cut => ({
  file: "src/cli/app-process.ts",
  from: '[MAIN, "app"]',
  to: `["--import", ${JSON.stringify(hook)}, MAIN, "app"]`,
});

/** Where the committed bundle is taken from: by the sandbox that hosts the Action, and by the tests of single jobs. */
const serve = (bundle: string): readonly Cut[] => [
  {
    file: "src/checkout/files.ts",
    from: "content: await readFile(file)",
    to: `content: await readFile(path === "action/dist/index.js" ? ${JSON.stringify(bundle)} : file)`,
  },
  {
    file: "test/action/bundle.ts",
    from: 'resolve("action/dist/index.js")',
    to: JSON.stringify(bundle),
  },
];
