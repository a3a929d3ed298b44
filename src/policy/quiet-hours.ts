/** Quiet hours: a span of each day by the clock of a place, and when the one that it is in ends. Pure. */

/** `22:00-06:00 Europe/Berlin`; without a place, UTC. Hours that end when they begin are none. */
export const QUIET_HOURS =
  /^(?!([^-]+)-\1(?: |$))(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d(?: [A-Za-z][A-Za-z0-9_+/-]*)?$/;

const MINUTE = 60_000;
/** Whatever a clock is set forward or back, hours that are shorter than a day have ended by then. */
const LONGEST = 26 * 60 * MINUTE;

/** Whether these are quiet hours whose place this machine knows. */
export function areQuietHours(text: string): boolean {
  if (!QUIET_HOURS.test(text)) return false;
  try {
    clockOf(spanOf(text).timeZone);
  } catch {
    return false;
  }
  return true;
}

/** The end of the quiet hours that `now` is in, both milliseconds since the epoch; `null`: it is in none. */
export function quietUntil(hours: string | undefined, now: number): number | null {
  if (hours === undefined) return null;
  const { from, to, timeZone } = spanOf(hours);
  const clock = clockOf(timeZone);
  const isQuiet = (at: number): boolean => {
    const minute = minuteOf(clock.format(at));
    return from < to ? minute >= from && minute < to : minute >= from || minute < to;
  };
  if (!isQuiet(now)) return null;
  // Minute by minute: a clock that is set forward or back in these hours moves their end.
  let at = now - (now % MINUTE) + MINUTE;
  while (at < now + LONGEST && isQuiet(at)) at += MINUTE;
  return at;
}

/** Minutes of the day, and the place. */
function spanOf(hours: string): { readonly from: number; readonly to: number; readonly timeZone: string } {
  const [span = "", timeZone = "UTC"] = hours.split(" ");
  const [from = "", to = ""] = span.split("-");
  return { from: minuteOf(from), to: minuteOf(to), timeZone };
}

/** Throws `RangeError` where the place is unknown. */
const clockOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** `22:30` → 1350. */
function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
