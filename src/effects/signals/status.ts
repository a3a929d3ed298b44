/** Signal: the comment that shows the state, and nothing else. One that was written twice is taken away again. */
import { type Behind, checkFresh, type Site } from "../../barrier/index.ts";
import { type Standing, signed } from "../../core/status-sign.ts";
import type { Outcome } from "../../github/outcome.ts";

/** Behind a sound chain; on an issue that has none yet only as `waiting`, which is not the trace of a chain (I2). */
export function createStatus(
  site: Site,
  step: Behind | "waiting",
  text: string,
): Promise<Outcome<{ readonly id: number }>> {
  if (step !== "waiting") checkFresh(site, step);
  const standing: Standing = step === "waiting" ? step : "begun";
  return site.writes.createShownComment(site.issue.number, signed(text, site.issue, standing));
}

export function editStatus(
  site: Site,
  step: Behind | "distrusted" | "waiting",
  id: number,
  text: string,
): Promise<Outcome<null>> {
  // Where the chain cannot be trusted there is no step to follow, and the comment says just that.
  if (step !== "distrusted" && step !== "waiting") checkFresh(site, step);
  const standing: Standing = step === "waiting" ? step : "begun";
  return site.writes.editComment(id, signed(text, site.issue, standing));
}

/** `id`: a status comment that is one too many. */
export function deleteStatus(site: Site, step: Behind | "distrusted", id: number): Promise<Outcome<null>> {
  if (step !== "distrusted") checkFresh(site, step);
  return site.writes.deleteComment(id);
}
