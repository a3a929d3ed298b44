/** The label by which people ask for work. It also shows the state `ready`, so that one label is enough for both. */

/** Its name where the configuration has no other, and the one that the tables of words are written with. */
export const ENTRY_LABEL = "cairn:ready";

/** GitHub's labels know no case. */
export const sameLabel = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Words of a table with the label as it is called here. Not for text of others, which stays as it was written. */
export const withEntryLabel = (words: string, entryLabel: string): string =>
  words.replaceAll(ENTRY_LABEL, () => entryLabel);
