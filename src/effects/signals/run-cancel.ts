/** Signal: the owner's run is asked to stop. What fences it is the chain's `cancel`; this only saves time. */
import { type Behind, checkFresh, Refusal, type Site } from "../../barrier/index.ts";
import type { RunId } from "../../core/words.ts";
import type { Outcome } from "../../github/outcome.ts";

export function cancelRun(site: Site, step: Behind, run: RunId): Promise<Outcome<null>> {
  checkFresh(site, step);
  if (!step.view.state.open?.cancel) throw new Refusal("nothing-open", "the chain does not say cancel");
  return site.writes.cancelRun(run.id);
}
