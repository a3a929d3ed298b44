/** Signal: the merge gate's verdict as a check run on its head, made once and then written over. */
import { type Behind, checkFresh, type Site } from "../../barrier/index.ts";
import type { VerdictView } from "../../core/snapshot.ts";
import { VERDICT_CHECK, type Verdict } from "../../core/verdict.ts";
import type { Outcome } from "../../github/outcome.ts";
import type { Sha } from "../../github/ports.ts";

export function showVerdict(
  site: Site,
  step: Behind,
  change: { readonly head: Sha; readonly shown: VerdictView | null; readonly verdict: Verdict },
): Promise<Outcome<{ readonly id: number }>> {
  checkFresh(site, step);
  const { conclusion, title, summary, says } = change.verdict;
  const content = { conclusion, title, summary, externalId: says };
  return change.shown === null
    ? site.writes.createCheck({ name: VERDICT_CHECK, head: change.head, ...content })
    : site.writes.updateCheck(change.shown.id, content);
}
