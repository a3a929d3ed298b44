/**
 * Signal: an answer to a command while an edge is open, when no step can declare it. It authorises nothing; that it is
 * there keeps it from being written again.
 */
import { type Behind, checkFresh, type Site } from "../../barrier/index.ts";
import { type AnswerMarker, encodeMarker } from "../../core/marker.ts";
import { proseOf } from "../../core/prose.ts";
import type { Outcome } from "../../github/outcome.ts";

export function writeNote(
  site: Site,
  step: Behind,
  marker: AnswerMarker,
  entryLabel?: string,
): Promise<Outcome<{ readonly id: number }>> {
  checkFresh(site, step);
  return site.writes.createComment(site.issue.number, encodeMarker(proseOf(marker, entryLabel), marker));
}
