/** Signal: the comment that shows the state, and nothing else. One that was written twice is taken away again. */
import { type Behind, checkFresh, type Site } from "../../barrier/index.ts";
import { signed } from "../../core/status-sign.ts";
import type { Outcome } from "../../github/outcome.ts";

/** Only behind a sound chain: on an issue without one it would be the trace of a chain that never was. */
export function createStatus(
  site: Site,
  step: Behind,
  text: string,
): Promise<Outcome<{ readonly id: number }>> {
  checkFresh(site, step);
  return site.writes.createShownComment(site.issue.number, signed(text, site.issue));
}

export function editStatus(
  site: Site,
  step: Behind | "distrusted",
  id: number,
  text: string,
): Promise<Outcome<null>> {
  // Where the chain cannot be trusted there is no step to follow, and the comment says just that.
  if (step !== "distrusted") checkFresh(site, step);
  return site.writes.editComment(id, signed(text, site.issue));
}

/** `id`: a status comment that is one too many. */
export function deleteStatus(site: Site, step: Behind | "distrusted", id: number): Promise<Outcome<null>> {
  if (step !== "distrusted") checkFresh(site, step);
  return site.writes.deleteComment(id);
}
