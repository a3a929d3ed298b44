import { expect, test } from "vitest";
import { parseConfig } from "../../src/policy/config/index.ts";

test.each([
  ["suggest", [], "never"],
  ["propose", [], "never"],
  ["bounded", ["robin"], "never"],
  ["full", ["robin"], "on-green-with-review"],
])("%s: a key that the level does not reach does nothing", (level, reviewers, merge) => {
  const text = `autonomy: ${level}\nreviewers: [robin]\nmerge: on-green-with-review\n`;
  expect(parseConfig(text)).toMatchObject({ kind: "valid", config: { autonomy: level, reviewers, merge } });
});

test("levels that come to the same are still different configurations: an intent of one is none of another", () => {
  const digests = ["suggest", "propose"].map((level) => {
    const parsed = parseConfig(`autonomy: ${level}\n`);
    return parsed.kind === "valid" ? parsed.digest : "";
  });
  expect(new Set(digests).size).toBe(2);
});
