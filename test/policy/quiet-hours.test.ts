import { expect, test } from "vitest";
import { parseConfig } from "../../src/policy/config/index.ts";
import { areQuietHours, quietUntil } from "../../src/policy/quiet-hours.ts";

const at = (time: string): number => Date.parse(time);
const until = (hours: string, now: string): string | null => {
  const end = quietUntil(hours, at(now));
  return end === null ? null : new Date(end).toISOString();
};

test.each([
  ["before them", "09:00-17:00", "2026-03-10T08:59:59Z", null],
  ["in their first second", "09:00-17:00", "2026-03-10T09:00:00Z", "2026-03-10T17:00:00.000Z"],
  ["in their last second", "09:00-17:00", "2026-03-10T16:59:59Z", "2026-03-10T17:00:00.000Z"],
  ["at their end", "09:00-17:00", "2026-03-10T17:00:00Z", null],
  ["over midnight, in the evening", "22:30-06:15", "2026-03-10T23:00:00Z", "2026-03-11T06:15:00.000Z"],
  ["over midnight, in the morning", "22:30-06:15", "2026-03-10T06:14:30Z", "2026-03-10T06:15:00.000Z"],
  ["over midnight, by day", "22:30-06:15", "2026-03-10T12:00:00Z", null],
  ["by another clock", "22:00-06:00 Europe/Berlin", "2026-03-10T21:30:00Z", "2026-03-11T05:00:00.000Z"],
  [
    "by a clock of half hours",
    "22:00-06:00 Asia/Kolkata",
    "2026-03-10T16:45:00Z",
    "2026-03-11T00:30:00.000Z",
  ],
  // On March 29 the clocks of Berlin are set from 2:00 to 3:00, on October 25 from 3:00 back to 2:00.
  [
    "in a night that is an hour shorter",
    "22:00-06:00 Europe/Berlin",
    "2026-03-28T21:30:00Z",
    "2026-03-29T04:00:00.000Z",
  ],
  [
    "in a night that is an hour longer",
    "22:00-06:00 Europe/Berlin",
    "2026-10-24T20:30:00Z",
    "2026-10-25T05:00:00.000Z",
  ],
  [
    "where their end is an hour that does not come",
    "22:00-02:30 Europe/Berlin",
    "2026-03-28T21:30:00Z",
    "2026-03-29T01:00:00.000Z",
  ],
])("%s", (_when, hours, now, end) => {
  expect(until(hours, now)).toBe(end);
});

test("none are never", () => {
  expect(quietUntil(undefined, at("2026-03-10T00:00:00Z"))).toBeNull();
});

test.each([
  "22:00-06:00",
  "22:00-06:00 Europe/Berlin",
  "00:00-23:59 UTC",
  "22:00-06:00 Etc/GMT+5",
])("%s are quiet hours", (text) => {
  expect(areQuietHours(text)).toBe(true);
});

test.each([
  "22:00",
  "24:00-06:00",
  "22:60-06:00",
  "22-6",
  "22:00-22:00",
  "22:00-06:00 Europe/Atlantis",
  "22:00-06:00  UTC",
  "",
])("%s are none, and the file says so", (text) => {
  expect(areQuietHours(text)).toBe(false);
  const parsed = parseConfig(`quiet-hours: "${text}"\n`);
  expect(parsed).toMatchObject({
    kind: "invalid",
    problems: [{ line: 1, column: 14, message: expect.stringContaining("Europe/Berlin") }],
  });
});
