/** Text of others in what Cairn writes. */

/** Text of others as code, on one line. */
export const quoted = (text: string): string =>
  text === "" ? "" : `\`${oneLine(text).replaceAll("`", "'")}\``;

/** Words from elsewhere, made harmless for a comment: one line, bounded, no markup that could notify or nest. */
export function oneLine(text: string, limit = 400): string {
  const flat = text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return flat.length <= limit ? flat : `${flat.slice(0, limit - 1)}…`;
}
