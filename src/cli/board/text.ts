/** The board for people: one line for each issue, and under it what it waits for and who can act. */
import type { Board, Row } from "./read.ts";

export function boardText({ repository, app, rows }: Board): string {
  const held = rows.filter(({ state }) => state === "hold").length;
  const head = `${repository}  ${count(rows.length, "issue")}, ${held} on hold${app === null ? "" : `, by ${app}`}`;
  if (rows.length === 0) return `${repository}  Cairn knows no issue here\n`;
  return [head, ...rows.flatMap((row) => ["", ...linesOf(row)]), ""].join("\n");
}

function linesOf(row: Row): readonly string[] {
  const { issue, title, state, generation, turn, since, pull, position } = row;
  const facts = [
    state,
    ...(generation === 0 ? [] : [`generation ${generation}`]),
    ...(turn === null ? [] : [`${turn.edge}/${turn.attempt}`]),
    ...(position === null ? [] : [`position ${position}`]),
    ...(pull === null ? [] : [`pull request #${pull}`]),
    ...(since === null ? [] : [`since ${since}`]),
  ];
  return [
    `#${issue}  ${title}${row.open ? "" : "  (closed)"}`,
    `  ${facts.join(", ")}`,
    `  ${row.code}: ${row.what}${row.detail === "" ? "" : ` (${row.detail})`}`,
    ...(state === "done" ? [] : [`  ${row.next}`]),
  ];
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
