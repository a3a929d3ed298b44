/**
 * Signal without a step: the chain itself is not to be trusted, so nothing can be declared on it. The comment
 * authorises nothing, and its marker only keeps it from being written again.
 */
import type { Site } from "../../barrier/index.ts";
import { type AlarmMarker, encodeMarker } from "../../core/marker.ts";
import { proseOf } from "../../core/prose.ts";
import type { Outcome } from "../../github/outcome.ts";

export function alarm(site: Site, marker: AlarmMarker): Promise<Outcome<{ readonly id: number }>> {
  return site.writes.createComment(site.issue.number, encodeMarker(proseOf(marker), marker));
}
