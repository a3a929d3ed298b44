/**
 * The five fields of `schedule`: minute, hour, day of the month, month, day of the week, as POSIX cron has them, with
 * names of months and days (docs: "Events that trigger workflows", `schedule`). In UTC unless a time zone is named.
 */

export interface Cron {
  readonly minute: ReadonlySet<number>;
  readonly hour: ReadonlySet<number>;
  readonly day: ReadonlySet<number>;
  readonly month: ReadonlySet<number>;
  readonly weekday: ReadonlySet<number>;
  /** Where both are named, a day that is in one of them counts. */
  readonly days: "both count" | "one counts";
}

interface Field {
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const MINUTE: Field = { from: 0, to: 59, names: [] };
const HOUR: Field = { from: 0, to: 23, names: [] };
const DAY: Field = { from: 1, to: 31, names: [] };
const MONTH: Field = { from: 1, to: 12, names: MONTHS };
const WEEKDAY: Field = { from: 0, to: 6, names: WEEKDAYS };

const MINUTE_MS = 60_000;

/** Throws `RangeError` where a field is none. */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) throw new RangeError(`'${text}' has not five fields`);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  return {
    minute: valuesOf(minute, MINUTE),
    hour: valuesOf(hour, HOUR),
    day: valuesOf(day, DAY),
    month: valuesOf(month, MONTH),
    weekday: valuesOf(weekday, WEEKDAY),
    days: day.startsWith("*") || weekday.startsWith("*") ? "both count" : "one counts",
  };
}

/** Throws `RangeError` where fields or time zone are none. */
export function checkSchedule(text: string, timezone: string | undefined): void {
  parseCron(text);
  if (timezone !== undefined) inZone(timezone);
}

function valuesOf(text: string, field: Field): ReadonlySet<number> {
  return new Set(text.split(",").flatMap((part) => rangeOf(part, field)));
}

/** `*`, `4`, `4-9`, each with `/2` behind; `4/2` goes to the end. */
function rangeOf(text: string, field: Field): readonly number[] {
  const [range = "", written] = text.split("/");
  const step = written === undefined ? 1 : Number(written);
  const [first = "", last] = range.split("-");
  const from = first === "*" ? field.from : numberOf(first, field);
  const to =
    first === "*" || (last === undefined && written !== undefined)
      ? field.to
      : numberOf(last ?? first, field);
  const stands = Number.isInteger(step) && step > 0 && from >= field.from && to <= field.to && from <= to;
  if (!stands) throw new RangeError(`'${text}' is no field of a schedule`);
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function numberOf(text: string, field: Field): number {
  const named = field.names.indexOf(text.toLowerCase());
  if (named >= 0) return named + field.from;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

interface Moment {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

/** The latest minute after `after` and not after `until` (both ms) at which it is due; `undefined` where there is none. */
export function lastDue(
  cron: Cron,
  timezone: string | undefined,
  after: number,
  until: number,
): number | undefined {
  const momentAt = timezone === undefined ? inUtc : inZone(timezone);
  let at = Math.floor(until / MINUTE_MS) * MINUTE_MS;
  while (at > after) {
    const moment = momentAt(at);
    if (!isOnDay(cron, moment) || !cron.hour.has(moment.hour)) at -= (moment.minute + 1) * MINUTE_MS;
    else if (!cron.minute.has(moment.minute)) at -= MINUTE_MS;
    else return at;
  }
  return undefined;
}

function isOnDay({ month, day, weekday, days }: Cron, moment: Moment): boolean {
  if (!month.has(moment.month)) return false;
  const [inMonth, inWeek] = [day.has(moment.day), weekday.has(moment.weekday)];
  return days === "both count" ? inMonth && inWeek : inMonth || inWeek;
}

function inUtc(at: number): Moment {
  const date = new Date(at);
  return {
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
  };
}

/** Throws `RangeError` where the zone is not known. */
function inZone(timeZone: string): (at: number) => Moment {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    weekday: "short",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return {
      minute: Number(parts.minute),
      hour: Number(parts.hour),
      day: Number(parts.day),
      month: Number(parts.month),
      weekday: WEEKDAYS.indexOf((parts.weekday ?? "").toLowerCase()),
    };
  };
}
