/** The model does what it is about: a property of something that never happens would hold for nothing. */
import { expect, test } from "vitest";
import { GOALS } from "./cases.ts";
import { ask } from "./spin.ts";

for (const [index, name] of GOALS.entries()) {
  test(`reached: ${name}`, { timeout: 120_000 }, async () => {
    const { violated } = await ask({
      defines: ["ACTS=2", `GOAL=${index + 1}`],
      search: "states",
      expect: "violation",
    });
    expect(violated).toMatch(/^assertion violated/);
  });
}
