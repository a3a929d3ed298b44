/**
 * Adds what `simulate --json` printed to what `docs/proof.md` reports:
 *
 *   npm run --silent cairn -- simulate --seeds 1000 --start 1 --json | node test/simulation/record.ts ranges mixed
 *   npm run --silent cairn -- simulate --small-scope acts --json | node test/simulation/record.ts small-scope acts
 *
 * A third word names the commit that was run, where it is not the one that is checked out.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Runs } from "../../docs/proof.ts";
import { added, type Summary } from "../../src/simulation/summary.ts";

const [list, name, ran = "HEAD"] = process.argv.slice(2);
if ((list !== "ranges" && list !== "small-scope") || !name) {
  throw new Error(
    "usage: … | node test/simulation/record.ts ranges PROFILE | small-scope QUESTION, and the COMMIT",
  );
}
const lines = (await text(process.stdin)).trim().split("\n");
const summary = JSON.parse(lines.at(-1) ?? "") as Summary;
if (summary.type !== "summary") throw new Error("the last line is no summary");

const file = join(import.meta.dirname, "../../docs/proof", `${list}.json`);
const before = JSON.parse(readFileSync(file, "utf8")) as Runs;
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, one) => all + one, 0);
const { start, seeds, hash, simulatedHours, requests, done, crashPointsMissed, seedsPerSecond } = summary;
const row = {
  name,
  start,
  seeds,
  hash,
  simulatedHours,
  requests,
  faults: sum(summary.faults),
  landed: sum(summary.landed),
  done,
  held: sum(summary.held),
  missed: crashPointsMissed,
  violations: summary.violations.map(({ seed, rule }) => ({ seed, rule })),
  seedsPerSecond,
  commit: execFileSync("git", ["rev-parse", "--short=10", ran], { encoding: "utf8" }).trim(),
};
const again = before.rows.filter((one) => one.name === name && one.start === start && one.seeds === seeds);
// What is summed over all ranges would count it twice. The small scope has no sums: its last run stands.
if (list === "ranges" && again.length > 0)
  throw new Error(`${name} from ${start} on stands in ${file} already`);
const others = before.rows.filter((one) => list === "ranges" || one.name !== name);
const rows = [...others, row].sort((a, b) => a.start - b.start || (a.name < b.name ? -1 : 1));
const faults = list === "ranges" ? added([before.faults, summary.faults]) : {};
const shown = rows.map((one) => `    ${JSON.stringify(one)}`).join(",\n");
writeFileSync(file, `{\n  "rows": [\n${shown}\n  ],\n  "faults": ${JSON.stringify(faults)}\n}\n`);
