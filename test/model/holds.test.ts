/** Everything that the model can do keeps the properties. The numbers stand in docs/INVARIANTS.md. */
import { afterAll, expect, test } from "vitest";
import { WHOLES } from "./cases.ts";
import { documented, record, recording } from "./counts.ts";
import { ask, type Counts } from "./spin.ts";

const found = new Map<string, Counts>();
afterAll(() => {
  if (recording) record(found);
});

for (const { name, question } of WHOLES) {
  test(`${name} (${question.search})`, { timeout: 300_000 }, async () => {
    const { violated, counts } = await ask(question);
    expect(violated).toBeUndefined();
    found.set(name, counts);
    if (!recording) expect(documented().get(name), "MODEL_COUNTS=record writes them anew").toEqual(counts);
  });
}
