/** What the last run of each revert came to: docs/proof/reverts.json. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Digest, digestOf } from "../../src/core/canonical.ts";
import { type Noticing, type Revert, TOP } from "./revert.ts";

const PROOF = join(TOP, "docs/proof/reverts.json");

export interface Proven {
  /** Of the cuts: what was taken out is what stands in the table. */
  readonly of: Digest;
  /** First line of the failure, by test. */
  readonly red: Readonly<Record<string, string>>;
}

export type Proof = Readonly<Record<string, Proven>>;

export const digestOfCuts = ({ cuts }: Revert): Digest => digestOf({ cuts });
export const keyOf = ({ file, name }: Noticing): string => `${file}: ${name}`;

export function readProof(): Proof {
  try {
    return JSON.parse(readFileSync(PROOF, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/** In the table's order; what is not in it, or was run with other cuts, is dropped. */
export function writeProof(table: Readonly<Record<string, Revert>>, found: Proof): void {
  const kept = Object.entries(table).flatMap(([name, revert]) => {
    const of = digestOfCuts(revert);
    const known = found[name]?.of === of ? found[name].red : {};
    const red = revert.tests.map(keyOf).flatMap((key) => {
      const failure = known[key];
      return failure === undefined ? [] : [[key, failure] as const];
    });
    return red.length === 0 ? [] : [[name, { of, red: Object.fromEntries(red) }] as const];
  });
  writeFileSync(PROOF, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
}
