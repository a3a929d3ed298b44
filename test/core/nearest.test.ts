import { expect, test } from "vitest";
import { nearest } from "../../src/core/nearest.ts";

const WORDS = ["ready", "retry", "resume", "status"];

test.each<[word: string, near: string | null]>([
  ["ready", "ready"],
  ["READY", "ready"],
  ["redy", "ready"],
  ["rady", "ready"],
  ["reayd", "ready"],
  ["resmue", "resume"],
  ["stats", "status"],
  ["xyz", null],
  ["", null],
  ["r", null],
  ["readyreadyready", null],
  ["x".repeat(100_000), null],
])("the nearest known word, case %#", (word, near) => {
  expect(nearest(word, WORDS)).toBe(near);
});

test("of two as near the first; of none, none", () => {
  expect(nearest("ab", ["aa", "bb"])).toBe("aa");
  expect(nearest("ab", [])).toBeNull();
});
