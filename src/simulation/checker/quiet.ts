/** Quiet hours as the checker tells them: by its own count, of the two places whose hours worlds have. */

/** Milliseconds by which a place is ahead of UTC; worlds are in January. */
const AHEAD: Readonly<Record<string, number>> = { UTC: 0, "Europe/Berlin": 3_600_000 };

const DAY = 86_400_000;

/** Whether `at` is in quiet hours that had begun more than `since` milliseconds before. */
export function hasQuietHoursSince(hours: string | undefined, at: number, since: number): boolean {
  const [, from = "", to = "", place = "UTC"] = /^(\S+)-(\S+?)(?: (.+))?$/.exec(hours ?? "") ?? [];
  const ahead = AHEAD[place];
  if (hours === undefined) return false;
  if (ahead === undefined) throw new Error(`quiet hours of ${place}: no world has them`);
  const past = (time: string): number => (((at + ahead - millisecondsOf(time)) % DAY) + DAY) % DAY;
  const length = (millisecondsOf(to) - millisecondsOf(from) + DAY) % DAY;
  return past(from) < length && past(from) > since;
}

/** `09:30` → 34200000. */
function millisecondsOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return (hours * 60 + minutes) * 60_000;
}
