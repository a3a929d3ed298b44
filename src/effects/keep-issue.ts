/**
 * Before the merge of a pull request whose issue stays open: its body says no longer that it closes the issue. A repetition
 * changes nothing, so it needs no key of its own; only the owner of the merge sends it (I1).
 */
import { type Claim, type Site, stillOwner } from "../barrier/index.ts";
import { withoutClosing } from "../core/marks.ts";
import type { Outcome } from "../github/outcome.ts";
import type { PullInfo } from "../github/ports.ts";

/** `here`: `owner/name`. `undefined`: the body closes nothing. */
export async function keepIssue(
  site: Site,
  claim: Claim,
  pull: PullInfo,
  here: string,
): Promise<Outcome<null> | undefined> {
  const body = withoutClosing(pull.body, site.issue.number, here);
  if (body === pull.body) return undefined;
  await stillOwner(site, claim.head, claim.run);
  return site.writes.editPull(pull.number, body);
}
