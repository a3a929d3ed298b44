/**
 * What a check's no leads to: another attempt that mends the work, as long as the files change. Of each attempt the
 * chain keeps the tree that the check has seen, by the word of the run that owned it.
 */
import type { LostAttempt, Mends, Sha } from "./words.ts";

/** The attempt to which the check said no on exactly these files; asked a third time it would say it again. */
export const refusedBefore = (lost: readonly LostAttempt[], tree: Sha): LostAttempt | undefined =>
  lost.findLast(({ red }) => red?.tree === tree);

/** As `mendsOf`, of the round behind `last`: what was pushed since it was refused has passed the check. */
export function mendsOfRound(lost: readonly LostAttempt[], last: number): Mends | undefined {
  const mends = mendsOf(lost);
  const since = lost.filter(({ attempt }) => mends !== undefined && attempt > mends.attempt);
  return mends && mends.attempt + since.length === last ? mends : undefined;
}

/** What the next attempt is to mend: the last work that came to the check; attempts that were lost since said nothing. */
export function mendsOf(lost: readonly LostAttempt[]): Mends | undefined {
  const last = lost.findLast(({ red }) => red !== undefined);
  return last?.red && { attempt: last.attempt, run: last.run, said: last.red.said };
}
