/** The fields of `schedule` (docs: "Events that trigger workflows", `schedule`; POSIX `crontab` for days). */
import { expect, test } from "vitest";
import { checkSchedule, lastDue, parseCron } from "../../../src/sandbox/actions/events/cron.ts";

const DAY = 86_400_000;

/** All times of one day at which a schedule is due, as `HH:MM`. */
function timesOn(date: string, text: string, timezone?: string): readonly string[] {
  const start = Date.parse(`${date}T00:00:00Z`);
  const cron = parseCron(text);
  const found: string[] = [];
  for (let until = start + DAY - 1; ; ) {
    const due = lastDue(cron, timezone, start - 1, until);
    if (due === undefined) return found.reverse();
    found.push(new Date(due).toISOString().slice(11, 16));
    until = due - 1;
  }
}

test.each([
  ["30 5 * * *", ["05:30"]],
  ["0 */8 * * *", ["00:00", "08:00", "16:00"]],
  ["5/20 3 * * *", ["03:05", "03:25", "03:45"]],
  ["0,15 9-10 * * *", ["09:00", "09:15", "10:00", "10:15"]],
  ["0 1-7/3 * nov sat", ["01:00", "04:00", "07:00"]],
  ["0 4 * * MON-FRI", []],
  ["0 4 20 * *", []],
  // Both days named: one of them is enough. 2026-11-21 is a Saturday.
  ["0 4 21 * 1", ["04:00"]],
  ["0 4 1 * SAT", ["04:00"]],
  ["0 4 21 12 *", []],
])("%s is due on 2026-11-21 at %j", (text, times) => {
  expect(timesOn("2026-11-21", text)).toEqual(times);
});

test("a schedule may have a time zone, with its summer time", () => {
  expect(timesOn("2026-11-21", "30 9 * * *", "Asia/Kolkata")).toEqual(["04:00"]);
  expect(timesOn("2026-01-10", "0 9 * * *", "Europe/Berlin")).toEqual(["08:00"]);
  expect(timesOn("2026-07-10", "0 9 * * *", "Europe/Berlin")).toEqual(["07:00"]);
});

test("a year without a due day is soon looked through", () => {
  const until = Date.parse("2027-01-01T00:00:00Z");
  expect(lastDue(parseCron("0 0 30 2 *"), undefined, until - 365 * DAY, until)).toBeUndefined();
  expect(lastDue(parseCron("0 0 29 2 *"), undefined, until - 4 * 366 * DAY, until)).toBe(
    Date.parse("2024-02-29"),
  );
});

test.each([
  ["60 * * * *"],
  ["* * * *"],
  ["*/0 * * * *"],
  ["5-1 * * * *"],
  ["* * * * fry"],
  ["@daily"],
])("%s is no schedule", (text) => {
  expect(() => checkSchedule(text, undefined)).toThrow(RangeError);
});

test("a time zone that nobody knows is refused", () => {
  expect(() => checkSchedule("0 0 * * *", "Mars/Olympus")).toThrow(RangeError);
});
