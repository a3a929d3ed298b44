/**
 * What this process happens to remember: where it wrote a comment, when it sent a signal, since when it knows a head. It
 * decides nothing: it only says where to look first, what to wait for, and keeps a signal from being repeated while reads
 * lag. Lost, nothing is lost.
 */
import { putBounded } from "../core/bounded.ts";
import type { IssueId } from "../core/words.ts";
import type { PastVerdicts } from "./graduation.ts";
import { createPlaces, type Places } from "./places.ts";
import { type KnownStatus, unknownStatus } from "./status/known.ts";
import { createRation, type Ration } from "./status/ration.ts";

export interface Memory {
  /** A comment was written on the issue. */
  wrote(issue: IssueId, comment: number): void;
  comments(issue: IssueId): ReadonlySet<number>;
  /** There may be commands for the issue among the comments on this pull request of its own. */
  commentedOn(issue: IssueId, pull: number): void;
  commentedPulls(issue: IssueId): ReadonlySet<number>;
  /** A command in this comment was reacted to. */
  reactedTo(issue: IssueId, comment: number): void;
  reacted(issue: IssueId): ReadonlySet<number>;
  started(digest: string, at: number): void;
  startedAt(digest: string): number | undefined;
  /** GitHub would not start a run for this intent: the next look looks for the reason. */
  startRefused(digest: string): void;
  wasRefused(digest: string): boolean;
  /** When this process first read the issue's chain with this head, if it was not at `now`: GitHub's clock, ms. */
  headSince(issue: IssueId, head: string, now: number): number;
  /** Milliseconds (monotonic) until which the same act is not sent again; `undefined`: send it. */
  heldBack(issue: IssueId, act: string, now: number): number | undefined;
  sent(issue: IssueId, act: string, until: number): void;
  readonly places: Places;
  /** How the repository's entry label was last read to be called; `undefined`: it was not read yet. */
  entryLabel(repository: Pick<IssueId, "repository">): string | undefined;
  sawEntryLabel(repository: Pick<IssueId, "repository">, name: string): void;
  /** Whether the repository's configuration last said `merge: shadow`; `undefined`: it was not read yet. */
  trial(repository: Pick<IssueId, "repository">): boolean | undefined;
  sawTrial(repository: Pick<IssueId, "repository">, trial: boolean): void;
  /** What Cairn had said of pull requests that people ended. */
  readonly verdicts: PastVerdicts;
  /** Of status comments on issues that wait. */
  readonly ration: Ration;
  /** Of the issue's status comment. */
  status(issue: IssueId): KnownStatus;
  /** Whether this was not said about the issue before; from now on it was. */
  isNews(issue: IssueId, what: string): boolean;
}

const LIMIT = 5_000;

export function createMemory(): Memory {
  const comments = new Map<string, Set<number>>();
  const pulls = new Map<string, Set<number>>();
  const reactions = new Map<string, Set<number>>();
  const starts = new Map<string, number>();
  const refused = new Map<string, true>();
  const acts = new Map<string, number>();
  const said = new Map<string, true>();
  const heads = new Map<string, { readonly head: string; readonly since: number }>();
  const entryLabels = new Map<string, string>();
  const trials = new Map<string, boolean>();
  const statuses = new Map<string, KnownStatus>();
  const nameOf = (issue: IssueId): string => `${issue.repository}#${issue.number}`;
  return {
    places: createPlaces(),
    verdicts: new Map(),
    ration: createRation(),
    entryLabel: ({ repository }) => entryLabels.get(String(repository)),
    sawEntryLabel: ({ repository }, name) => put(entryLabels, String(repository), name),
    trial: ({ repository }) => trials.get(String(repository)),
    sawTrial: ({ repository }, trial) => put(trials, String(repository), trial),
    wrote: (issue, comment) => add(comments, nameOf(issue), comment),
    comments: (issue) => comments.get(nameOf(issue)) ?? new Set(),
    commentedOn: (issue, pull) => add(pulls, nameOf(issue), pull),
    commentedPulls: (issue) => pulls.get(nameOf(issue)) ?? new Set(),
    reactedTo: (issue, comment) => add(reactions, nameOf(issue), comment),
    reacted: (issue) => reactions.get(nameOf(issue)) ?? new Set(),
    started: (digest, at) => put(starts, digest, at),
    startedAt: (digest) => starts.get(digest),
    startRefused: (digest) => put(refused, digest, true),
    wasRefused: (digest) => refused.has(digest),
    headSince(issue, head, now) {
      const known = heads.get(nameOf(issue));
      if (known?.head === head) return known.since;
      put(heads, nameOf(issue), { head, since: now });
      return now;
    },
    heldBack(issue, act, now) {
      const until = acts.get(`${nameOf(issue)} ${act}`);
      return until !== undefined && until > now ? until : undefined;
    },
    sent: (issue, act, until) => put(acts, `${nameOf(issue)} ${act}`, until),
    status(issue) {
      const known = statuses.get(nameOf(issue)) ?? unknownStatus();
      put(statuses, nameOf(issue), known);
      return known;
    },
    isNews(issue, what) {
      const name = `${nameOf(issue)} ${what}`;
      if (said.has(name)) return false;
      put(said, name, true);
      return true;
    },
  };
}

function add(map: Map<string, Set<number>>, key: string, one: number): void {
  const known = map.get(key) ?? new Set();
  put(map, key, known.add(one));
}

const put = <V>(map: Map<string, V>, key: string, value: V): void => putBounded(map, key, value, LIMIT);
