/** Each rule is needed: without it Spin finds a way to what must not happen. */
import { expect, test } from "vitest";
import { PROPERTIES, VARIANTS } from "./cases.ts";
import { ask } from "./spin.ts";

for (const { name, define, refutes } of VARIANTS) {
  for (const property of refutes) {
    const { number, words } = PROPERTIES[property];
    test(`refuted: ${name} — ${words}`, { timeout: 120_000 }, async () => {
      const { violated } = await ask({
        defines: ["ACTS=2", `ONLY=${number}`, define],
        search: "states",
        expect: "violation",
      });
      // The assertion as Spin prints it names the property's number.
      expect(violated).toMatch(/^assertion violated/);
      expect(violated).toContain(`((${number}!=0)&&(${number}!=${number}))`);
    });
  }
}

test("refuted: what is sent again for ever ends nowhere", { timeout: 120_000 }, async () => {
  const { violated } = await ask({
    defines: ["ACTS=1", "ONLY=8", "RESEND"],
    search: "cycles",
    expect: "violation",
  });
  expect(violated).toMatch(/^non-progress cycle/);
});
