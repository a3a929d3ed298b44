/** Waits that repeat themselves cost less and less; whatever is new is looked at as soon as it asks for. */
import { expect, test } from "vitest";
import { createPace } from "../../src/app/pace.ts";

const ISSUE = "acme/tools#1";
const OTHER = "acme/tools#2";

test("the same short wait is looked at twice as late each time, another one as soon as it asks for", () => {
  const pace = createPace();
  const wait = { what: "GitHub to list abc", again: 1_500 };
  const asked = Array.from({ length: 5 }, () => pace.next(ISSUE, wait));
  expect(asked).toEqual([1_500, 3_000, 6_000, 12_000, 24_000]);
  expect(pace.next(OTHER, wait)).toBe(1_500);
  expect(pace.next(ISSUE, { what: "its turn", again: 1_000 })).toBe(1_000);
  expect(pace.next(ISSUE, wait)).toBe(1_500);
});

test("a wait with a time of its own, and one for something to happen, stay as they are", () => {
  const pace = createPace();
  const late = { what: "the quiet period", again: 110_000 };
  expect([pace.next(ISSUE, late), pace.next(ISSUE, late)]).toEqual([110_000, 110_000]);
  const never = { what: "a review", again: null };
  expect([pace.next(ISSUE, never), pace.next(ISSUE, never)]).toEqual([null, null]);
});

test("what was waited for is forgotten with the issue, and with anything longer in between", () => {
  const pace = createPace();
  const wait = { what: "GitHub to compute", again: 1_000 };
  pace.next(ISSUE, wait);
  pace.next(ISSUE, { what: "a review", again: null });
  expect(pace.next(ISSUE, wait)).toBe(1_000);
  pace.next(ISSUE, wait);
  pace.forget(ISSUE);
  expect(pace.next(ISSUE, wait)).toBe(1_000);
});

test("however long it lasts, the pause is a number of milliseconds that a timer takes", () => {
  const pace = createPace();
  let last: number | null = 0;
  for (let times = 0; times < 2_000; times += 1) last = pace.next(ISSUE, { what: "for ever", again: 500 });
  expect(last).toBe(500 * 2 ** 12);
});
