/** The table of reverts, from the table that is run and from what its last run came to. */
import type { Cut } from "../src/simulation/cuts.ts";
import { digestOfRevert, readProof } from "../test/reverts/proof.ts";
import type { Revert } from "../test/reverts/revert.ts";
import { REVERTS } from "../test/reverts/table/index.ts";

/** Characters of a piece that are shown. */
const LONGEST = 90;

const cell = (text: string): string => text.replaceAll(/\s+/g, " ").trim().replaceAll("|", "\\|");

const code = (text: string): string => {
  const flat = cell(text);
  return `\`\` ${flat.length <= LONGEST ? flat : `${flat.slice(0, LONGEST - 1)}…`} \`\``;
};

const pieceOf = ({ from, to }: Cut): string => `${code(from)} → ${to.trim() === "" ? "nothing" : code(to)}`;

export function revertsPage(): string {
  const proof = readProof();
  const rowOf = ([name, revert]: readonly [string, Revert]): string => {
    const { scenarios, guard, cuts, test } = revert;
    const red = proof[name];
    const how =
      red?.of === digestOfRevert(revert) ? cell(red.failure).replaceAll("<", "&lt;") : "**not run**";
    const files = [...new Set(cuts.map(({ file }) => `\`${file}\``))].join(", ");
    const where = `\`${test.file.replace("test/", "")}\`: ${cell(test.name)}`;
    return `| ${scenarios.join(", ")} | ${files}: ${guard} | ${cuts.map(pieceOf).join("; ")} | ${where} | ${how} |`;
  };
  const sorted = Object.entries(REVERTS).sort(
    ([, a], [, b]) => (a.scenarios[0] ?? 0) - (b.scenarios[0] ?? 0),
  );
  const head = ["| | guard | what is cut | test | how it fails |", "|---|---|---|---|---|"];
  return [...head, ...sorted.map(rowOf)].join("\n");
}
