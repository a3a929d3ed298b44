/**
 * One step of the chain: a compare-and-set on its ref (I2). Whoever gets `made` has made it and nobody else has;
 * whoever gets `lost` looks at the issue again. A lost answer is settled by reading the head.
 */
import { randomUUID } from "node:crypto";
import { advance, type ChainState, emptyChain, type Step } from "../core/chain.ts";
import { type DeclaredMarker, encodeRecord, titleOf } from "../core/commit-message.ts";
import type { ChainView } from "../core/snapshot.ts";
import type { Outcome, Refused } from "../github/outcome.ts";
import type { CommitInfo, Sha } from "../github/ports.ts";
import { readChain } from "./chain-read.ts";
import { refOf, type Site } from "./site.ts";

/** The tree without files: a chain carries messages only. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export type StepEnd =
  | { readonly kind: "made"; readonly head: Sha; readonly state: ChainState }
  /** Somebody else moved the chain first. */
  | { readonly kind: "lost" }
  /** Nobody can say; the same commit may still land. Look again. */
  | { readonly kind: "unsettled"; readonly why: string }
  /** GitHub refuses for a reason that is not a race: a permission, a limit, a rule. */
  | { readonly kind: "refused"; readonly refusal: Refused };

const RESENDS = 3;

/**
 * Makes steps on top of `view`. Throws `ChainRuleError` where the rules do not allow them, `GitHubError` where
 * the head cannot be read.
 */
export async function makeSteps(
  site: Site,
  view: Exclude<ChainView, { kind: "foreign" }>,
  steps: readonly Step[],
  markers: readonly DeclaredMarker[],
): Promise<StepEnd> {
  const before = view.kind === "sound" ? view.state : emptyChain(site.issue);
  const expected = view.kind === "sound" ? view.head : undefined;
  const state = advance(before, steps);
  const message = encodeRecord(titleOf(steps), { v: 1, steps, state, markers, by: randomUUID() });
  const commit = await createCommit(site, message, expected);
  if (commit.kind === "refused") return { kind: "refused", refusal: commit };
  if (commit.kind === "unknown") return { kind: "unsettled", why: commit.message };
  const mine = commit.value.sha;
  // What the ref names is read again before anybody leans on it; what a commit says never changes.
  site.commits.put(commit.value);
  return moveTo(site, mine, expected, state);
}

/** An object that no ref names changes nothing: it may be made again where nobody knows whether it was. */
async function createCommit(
  site: Site,
  message: string,
  parent: Sha | undefined,
): Promise<Outcome<CommitInfo>> {
  const input = { message, tree: EMPTY_TREE, parents: parent ? [parent] : [] };
  const first = await site.writes.createCommit(input);
  return first.kind === "unknown" ? site.writes.createCommit(input) : first;
}

async function moveTo(site: Site, mine: Sha, expected: Sha | undefined, state: ChainState): Promise<StepEnd> {
  const ref = refOf(site);
  for (let sent = 0; sent < RESENDS; sent += 1) {
    const end = expected ? await site.writes.updateRef(ref, mine) : await site.writes.createRef(ref, mine);
    if (end.kind === "applied") return { kind: "made", head: mine, state };
    if (end.kind === "refused" && !mayBeRace(end)) {
      // What was sent before it without an answer may still land.
      return sent === 0 ? refused(end) : { kind: "unsettled", why: end.message };
    }
    const there = await whereIs(site, mine, expected);
    if (there === "mine") return { kind: "made", head: mine, state };
    if (there === "other") return { kind: "lost" };
    // Unchanged. After a race the head that was read is older than the one that refused; else it is a rule of GitHub's.
    if (end.kind === "refused") return SAYS_RACE.test(end.message) ? { kind: "lost" } : refused(end);
    await site.clock.sleep(200 * 2 ** sent);
  }
  return { kind: "unsettled", why: "the ref did not move and no answer came" };
}

const refused = (refusal: Refused): StepEnd => ({ kind: "refused", refusal });

/** 422, and 409 on a race inside git. */
const mayBeRace = (end: Refused): boolean => end.reason === "invalid" || end.reason === "conflict";

/** 422 `Reference already exists`, `Update is not a fast forward`, `Reference does not exist`; 409 `Reference cannot be updated`. */
const SAYS_RACE = /already exists|not a fast forward|does not exist|cannot be updated/i;

/** Mine, or built on mine; unchanged; or somebody else's. */
async function whereIs(
  site: Site,
  mine: Sha,
  expected: Sha | undefined,
): Promise<"mine" | "unchanged" | "other"> {
  const { value } = await readChain(site);
  const head = value.kind === "absent" ? undefined : value.head;
  if (head === mine) return "mine";
  if (head === expected) return "unchanged";
  if (head && (await site.reads.isAncestor(mine, head))) return "mine";
  return "other";
}
