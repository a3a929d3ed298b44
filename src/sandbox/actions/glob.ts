/** GitHub's filter patterns for branches, tags and paths; and file globs for artifacts and `hashFiles`. */

const escapeText = (character: string): string => character.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** A character class `[…]` that begins at `start`, or the bracket itself where it does not end. */
function characterClass(pattern: string, start: number): { source: string; next: number } {
  const end = pattern.indexOf("]", start + 1);
  if (end < 0) return { source: "\\[", next: start + 1 };
  return { source: `[${pattern.slice(start + 1, end).replace(/\\/g, "\\\\")}]`, next: end + 1 };
}

/**
 * A filter pattern as a regular expression. `*` stops at a slash, `**` does not, `?` and `+` are
 * quantifiers of what stands before them, as in the cheat sheet of the workflow syntax.
 */
export function filterPattern(pattern: string): RegExp {
  let source = "";
  for (let index = 0; index < pattern.length; ) {
    const character = pattern[index]!;
    if (character === "\\" && index + 1 < pattern.length) {
      source += escapeText(pattern[index + 1]!);
      index += 2;
    } else if (pattern.startsWith("**/", index)) {
      source += "(?:.*/)?";
      index += 3;
    } else if (pattern.startsWith("**", index)) {
      source += ".*";
      index += 2;
    } else if (character === "[") {
      const found = characterClass(pattern, index);
      source += found.source;
      index = found.next;
    } else {
      source +=
        character === "*"
          ? "[^/]*"
          : character === "?" || character === "+"
            ? character
            : escapeText(character);
      index += 1;
    }
  }
  return new RegExp(`^${source}$`);
}

/** Whether a name passes a list of patterns: in order, the last one that matches decides, `!` takes away. */
export function passes(patterns: readonly string[], name: string): boolean {
  let included = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) {
      if (filterPattern(pattern.slice(1)).test(name)) included = false;
    } else if (filterPattern(pattern).test(name)) {
      included = true;
    }
  }
  return included;
}

/** A file glob (`*`, `?`, `**`, `[…]`) as a regular expression over a whole path with slashes, and all below it. */
export function fileGlob(pattern: string): RegExp {
  let source = "";
  for (let index = 0; index < pattern.length; ) {
    const character = pattern[index]!;
    if (pattern.startsWith("**/", index)) {
      source += "(?:.*/)?";
      index += 3;
    } else if (pattern.startsWith("**", index)) {
      source += ".*";
      index += 2;
    } else if (character === "[") {
      const found = characterClass(pattern, index);
      source += found.source.replace(/^\[!/, "[^");
      index = found.next;
    } else {
      source += character === "*" ? "[^/]*" : character === "?" ? "[^/]" : escapeText(character);
      index += 1;
    }
  }
  return new RegExp(`^${source}(?:/.*)?$`, "s");
}
