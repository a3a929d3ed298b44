/** The known word that somebody who mistyped most likely meant. */

/** Longer words are no slip of a known one, and are not looked at. */
const LONGEST = 60;

/**
 * The word of `known` with the fewest changes of a letter (add, drop, replace, swap two neighbours), whatever their
 * case; `null`: none is near, at most one change for every three letters. Of two as near the first.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word === "" || word.length > LONGEST) return null;
  const found = word.toLowerCase();
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const changes = distance(found, candidate.toLowerCase());
    const most = Math.max(1, Math.floor(Math.max(found.length, candidate.length) / 3));
    if (changes <= most && changes < least) [best, least] = [candidate, changes];
  }
  return best;
}

/** Damerau's and Levenshtein's distance, each pair swapped at most once. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(last, j) + 1,
          at(row, j - 1) + 1,
          at(last, j - 1) + (same ? 0 : 1),
          swapped ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
