/** What the last run of each revert came to: docs/proof/reverts.json. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Digest, digestOf } from "../../src/core/canonical.ts";
import { type Revert, TOP } from "./revert.ts";

export const PROOF = join(TOP, "docs/proof/reverts.json");

export interface Red {
  /** Of cuts and test: what was run is what stands in the table. */
  readonly of: Digest;
  /** First line of the failure. */
  readonly failure: string;
}

export const digestOfRevert = ({ cuts, test }: Revert): Digest => digestOf({ cuts, test });

export function readProof(): Readonly<Record<string, Red>> {
  try {
    return JSON.parse(readFileSync(PROOF, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/** In the order of `names`; what is not among them is dropped. */
export function writeProof(names: readonly string[], found: Readonly<Record<string, Red>>): void {
  const kept = names.flatMap((name) => (found[name] ? [[name, found[name]] as const] : []));
  writeFileSync(PROOF, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
}
