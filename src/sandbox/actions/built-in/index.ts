/** Which actions the sandbox brings itself. */
import { libraryFolder, parseUses } from "../uses-name.ts";
import { downloadArtifact, uploadArtifact } from "./artifact-actions.ts";
import { cache, cacheRestore, cacheSave } from "./cache-actions.ts";
import { checkout } from "./checkout.ts";
import type { BuiltIn } from "./port.ts";
import { setupGo } from "./setup-go.ts";
import { setupNode } from "./setup-node.ts";
import { setupPython } from "./setup-python.ts";

const STAND_INS: Readonly<Record<string, BuiltIn>> = {
  "actions/cache": cache,
  "actions/cache/restore": cacheRestore,
  "actions/cache/save": cacheSave,
  "actions/checkout": checkout,
  "actions/setup-go": setupGo,
  "actions/setup-node": setupNode,
  "actions/setup-python": setupPython,
  "actions/upload-artifact": uploadArtifact,
  "actions/download-artifact": downloadArtifact,
};

/** The stand-in for an action, whatever its ref; none where the folder of `--actions` has the action itself. */
export async function standInFor(uses: string, library: string | undefined): Promise<BuiltIn | undefined> {
  const named = parseUses(uses);
  if (!named) return undefined;
  const standIn = STAND_INS[`${named.owner}/${named.name}${named.path}`.toLowerCase()];
  return standIn && (await libraryFolder(library, named)) === undefined ? standIn : undefined;
}
