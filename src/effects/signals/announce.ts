/** Signal: the comment of a marker that the chain's head declares. Written twice it is one marker, by its digest. */
import { type Behind, checkFresh, Refusal, type Site } from "../../barrier/index.ts";
import { type DeclaredMarker, markersOf } from "../../core/commit-message.ts";
import { digestOfMarker, encodeMarker } from "../../core/marker.ts";
import { proseOf } from "../../core/prose.ts";
import type { Outcome } from "../../github/outcome.ts";

export function announce(
  site: Site,
  step: Behind,
  marker: DeclaredMarker,
  entryLabel?: string,
): Promise<Outcome<{ readonly id: number }>> {
  checkFresh(site, step);
  if (!markersOf(step.view.record).has(digestOfMarker(marker))) {
    throw new Refusal("undeclared", "the chain's head does not declare this marker");
  }
  return site.writes.createComment(site.issue.number, encodeMarker(proseOf(marker, entryLabel), marker));
}
