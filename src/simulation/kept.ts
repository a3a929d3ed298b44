/** Seeds that failed once: what was wrong is mended, and they are run for ever. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKOUT } from "../checkout/files.ts";
import type { Profile } from "./knobs.ts";
import type { SeedOptions } from "./run-seed.ts";

export interface Kept {
  readonly seed: number;
  readonly profile: Profile;
  readonly omit?: readonly string[];
  /** What it found. */
  readonly why: string;
}

export function keptSeeds(): readonly SeedOptions[] {
  const text = readFileSync(join(CHECKOUT, "test/simulation/seeds.json"), "utf8");
  return (JSON.parse(text) as readonly Kept[]).map(({ seed, profile, omit }) => ({
    seed,
    profile,
    ...(omit ? { omit } : {}),
  }));
}
