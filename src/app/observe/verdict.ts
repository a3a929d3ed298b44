/** What a head shows of the gate's verdict: Cairn's own check run, by its app's id. */
import type { Site } from "../../barrier/index.ts";
import type { VerdictView } from "../../core/snapshot.ts";
import { VERDICT_CHECK } from "../../core/verdict.ts";
import type { GateFacts } from "../../policy/gate/index.ts";

/** `null`: there is none. Mostly the gate has read the head's checks itself. */
export async function readVerdict(
  { reads, app }: Site,
  { pull, checks }: GateFacts,
): Promise<VerdictView | null> {
  const reported = checks ?? (await reads.checks(pull.headSha)).value;
  const own = reported.filter((check) => check.appId === app.appId && check.name === VERDICT_CHECK);
  const last = own.reduce(
    (latest, { run }) => (run && run.id > (latest?.id ?? 0) ? run : latest),
    own[0]?.run,
  );
  return last ? { id: last.id, says: last.externalId } : null;
}
