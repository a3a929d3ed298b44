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

test("the longer the word, the more may be wrong with it, but never all of it", () => {
  expect(nearest("cmplet", ["completed"])).toBe("completed");
  expect(nearest("cmple", ["completed"])).toBeNull();
  expect(nearest("xy", ["ab"])).toBeNull();
  expect(nearest("ay", ["ab"])).toBe("ab");
});

test("a word of more than 60 characters is no slip, however near it comes", () => {
  const known = ["x".repeat(60)];
  expect(nearest(`${"x".repeat(59)}y`, known)).toBe(known[0]);
  expect(nearest("x".repeat(61), known)).toBeNull();
});

test("of two as near the first; of none, none", () => {
  expect(nearest("ab", ["aa", "bb"])).toBe("aa");
  expect(nearest("ab", [])).toBeNull();
});
