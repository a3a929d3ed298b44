/** What the demo shows while it runs: lines with times, or JSON objects; in a terminal a status line below. */
import { type BoardRow, boardTable, openFirst, tallyOf } from "./backlog-table.ts";
import type { WatchEvent } from "./watch.ts";

export interface Display {
  event(event: WatchEvent): void;
  say(text: string): void;
  /** What the agent prints right now. */
  agent(issue: number, text: string): void;
  /** A whole object; in JSON mode only. */
  object(value: unknown): void;
  /** The board as it is now: in a terminal it stays below everything else; elsewhere what changed was said line by line. */
  board(rows: readonly BoardRow[]): void;
  /** Longer text at the end; not in JSON mode. */
  report(text: string): void;
}

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Lines; left out: as many as it takes. */
  readonly rows?: number;
  write(text: string): unknown;
}

export function createDisplay(mode: "json" | "text", out: Output = process.stdout): Display {
  const begun = Date.now();
  const since = (): string => `${((Date.now() - begun) / 1000).toFixed(1).padStart(6)}s`;
  const json = (value: unknown): void => {
    out.write(`${JSON.stringify(value)}\n`);
  };
  if (mode === "json") {
    return {
      event: ({ issue, event, text }) => json({ type: "event", issue, event, text }),
      say: (text) => json({ type: "note", text }),
      agent: (issue, text) => json({ type: "agent", issue, text }),
      object: json,
      board: (rows) => json({ type: "board", issues: rows }),
      report: () => undefined,
    };
  }
  const live = out.isTTY === true;
  const clear = live ? "\r\u001b[K" : "";
  let board = "";
  /** Takes the board away, where it is, so that something can be written above it. */
  const unboard = (): string => (board === "" ? clear : `\r\u001b[${board.split("\n").length}A\u001b[J`);
  const write = (text: string): void => {
    out.write(`${unboard()}${text}\n${board === "" ? "" : `${board}\n`}`);
  };
  const line = (text: string): void => write(`${since()}  ${text}`);
  return {
    event: ({ issue, event, text }) => line(`#${issue} ${event.padEnd(6)} ${text}`),
    say: line,
    agent(issue, text) {
      if (live)
        out.write(
          `${clear}         #${issue} agent │ ${text.slice(0, Math.max(20, (out.columns ?? 100) - 24))}`,
        );
      else line(`#${issue} agent  │ ${text}`);
    },
    object: () => undefined,
    board(rows) {
      if (!live) return;
      const width = (out.columns ?? 100) - 1;
      // A board that is taller than the terminal could not be taken away again. Its head, the tally, and the line behind it need three.
      const fitting = out.rows === undefined ? rows : openFirst(rows, Math.max(0, out.rows - 3));
      const next = `${boardTable(fitting, width)}\n${tallyOf(rows).slice(0, width)}`;
      out.write(`${unboard()}${next}\n`);
      board = next;
    },
    report(text) {
      out.write(`${unboard()}${text}\n`);
      board = "";
    },
  };
}
