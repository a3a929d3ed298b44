/** Signal: the issue is closed behind its merge, where GitHub has not done so by itself. Twice is a no-op. */
import { type Behind, checkFresh, type Site } from "../../barrier/index.ts";
import type { Outcome } from "../../github/outcome.ts";

export function closeIssue(site: Site, step: Behind): Promise<Outcome<null>> {
  checkFresh(site, step);
  return site.writes.closeIssue(site.issue.number, "completed");
}
