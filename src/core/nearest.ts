/** The known word that somebody who mistyped most likely meant. */
import { distance } from "fastest-levenshtein";

/** Longer words are no slip of a known one, and are not looked at. */
const LONGEST = 60;

/**
 * The word of `known` with the fewest changes of a letter (add, drop, replace), whatever their case; `null`: none is
 * near, at most two changes or one for every three letters, and fewer than the word has. Of two as near the first.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > LONGEST) return null;
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const changes = distance(word.toLowerCase(), candidate.toLowerCase());
    const longer = Math.max(word.length, candidate.length);
    const most = Math.min(Math.max(2, Math.floor(longer / 3)), candidate.length - 1);
    if (changes <= most && changes < least) [best, least] = [candidate, changes];
  }
  return best;
}
