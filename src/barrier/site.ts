/** Where the barrier works: one issue of one repository, and who may be believed there. */

import type { AppIdentity } from "../core/acts.ts";
import { chainRefOf } from "../core/keys.ts";
import type { IssueId } from "../core/words.ts";
import type { Clock } from "../github/clock.ts";
import type { GitHubReads, GitHubWrites } from "../github/ports.ts";
import type { CommitCache } from "./commit-cache.ts";

/** The app as GitHub shows it: numeric ids decide, the e-mail is how its own commits are known. */
export interface Identity extends AppIdentity {
  readonly botLogin: string;
}

export interface Site {
  readonly issue: IssueId;
  readonly app: Identity;
  readonly reads: GitHubReads;
  readonly writes: GitHubWrites;
  readonly clock: Clock;
  readonly commits: CommitCache;
  /** Under `refs/`; a repository can name another where `cairn` is not accepted. */
  readonly namespace: string;
}

/** E-mail that GitHub puts into commits which the app makes without naming an author. */
export const emailOf = (app: Identity): string => `${app.botId}+${app.botLogin}@users.noreply.github.com`;

/** The chain's ref in full: `refs/cairn/12`. */
export const refOf = (site: Site): string => chainRefOf(site.issue.number, site.namespace);

/** Milliseconds for which a read of the head permits a send: with the 5 s that a write may wait for its turn, 10 s (I1). */
export const HEAD_FRESHNESS = 5_000;
