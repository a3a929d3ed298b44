/** The board of a backlog: a line for each issue, with where it stands and what it waits for. */
import type { BoardRow } from "./backlog-table.ts";
import type { Display } from "./display.ts";
import type { IssueSummary, Watcher } from "./watch.ts";

/** What the app said last of each issue, by number, from its log. */
export function lastWords(log: readonly string[], repository: string): ReadonlyMap<number, string> {
  const said = new Map<number, string>();
  for (const line of log) {
    const { issue, message } = wordsOf(line);
    const number = /#(\d+)$/.exec(issue ?? "")?.[1];
    const rest = /^[a-z]+: (.*)$/s.exec(message ?? "")?.[1];
    if (number === undefined || rest === undefined || !issue?.startsWith(`${repository.toLowerCase()}#`))
      continue;
    said.set(Number(number), rest);
  }
  return said;
}

function wordsOf(line: string): { readonly issue?: string; readonly message?: string } {
  try {
    return JSON.parse(line) as { issue?: string; message?: string };
  } catch {
    return {};
  }
}

export function rowOf(
  summary: IssueSummary,
  issue: { readonly name: string; readonly title: string },
  said: string,
): BoardRow {
  const { number, state, pull, mergeSha, reason } = summary;
  const words = reason === null ? said : `${reason}: ${said}`;
  const waitsFor = mergeSha === null ? words : `merged as ${mergeSha.slice(0, 12)}`;
  return { number, name: issue.name, title: issue.title, state, waitsFor, pull };
}

export interface Board {
  /** Says what has changed since the last look. Gives the board as it is. */
  look(): Promise<readonly BoardRow[]>;
}

export interface BoardOptions {
  readonly watcher: Watcher;
  readonly display: Display;
  /** `owner/name` */
  readonly repository: string;
  /** The app's log as it grows. */
  readonly appLog: readonly string[];
  readonly issues: readonly { readonly number: number; readonly name: string; readonly title: string }[];
}

export function createBoard({ watcher, display, repository, appLog, issues }: BoardOptions): Board {
  let before = new Map<number, string>();
  return {
    async look() {
      const said = lastWords(appLog, repository);
      const rows = await Promise.all(
        issues.map(async (issue) =>
          rowOf(await watcher.summary(issue.number, "own"), issue, said.get(issue.number) ?? ""),
        ),
      );
      const now = new Map(rows.map((row) => [row.number, wordsOfRow(row)]));
      const changed = rows.filter(({ number }) => before.get(number) !== now.get(number));
      before = now;
      for (const row of changed) display.say(wordsOfRow(row));
      if (changed.length > 0) display.board(rows);
      return rows;
    },
  };
}

const wordsOfRow = ({ number, name, state, pull, waitsFor }: BoardRow): string =>
  `#${number} ${name}: ${state}${pull === null ? "" : ` (#${pull})`} ${waitsFor.replaceAll(/\s+/g, " ").slice(0, 160)}`.trimEnd();
