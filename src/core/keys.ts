/**
 * Effect keys: one deterministic text for each effect, for ever. Where GitHub would take the same request twice
 * the key contains generation and attempt, so that a second try is another effect, declared and claimed anew.
 */
import type { Effect, EffectOf, IssueId, MergeMethod, Route, Sha } from "./words.ts";

interface Turn {
  readonly generation: number;
  readonly attempt: number;
}

/** A round of fixing: an attempt of another edge, whose keys are not those of `implement`. */
interface Round {
  readonly generation: number;
  readonly round: number;
}

/** A look of the review command, with keys of its own for the same reason. */
interface Look {
  readonly generation: number;
  readonly look: number;
}

function turnOf(turn: Turn | Round | Look): string {
  const of = `#g${turn.generation}`;
  if ("round" in turn) return `${of}f${turn.round}`;
  return "look" in turn ? `${of}r${turn.look}` : `${of}a${turn.attempt}`;
}

export const sameIssue = (a: IssueId, b: IssueId): boolean =>
  a.repository === b.repository && a.number === b.number;

/** Branch that a generation publishes on: `cairn/12-g1`. */
export const branchOf = (issue: number, generation: number): string => `cairn/${issue}-g${generation}`;

/** Ref of an issue's chain in full: `refs/cairn/12`. A repository can name another namespace. */
export const chainRefOf = (issue: number, namespace = "cairn"): string => `refs/${namespace}/${issue}`;

export const agentRun = (issue: number, turn: Turn | Round | Look): EffectOf<"agent.run"> => ({
  kind: "agent.run",
  key: `agent.run:${issue}${turnOf(turn)}`,
});

export const branchCreate = (branch: string): EffectOf<"branch.create"> => ({
  kind: "branch.create",
  key: `branch.create:${branch}`,
  branch,
});

/** `merges`: commit of the base that conflicts with the head. */
export const branchPush = (
  branch: string,
  pull: number,
  head: Sha,
  round: Round,
  merges?: Sha,
): EffectOf<"branch.push"> => ({
  kind: "branch.push",
  key: `branch.push:${branch}@${head}${merges === undefined ? "" : `+${merges}`}${turnOf(round)}`,
  branch,
  pull,
  head,
  ...(merges === undefined ? {} : { merges }),
});

export const branchUpdate = (pull: number, head: Sha, turn: Turn): EffectOf<"branch.update"> => ({
  kind: "branch.update",
  key: `branch.update:pull/${pull}@${head}${turnOf(turn)}`,
  pull,
  head,
});

/** How a pull request is opened. */
interface Opened {
  readonly draft?: boolean;
  /** Its merge does not close the issue. */
  readonly keepsIssue?: boolean;
}

export const pullCreate = (
  branch: string,
  base: string,
  { draft = false, keepsIssue = false }: Opened = {},
): EffectOf<"pull.create"> => ({
  kind: "pull.create",
  key: `pull.create:${branch}`,
  branch,
  base,
  ...(draft ? { draft } : {}),
  ...(keepsIssue ? { keepsIssue } : {}),
});

export const pullClose = (pull: number, turn: Turn): EffectOf<"pull.close"> => ({
  kind: "pull.close",
  key: `pull.close:pull/${pull}${turnOf(turn)}`,
  pull,
});

export const reviewRequest = (
  branch: string,
  reviewers: readonly string[],
  turn: Turn,
): EffectOf<"review.request"> => ({
  kind: "review.request",
  key: `review.request:${branch}${turnOf(turn)}`,
  branch,
  reviewers: [...reviewers].sort(),
});

/** Another review by whoever asked for changes, or approved: of what a round or an update puts on this head, so once for each. */
export const reviewAgain = (
  branch: string,
  reviewers: readonly string[],
  after: Sha,
  turn: Round | Turn,
): EffectOf<"review.request"> & { readonly after: Sha } => ({
  kind: "review.request",
  key: `review.request:${branch}@${after}${turnOf(turn)}`,
  branch,
  reviewers: [...reviewers].sort(),
  after,
});

export const reviewPost = (pull: number, head: Sha, look: Look): EffectOf<"review.post"> => ({
  kind: "review.post",
  key: `review.post:pull/${pull}@${head}${turnOf(look)}`,
  pull,
  head,
});

export const merge = (pull: number, head: Sha, method: MergeMethod, turn: Turn): EffectOf<"merge"> => ({
  kind: "merge",
  key: `merge:pull/${pull}@${head}${turnOf(turn)}`,
  pull,
  head,
  method,
});

export const mergeEnqueue = (pull: number, head: Sha, turn: Turn): EffectOf<"merge.enqueue"> => ({
  kind: "merge.enqueue",
  key: `merge.enqueue:pull/${pull}@${head}${turnOf(turn)}`,
  pull,
  head,
});

/** Both repositories by id: several may route issues of the same number to one. */
export const issueCreate = (from: IssueId, to: Route, turn: Turn): EffectOf<"issue.create"> => ({
  kind: "issue.create",
  key: `issue.create:${to.repository}/from/${from.repository}/${from.number}${turnOf(turn)}`,
  repository: to.repository,
  name: to.name,
  asker: { id: to.asker.id, login: to.asker.login },
});

/** By type none is missing. */
const KINDS: Readonly<Record<Effect["kind"], true>> = {
  "agent.run": true,
  "branch.create": true,
  "branch.push": true,
  "branch.update": true,
  "pull.create": true,
  "pull.close": true,
  "review.request": true,
  "review.post": true,
  merge: true,
  "merge.enqueue": true,
  "issue.create": true,
};

/** Whether this version can do what an intent names: the app that declared it may be a newer one. */
export const isKnownKind = (kind: string): boolean => Object.hasOwn(KINDS, kind);

/** Line under a commit message, a pull request or a merge by which the effect is found again. */
export const TRAILER = "Cairn-Effect";

export const trailerOf = (key: string): string => `${TRAILER}: ${key}`;

/** Whether a text carries the trailer of exactly this key, on a line of its own. */
export function carries(text: string, key: string): boolean {
  return text.split(/\r?\n/).some((line) => line.trim() === trailerOf(key));
}
