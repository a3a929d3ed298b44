/** What people see while a demo runs: the same facts as lines, in a terminal, and as JSON. */
import { expect, test } from "vitest";
import { createDisplay } from "../../src/cli/display.ts";

function shown(mode: "json" | "text", isTTY: boolean): string {
  const written: string[] = [];
  const display = createDisplay(mode, { isTTY, columns: 60, write: (text) => written.push(text) });
  display.agent(1, "working");
  display.event({ issue: 1, event: "fault", text: "webhook issues.labeled comes twice" });
  display.object({ type: "summary" });
  return written.join("");
}

test("a fault is a line of its own: plain, above the status line of a terminal, and as an object", () => {
  expect(shown("text", false)).toMatch(
    /^ +0\.\ds {2}#1 agent {2}│ working\n +0\.\ds {2}#1 fault {2}webhook issues\.labeled comes twice\n$/,
  );
  const line = shown("text", true).split("\n")[0] ?? "";
  // The status line goes away before the fault takes its place.
  expect(line).toContain("#1 agent │ working\r\u001b[K");
  expect(line.split("\r\u001b[K").at(-1)).toMatch(/#1 fault {2}webhook issues\.labeled comes twice$/);
  expect(
    shown("json", true)
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text)),
  ).toEqual([
    { type: "agent", issue: 1, text: "working" },
    { type: "event", issue: 1, event: "fault", text: "webhook issues.labeled comes twice" },
    { type: "summary" },
  ]);
});
