/** What an issue's title and labels say of its end: closed and never merged, or merged and never closed. */

/** Whether a title marks an issue as a try of the loop, however it is spaced or written large. */
export const isSynthetic = (title: string, prefix: string): boolean =>
  title.trim().toLowerCase().startsWith(prefix.trim().toLowerCase());

/** Whether the issue stays open when its work is merged; labels are compared without case, as GitHub does. */
export const staysOpen = (labels: readonly string[], never: readonly string[]): boolean =>
  never.some((name) => labels.some((label) => label.toLowerCase() === name.toLowerCase()));

/** Words by which GitHub closes an issue when a pull request that names it so is merged (documented). */
const CLOSING = "close[sd]?|fix(?:e[sd])?|resolve[sd]?";

/** A pull request's body that closes this issue no longer; unchanged where it does not. `here`: `owner/name`. */
export function withoutClosing(body: string, issue: number, here: string): string {
  const repository = here.replaceAll(/[.+]/g, "\\$&");
  const reference = `(?:(?:${repository})?#|https?://[^\\s/]+/${repository}/issues/)${issue}(?!\\d)`;
  return body.replaceAll(new RegExp(`\\b(?:${CLOSING}):?\\s+(?=${reference})`, "gi"), "For ");
}
