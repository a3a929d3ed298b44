/** Text of others in what Cairn writes. */

/** Text of others as code, on one line. */
export const quoted = (text: string): string => quotedUpTo(undefined, text);

/** The same, of so many characters. */
export const quotedUpTo = (limit: number | undefined, text: string): string =>
  text === "" ? "" : `\`${oneLine(text, limit).replaceAll("`", "'")}\``;

/** Words from elsewhere, made harmless for a comment: one line, bounded, no markup that could notify or nest. */
export function oneLine(text: string, limit = 400): string {
  const flat = text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return flat.length <= limit ? flat : `${flat.slice(0, limit - 1)}…`;
}
