/** A backlog as a table: what each issue's line holds, and how wide the columns are. */

export interface BoardRow {
  readonly number: number;
  readonly name: string;
  readonly title: string;
  /** The state that its label shows. */
  readonly state: string;
  /** Why it is on hold, or what it waits for: the app's words, one line. */
  readonly waitsFor: string;
  readonly pull: number | null;
}

/** The table, as wide as it has to be; lines are cut at `width`, from 1, with an ellipsis; left out: they are whole, as in a file. */
export function boardTable(rows: readonly BoardRow[], width = Number.POSITIVE_INFINITY): string {
  const head = ["issue", "file", "state", "pull", "what it came to, or waits for"];
  const cells = rows.map(({ number, name, state, pull, waitsFor }) => [
    `#${number}`,
    name,
    state,
    pull === null ? "" : `#${pull}`,
    waitsFor.replaceAll(/\s+/g, " "),
  ]);
  const widths = head.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => (row[at] ?? "").length)),
  );
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  const cut = (line: string): string => (line.length > width ? `${line.slice(0, width - 1)}…` : line);
  return [lineOf(head), ...cells.map(lineOf)].map(cut).join("\n");
}

/** All rows in their order, where at most `most` are there; else as many, first those that are under way, then on hold, then done. */
export function openFirst(rows: readonly BoardRow[], most: number): readonly BoardRow[] {
  if (rows.length <= most) return rows;
  const ended = ({ state }: BoardRow): number => (state === "done" ? 2 : state === "hold" ? 1 : 0);
  return [...rows].sort((a, b) => ended(a) - ended(b)).slice(0, most);
}

/** `30 issues: 12 done, 3 reviewing, 5 implementing, 10 ready`. */
export function tallyOf(rows: readonly BoardRow[]): string {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  const words = [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([state, count]) => `${count} ${state}`);
  return `${rows.length} issues: ${words.join(", ")}`;
}
