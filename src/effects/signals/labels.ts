/** Signal: the label that shows the state. First the new one, then the old ones go: never without any. */
import { type Behind, checkFresh, type Site } from "../../barrier/index.ts";
import type { Outcome } from "../../github/outcome.ts";

export async function setLabels(
  site: Site,
  step: Behind | "distrusted",
  change: { readonly add: readonly string[]; readonly remove: readonly string[] },
): Promise<Outcome<null>> {
  // Where the chain cannot be trusted there is no step to follow, and the label says just that.
  if (step !== "distrusted") checkFresh(site, step);
  if (change.add.length > 0) {
    const end = await site.writes.addLabels(site.issue.number, change.add);
    if (end.kind !== "applied") return end;
  }
  for (const label of change.remove) {
    const end = await site.writes.removeLabel(site.issue.number, label);
    if (end.kind !== "applied") return end;
  }
  return { kind: "applied", status: 200, value: null };
}
