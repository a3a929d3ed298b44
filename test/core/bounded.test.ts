import { expect, test } from "vitest";
import { putBounded } from "../../src/core/bounded.ts";

test("the key that was put first goes for a new one, and none for one that is there", () => {
  const map = new Map<string, number>();
  for (const [at, key] of ["a", "b", "a", "b"].entries()) putBounded(map, key, at, 2);
  expect([...map]).toEqual([
    ["a", 2],
    ["b", 3],
  ]);
  putBounded(map, "c", 4, 2);
  expect([...map.keys()]).toEqual(["b", "c"]);
});
