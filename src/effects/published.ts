/** What a generation has published: its branch and its pull requests, and whose they are. Reads only. */
import { emailOf, type Site } from "../barrier/index.ts";
import { branchCreate, carries } from "../core/keys.ts";
import type { BranchView, PullView } from "../core/snapshot.ts";
import type { EffectOf } from "../core/words.ts";
import type { CommitInfo, PullInfo, ReviewInfo, Sha } from "../github/ports.ts";

/** How many commits of a branch are looked through for the one that Cairn made. */
const DEPTH = 20;

/** The branch, judged by the commit that carries its key: one that the app made and that GitHub signed for it. */
export async function readBranch(site: Site, branch: string): Promise<BranchView> {
  const ref = await site.reads.ref(`heads/${branch}`);
  if (!ref) return { kind: "absent" };
  // People may have pushed onto it since: its first commit tells.
  const own = await findCommit(site, ref.value, branchCreate(branch).key);
  return { kind: own === undefined ? "foreign" : "own", sha: ref.value };
}

/**
 * The commit that the app made under this key, and that GitHub signed for it, at the head or a few steps behind it.
 * `until`: a commit that is surely older.
 */
export async function findCommit(site: Site, head: Sha, key: string, until?: Sha): Promise<Sha | undefined> {
  let sha: Sha | undefined = head;
  for (let depth = 0; sha && sha !== until && depth < DEPTH; depth += 1) {
    const commit = await site.commits.get(site.reads, sha);
    if (!commit) return undefined;
    if (isOwnCommit(site, commit) && carries(commit.message, key)) return sha;
    // Of a merge only the app's own says which side the branch is.
    sha = commit.parents.length === 1 || isOwnCommit(site, commit) ? commit.parents[0] : undefined;
  }
  return undefined;
}

/** The app made it, and GitHub signed it for the app. */
const isOwnCommit = ({ app }: Site, { verified, authorEmail }: CommitInfo): boolean =>
  verified && authorEmail === emailOf(app);

/** Pull requests of the branch in any state: open ones first, then the newest. */
export async function readPulls(site: Site, branch: string): Promise<readonly PullInfo[]> {
  const pulls = await site.reads.pullsOfHead(branch);
  const ours = pulls.value.filter((pull) => pull.headRepositoryId === site.issue.repository);
  return [...ours].sort((a, b) => rank(b) - rank(a) || b.number - a.number);
}

const rank = (pull: PullInfo): number => (pull.merged ? 2 : pull.state === "open" ? 1 : 0);

/** A pull request as `decide` sees it. `reviewers`: asked one by one only where the list of open requests lacks them. */
export async function viewPull(site: Site, pull: PullInfo, reviewers: readonly string[]): Promise<PullView> {
  const requested = pull.requestedReviewers;
  const known = new Set(requested.map((login) => login.toLowerCase()));
  const asked = reviewers.every((login) => known.has(login.toLowerCase()))
    ? requested
    : [...requested, ...(await reviewedBy(site, pull.number))];
  return {
    number: pull.number,
    state: pull.state,
    merged: pull.merged,
    mergeSha: pull.mergeCommitSha,
    ...(pull.closedAt === null ? {} : { closedAt: pull.closedAt }),
    head: pull.headSha,
    asked,
  };
}

/** The app's own review that carries this key. */
export async function findReview(
  site: Site,
  { pull, key }: Pick<EffectOf<"review.post">, "pull" | "key">,
): Promise<ReviewInfo | undefined> {
  const reviews = await site.reads.reviews(pull);
  return reviews.value.find(({ author, body }) => author?.id === site.app.botId && carries(body, key));
}

/** GitHub forgets a request once it was answered: who reviewed was asked. */
async function reviewedBy(site: Site, pull: number): Promise<readonly string[]> {
  const reviews = await site.reads.reviews(pull);
  return reviews.value.flatMap((review) => review.author?.login ?? []);
}
