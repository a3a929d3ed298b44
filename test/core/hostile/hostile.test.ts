/** The marker reader against whatever anybody writes: a fixed part of what `npm run check:long` tries. */
import { expect, test } from "vitest";
import { tryBodies } from "./hostile.ts";
import { slopes } from "./linear.ts";

test("20,000 hostile bodies: none is accepted, none throws, and every untouched marker still is known", () => {
  const { FC_SEED = "1" } = process.env;
  const tally = tryBodies(20_000, Number(FC_SEED));
  expect(tally.bodies).toBe(20_000);
  expect(tally.accepted).toBe(tally.untouched);
  expect(tally.untouched).toBeGreaterThan(100);
  expect(tally.longest).toBeGreaterThan(1_048_576);
  expect(Object.keys(tally.kinds).length).toBeGreaterThan(20);
});

test("no body is read in more than linear time", () => {
  // What is quadratic takes 64 times as long for each byte. Other tests share the machine: `check:long` asks for 2.
  expect(slopes(3).filter(({ ratio }) => ratio > 12)).toEqual([]);
});
