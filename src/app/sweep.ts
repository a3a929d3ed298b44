/**
 * The sweep: every issue that GitHub shows to concern Cairn is looked at, whatever webhooks came or did not (I10).
 * It needs nothing but GitHub: the chains' refs in one read, and the labels by which people ask, as the configuration has them.
 */
import { commandLines } from "../core/commands/scan.ts";
import { STATES } from "../core/states.ts";
import { type AppClient, GitHubError, type GitHubReads } from "../github/index.ts";
import type { ChangedInfo } from "../github/ports.ts";
import type { FindPullIssue } from "./pull-issues.ts";
import type { Place, Sites } from "./sites.ts";
import type { Target } from "./target.ts";

export interface SweepOptions {
  readonly app: AppClient;
  readonly sites: Sites;
  readonly namespace: string;
  readonly add: (target: Target) => void;
  /** The label by which people ask for work in this repository, read now. */
  readonly entryLabel: (place: Place, reads: GitHubReads) => Promise<string>;
  /** How many of the repository's issues wait in line. */
  readonly backlog: (place: Place) => number;
  /**
   * When this process saw the issue at rest, with its chain at this head (`undefined`: none), and until after `now`: GitHub's
   * clock, ms.
   */
  readonly restedAt: (
    issue: Pick<Place, "owner" | "repository"> & { readonly issue: number },
    head: string | undefined,
    now: number,
  ) => number | undefined;
  readonly changes: Changes;
  readonly pullIssue: FindPullIssue;
  /** Milliseconds for which a read may show what was before: whoever saw an issue at rest so soon behind a change may not have seen that. */
  readonly lag: number;
  readonly problem: (where: string, error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Looks at every repository of every installation. A repository that cannot be read does not stop the others. */
export async function sweep(options: SweepOptions): Promise<void> {
  for (const installation of await options.app.installations()) {
    const repositories = await repositoriesOf(options, installation);
    for (const repository of repositories) {
      if (options.signal.aborted) return;
      const { owner, name } = repository;
      const place = { installation, owner, repository: name };
      options.sites.listed(place, repository);
      try {
        await sweepRepository(options, place);
      } catch (error) {
        options.problem(`${owner}/${name}`, error);
      }
    }
  }
}

/** None while a limit lasts. */
async function repositoriesOf({ app, sites, problem }: SweepOptions, installation: number) {
  const governor = sites.governor(installation);
  try {
    const release = await governor.admit("read", "GET /installation/repositories");
    return await app.repositoriesOf(installation).finally(release);
  } catch (error) {
    // It is asked by another client than all else: what it learns of a limit counts for all (I11).
    const pause = error instanceof GitHubError ? error.retryAfter : undefined;
    if (pause !== undefined) governor.limited(pause);
    problem(`installation ${installation}`, error);
    return [];
  }
}

export async function sweepRepository(
  options: Pick<
    SweepOptions,
    "sites" | "namespace" | "add" | "entryLabel" | "backlog" | "restedAt" | "changes" | "pullIssue" | "lag"
  >,
  place: Place,
): Promise<void> {
  const reads = options.sites.reads(place);
  const heads = new Map<number, string>();
  const asked = new Set<number>();
  const prefix = `${options.namespace}/`;
  const refs = await reads.matchingRefs(prefix);
  for (const { ref, sha } of refs.value) {
    const number = Number(ref.slice(`refs/${prefix}`.length));
    if (Number.isInteger(number) && number > 0) heads.set(number, sha);
  }
  const entryLabel = await options.entryLabel(place, reads);
  // More wait than the next sweeps' time can take: nobody has to look for more, page by page (I11).
  const labels = options.backlog(place) >= BACKLOG ? [HOLD] : [entryLabel, HOLD];
  for (const label of labels) {
    for (const number of (await reads.issuesLabelled(label)).value) asked.add(number);
  }
  const changed = await changesIn(options, place, reads, refs.serverTime);
  // A command on an issue that no chain and no label shows: only its comment tells (I10).
  const isUnknown = (issue: number): boolean => !heads.has(issue) && !asked.has(issue);
  if (!changed || [...changed.keys()].some(isUnknown)) {
    const since = changed ? refs.serverTime - 2 * OVERLAP : refs.serverTime - FIRST_COMMENTS;
    const found = await commanded(reads, since);
    // What changed since the last sweep tells of pull requests; before the first nothing does.
    const pulls = changed ? [] : await Promise.all(found.pulls.map((pull) => options.pullIssue(place, pull)));
    for (const issue of [...found.issues, ...pulls])
      if (issue !== undefined && isUnknown(issue)) asked.add(issue);
  }
  for (const issue of new Set([...heads.keys(), ...asked])) {
    const head = heads.get(issue);
    const restedAt = options.restedAt({ ...place, issue }, head, refs.serverTime);
    // What is done, on hold or waits for a run stays so while nothing about it changes: a backlog of them costs one
    // list. A label that came and went is such a change (I10).
    if (restedAt !== undefined && changed && (changed.get(issue) ?? 0) < restedAt - options.lag) continue;
    options.add({ ...place, issue, hint: "sweep", ...(head === undefined ? {} : { head }) });
  }
}

/** Times of the last changes (ms) by issue: a comment on its pull request is one, as there may be a command in it. */
async function changesIn(
  { changes, pullIssue, sites }: Pick<SweepOptions, "changes" | "pullIssue" | "sites">,
  place: Place,
  reads: GitHubReads,
  now: number,
): Promise<ReadonlyMap<number, number> | undefined> {
  const recent = await changes.read(place, reads, now);
  if (!recent) return undefined;
  const found = new Map<number, number>();
  for (const { number, isPull, authorId, updatedAt } of recent) {
    const isOwn = isPull && authorId === sites.identity.botId;
    const issue = isOwn ? await pullIssue(place, number) : isPull ? undefined : number;
    if (issue !== undefined) found.set(issue, Math.max(updatedAt, found.get(issue) ?? 0));
  }
  return found;
}

/** Issues and pull requests on which people wrote commands at or after `since` (ms). */
async function commanded(reads: GitHubReads, since: number) {
  const found = (await reads.commentsSince(since)).value.filter(
    ({ body, appId }) => appId === null && commandLines(body).length > 0,
  );
  return {
    issues: found.flatMap(({ issue }) => issue ?? []),
    pulls: [...new Set(found.flatMap(({ pull }) => pull ?? []))],
  };
}

/** How far back a process that has just begun looks for commands on issues without chain and label. */
const FIRST_COMMENTS = 24 * 3_600_000;

const HOLD = STATES.hold.label ?? "";

/** As many issues as one page of a list shows. */
const BACKLOG = 100;

/** How far back the changes since the last sweep are asked for: lists lag. */
const OVERLAP = 10 * 60_000;

/** Which issues and commented pull requests of a repository changed since it was swept before. */
export interface Changes {
  /** `undefined` the first time, as nobody knows what came before. */
  read(place: Place, reads: GitHubReads, now: number): Promise<readonly ChangedInfo[] | undefined>;
}

interface Swept {
  readonly at: number;
  /** From when on changes are asked for: as long as it is the same, GitHub can say that nothing is new. */
  readonly since: number;
}

/** Behind so many changes, or so many milliseconds, the question begins later: each would be read again with the next one. */
const MOST_CHANGES = 30;
const LONGEST = 60 * 60_000;

export function createChanges(): Changes {
  const swept = new Map<string, Swept>();
  return {
    async read({ installation, owner, repository }, reads, now) {
      const name = `${installation}/${owner}/${repository}`;
      const before = swept.get(name);
      const found = before && (await reads.issuesChanged(before.since));
      const goesOn = before && found && found.value.length <= MOST_CHANGES && now - before.since < LONGEST;
      swept.set(name, { at: now, since: goesOn ? before.since : now - OVERLAP });
      if (!before || !found) return undefined;
      return found.value.filter(({ updatedAt }) => updatedAt >= before.at - OVERLAP);
    },
  };
}
