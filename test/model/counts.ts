/** The searches' numbers in docs/INVARIANTS.md. `MODEL_COUNTS=record` writes them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Counts } from "./spin.ts";

const FILE = join(import.meta.dirname, "../../docs/INVARIANTS.md");
const PART = /(<!-- model:start -->\n)([\s\S]*?)(<!-- model:end -->)/;

export const recording = process.env.MODEL_COUNTS === "record";

/** By the search's name. Throws where the document has no such part. */
export function documented(): ReadonlyMap<string, Counts> {
  const rows = partOf(readFileSync(FILE, "utf8"))
    .split("\n")
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length > 4);
  return new Map(
    rows.map(([, name = "", ...numbers]) => {
      const [states = 0, transitions = 0, depth = 0] = numbers.map((text) =>
        Number(text.replaceAll(",", "")),
      );
      return [name, { states, transitions, depth }];
    }),
  );
}

export function record(found: ReadonlyMap<string, Counts>): void {
  const rows = [...found].map(
    ([name, { states, transitions, depth }]) =>
      `| ${[name, ...[states, transitions, depth].map((one) => one.toLocaleString("en"))].join(" | ")} |`,
  );
  const table = ["| what people do | states | transitions | depth |", "|---|--:|--:|--:|", ...rows].join(
    "\n",
  );
  const text = readFileSync(FILE, "utf8");
  partOf(text);
  writeFileSync(
    FILE,
    text.replace(PART, (_all, start: string, _old, end: string) => `${start}${table}\n${end}`),
  );
}

function partOf(text: string): string {
  const part = PART.exec(text)?.[2];
  if (part === undefined) throw new Error(`${FILE} has no part 'model'`);
  return part;
}
