/** Changes to the text of `.github/cairn.yml` that are offered to people. Pure: text in, text out. */
import { isScalar, parseDocument } from "yaml";
import { digestOf } from "../../core/canonical.ts";
import { parseConfig } from "./parse.ts";

const ALLOWED = "on-green-with-review";

/**
 * The text with `merge: on-green-with-review`, all else as it was written: only the value's own characters are another. `null`: it
 * stands there in a way that only people can change, or what would come out says anything else than that.
 */
export function withMergeAllowed(text: string): string | null {
  const value = parseDocument(text).get("merge", true);
  if (!isScalar(value) || !value.range) return null;
  const [begin, end] = value.range;
  const changed = `${text.slice(0, begin)}${ALLOWED}${text.slice(end)}`;
  const [before, after] = [parseConfig(text), parseConfig(changed)];
  if (before.kind === "invalid" || after.kind === "invalid") return null;
  const wanted = digestOf({ ...before.config, merge: ALLOWED });
  return digestOf(after.config) === wanted ? changed : null;
}
