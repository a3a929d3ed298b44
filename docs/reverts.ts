/** The table of reverts, from the table that is run and from what its last run came to. */
import type { Cut } from "../src/simulation/cuts.ts";
import { digestOfCuts, keyOf, readProof } from "../test/reverts/proof.ts";
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
  const rowsOf = ([name, revert]: readonly [string, Revert]): readonly string[] => {
    const { scenarios, guard, cuts, tests } = revert;
    const proven = proof[name];
    const red = proven?.of === digestOfCuts(revert) ? proven.red : {};
    const files = [...new Set(cuts.map(({ file }) => `\`${file}\``))].join(", ");
    return tests.map((test, index) => {
      const where = `\`${test.file.replace("test/", "")}\`: ${cell(test.name)}`;
      const failure = red[keyOf(test)];
      const how = failure === undefined ? "**not run**" : cell(failure).replaceAll("<", "&lt;");
      const what =
        index > 0 ? ["", "", ""] : [scenarios.join(", "), `${guard} ${files}`, cuts.map(pieceOf).join("; ")];
      return `| ${[...what, where, how].join(" | ")} |`;
    });
  };
  const sorted = Object.entries(REVERTS).sort(
    ([, a], [, b]) => (a.scenarios[0] ?? 0) - (b.scenarios[0] ?? 0),
  );
  const head = ["| | guard | what is cut | test | how it fails |", "|---|---|---|---|---|"];
  return [...head, ...sorted.flatMap(rowsOf)].join("\n");
}
