/**
 * The whole of it, by hand: `node test/core/hostile/million.ts` tries a million bodies and measures the reader's
 * time per byte, and writes what came out to docs/proof/hostile-bodies.json. Exit code 1: it does not hold.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tryBodies } from "./hostile.ts";
import { slopes } from "./linear.ts";

const BODIES = 1_000_000;
const SEED = 1;
const MOST = 2;

const tally = tryBodies(BODIES, SEED);
const linear = slopes(50);
const folder = join(import.meta.dirname, "../../../docs/proof");
mkdirSync(folder, { recursive: true });
const { kinds, ...counts } = tally;
const sorted = Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => (a < b ? -1 : 1)));
const report = { seed: SEED, ...counts, thrown: 0, kinds: sorted, linear };
writeFileSync(join(folder, "hostile-bodies.json"), `${JSON.stringify(report, null, 2)}\n`);

const steep = linear.filter(({ ratio }) => ratio > MOST);
console.log(
  `${tally.bodies} bodies, ${tally.accepted} accepted, ${tally.untouched} of them untouched markers`,
);
console.log(`time per byte at 64 KiB over 1 KiB: at most ${Math.max(...linear.map(({ ratio }) => ratio))}`);
for (const { shape, ratio } of steep) console.error(`not linear: ${shape} (${ratio})`);
process.exitCode = steep.length === 0 ? 0 : 1;
