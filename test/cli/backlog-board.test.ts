import { expect, test } from "vitest";
import { lastWords } from "../../src/cli/backlog-board.ts";
import { type BoardRow, boardTable, tallyOf } from "../../src/cli/backlog-table.ts";
import { createDisplay } from "../../src/cli/display.ts";

const row = (fields: Partial<BoardRow>): BoardRow => ({
  number: 1,
  name: "a",
  title: "A",
  state: "ready",
  waitsFor: "",
  pull: null,
  ...fields,
});

test("a line for each issue, one below the other, no wider than the terminal", () => {
  const rows = [
    row({ waitsFor: "a slot\n(1 of 1)" }),
    row({ number: 12, name: "longer", state: "done", pull: 40, waitsFor: "merged" }),
  ];
  expect(boardTable(rows).split("\n")).toEqual([
    "issue  file    state  pull  what it came to, or waits for",
    "#1     a       ready        a slot (1 of 1)",
    "#12    longer  done   #40   merged",
  ]);
  expect(boardTable(rows, 12).split("\n")).toEqual(["issue  file…", "#1     a   …", "#12    long…"]);
  expect(boardTable([row({ waitsFor: "x".repeat(400) })])).toContain("x".repeat(400));
  expect(tallyOf([...rows, row({})])).toBe("3 issues: 1 done, 2 ready");
});

test("the last that the app said of each issue of this repository; whatever else is in its log is passed over", () => {
  const line = (issue: string, message: string): string => JSON.stringify({ level: "info", issue, message });
  const log = [
    "not JSON",
    JSON.stringify({ message: "listening" }),
    line("acme/tools#1", "ready: a slot"),
    line("acme/tools#1", "advance raise+declare"),
    line("acme/tools#1", "implementing: a run to start"),
    line("acme/tools#2", "hold: asked"),
    line("acme/tools2#3", "hold: elsewhere"),
  ];
  expect([...lastWords(log, "Acme/Tools")]).toEqual([
    [1, "a run to start"],
    [2, "asked"],
  ]);
});

test("in a terminal the board stays below what is said; in JSON it is an object; elsewhere it is not repeated", () => {
  const written = (mode: "json" | "text", isTTY: boolean): string => {
    let all = "";
    const display = createDisplay(mode, { isTTY, columns: 80, write: (text) => (all += text) });
    display.board([row({})]);
    display.say("something");
    display.board([row({ state: "done" })]);
    display.report("the end");
    return all.replaceAll(/\d+\.\ds/g, "0s").replaceAll("\u001b", "ESC");
  };
  const board = (state: string): string =>
    `issue  file  state  pull  what it came to, or waits for\n#1     a     ${state}\n1 issues: 1 ${state}\n`;
  const away = "\rESC[3AESC[J";
  expect(written("text", true)).toBe(
    `\rESC[K${board("ready")}${away}   0s  something\n${board("ready")}${away}${board("done")}${away}the end\n`,
  );
  expect(written("text", false)).toBe("   0s  something\nthe end\n");
  expect(written("json", false).split("\n")[0]).toBe(JSON.stringify({ type: "board", issues: [row({})] }));
});

test("a board is never taller than the terminal: open issues first, and the tally is always there", () => {
  let last = "";
  const out = { isTTY: true, columns: 80, rows: 6, write: (text: string) => (last = text) };
  const display = createDisplay("text", out);
  display.board([
    row({ number: 1, state: "done" }),
    row({ number: 2, state: "hold" }),
    row({ number: 3, state: "reviewing" }),
    row({ number: 4 }),
    row({ number: 5, state: "done" }),
  ]);
  const lines = last.trimEnd().split("\n");
  expect(lines).toHaveLength(out.rows - 1);
  expect(lines.slice(1, -1).map((line) => line.split(" ")[0])).toEqual(["#3", "#4", "#2"]);
  expect(lines.at(-1)).toBe("5 issues: 2 done, 1 hold, 1 ready, 1 reviewing");
});
