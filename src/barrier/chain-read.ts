/** Reads the chain's head and says what it is worth. */
import { decodeRecord } from "../core/commit-message.ts";
import type { ChainView } from "../core/snapshot.ts";
import type { CommitInfo, Read } from "../github/ports.ts";
import { emailOf, refOf, type Site } from "./site.ts";

/** One GET for the ref; one more for a head that was not read before. Throws `GitHubError`. */
export async function readChain(site: Site): Promise<Read<ChainView>> {
  const ref = await site.reads.ref(refOf(site).slice("refs/".length));
  if (!ref) return { value: { kind: "absent" }, readAt: site.clock.now(), serverTime: 0 };
  const commit = await site.commits.get(site.reads, ref.value);
  return { ...ref, value: commit ? judge(site, commit) : unreadable(ref.value) };
}

const unreadable = (head: string): ChainView => ({ kind: "foreign", head, why: "its commit cannot be read" });

/** What a commit of the chain is worth. */
export function judge(site: Site, commit: CommitInfo): Exclude<ChainView, { kind: "absent" }> {
  const foreign = (why: string) => ({ kind: "foreign", head: commit.sha, why }) as const;
  // GitHub signs what the app makes through the API; nobody else can have such a commit made.
  if (!commit.verified) return foreign("GitHub did not sign it");
  if (commit.authorEmail !== emailOf(site.app)) return foreign(`${commit.authorEmail} made it`);
  const decoded = decodeRecord(commit.message);
  if (decoded.kind === "malformed") return foreign(decoded.why);
  const { record } = decoded;
  const { issue } = record.state;
  if (issue.repository !== site.issue.repository || issue.number !== site.issue.number) {
    return foreign(`it belongs to issue ${issue.number} of repository ${issue.repository}`);
  }
  return { kind: "sound", head: commit.sha, record, state: record.state, at: commit.authorDate };
}
