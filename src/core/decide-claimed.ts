/**
 * An edge that a run owns. Liveness is asked of the engine (I9); what the owner did is found by probing its
 * effects; what is not found is settled only behind the fence and the quiet period (I4).
 */
import { updatesHead } from "./base-update.ts";
import { advance as advanceChain, type ChainState, type OpenEdge, type Owned, type Step } from "./chain.ts";
import { decideMerged } from "./decide-merged.ts";
import { reviewing } from "./decide-reviewing.ts";
import { arrived } from "./decide-route.ts";
import type { Decision } from "./decision.ts";
import { has, missing, type World } from "./fates.ts";
import { ASKS_GATE } from "./holds.ts";
import { workOf } from "./looks.ts";
import { entersQueue, inQueue } from "./merge-queue.ts";
import { advance, again, obey, settled, show, superseded } from "./moves.ts";
import { type OwnerView, ownerOf } from "./owner.ts";
import { holding, minutes } from "./plan.ts";
import { refusedBefore } from "./red-check.ts";
import type { ConfigView, JudgedAct, Snapshot } from "./snapshot.ts";
import { stateOfEdge, writes } from "./states.ts";
import type { Effect, LostAttempt, RedCheck } from "./words.ts";

export function decideClaimed(
  snapshot: Snapshot,
  chain: ChainState,
  open: Owned,
  act: JudgedAct | undefined,
): Decision {
  if (open.edge === "merge") {
    // The merge commit is its own result: nothing to wait for.
    if (!snapshot.pulls) return { kind: "look", part: "pulls" };
    const pull = snapshot.pulls.find((candidate) => candidate.merged);
    if (pull && open.result?.reason === "merge-mismatch") return failed(snapshot, chain, open, act);
    if (pull) return decideMerged(snapshot, chain, open, { pull, act });
  }
  if (!snapshot.run) return { kind: "look", part: "run" };
  const run = ownerOf(snapshot, snapshot.run, open.claim);
  if (run.kind !== "over") return alive(snapshot, open, run, act);
  const world = probed(snapshot, chain, open);
  if ("kind" in world) return world;
  const absent = missing(open, world);
  const queued = inQueue(snapshot, open, act);
  if (queued) return queued;
  if (absent.length === 0) {
    const sure = hasAnswered(open, run);
    return sure ? applied(snapshot, chain, open, act) : fence(snapshot, chain, open, act, run, "applied");
  }
  if (isAskedInPart(open, absent, world)) return applied(snapshot, chain, open, act);
  if (saysNotSent(open, absent)) return failed(snapshot, chain, open, act, run);
  return fence(snapshot, chain, open, act, run, "lost");
}

/** What people bring about as well, so that seeing it does not tell that the owner's own request has ended. */
const SHARED: readonly Effect["kind"][] = [
  "review.request",
  "pull.close",
  "branch.update",
  "branch.push",
  "merge.enqueue",
];

/**
 * Whether nothing of what can be seen is still on its way: the owner knew the end of all that others do, too. A run
 * that lacks an answer does not end as a success.
 */
function hasAnswered(open: Owned, run: Extract<OwnerView, { kind: "over" }>): boolean {
  if (run.conclusion === "success") return true;
  const told = open.result?.effects ?? {};
  return open.effects.every(
    ({ kind, key }) => !SHARED.includes(kind) || (told[key] ?? "unknown") !== "unknown",
  );
}

/** The owner lives, or nobody can tell: nothing is reclaimed. A person may ask it to stop. */
function alive(
  snapshot: Snapshot,
  open: Owned,
  run: Exclude<OwnerView, { kind: "over" }>,
  act: JudgedAct | undefined,
): Decision {
  const { issue, now, settings } = snapshot;
  const state = stateOfEdge(open.edge);
  if (act && !open.cancel) return { kind: "advance", steps: [{ step: "cancel", why: "act" }], markers: [] };
  if (!issue.open && (open.edge !== "merge" || updatesHead(open)) && !open.cancel) {
    return { kind: "advance", steps: [{ step: "cancel", why: "issue-closed" }], markers: [] };
  }
  if (open.cancel && open.cancel !== "owner-over" && run.kind === "alive") {
    return { kind: "cancel-run", run: open.claim };
  }
  const shown = show(snapshot, state);
  if (shown) return shown;
  const status = run.kind === "alive" ? run.status : `unknown: ${run.why}`;
  const budget = budgetOf(snapshot, open, run);
  if (budget === "unknown") return { kind: "look", part: "worked" };
  // I9: it is said, and ends nothing.
  const spent =
    budget === "spent"
      ? `; its budget of ${minutes(open.budget ?? 0)} is spent, and nothing that lives is stopped for that: set cairn:hold to stop it`
      : "";
  return {
    kind: "rest",
    state,
    code: "run-works",
    waitsFor: `run ${open.claim.id} (${status}) to finish ${open.edge}/${open.attempt}${spent}`,
    // Its end is told by a webhook; should that be lost, it is found the later, the longer the run takes anyway.
    again:
      now +
      (run.kind === "alive" ? Math.max(3 * settings.startPatience, now - run.since) : settings.startPatience),
  };
}

function budgetOf({ now, worked }: Snapshot, open: Owned, run: OwnerView): "within" | "spent" | "unknown" {
  if (open.budget === null || run.kind !== "alive") return "within";
  // The run cannot have worked longer than it is old: its jobs are asked only once that is too long.
  if (now - run.since < open.budget) return "within";
  if (worked === undefined) return "unknown";
  return worked < open.budget ? "within" : "spent";
}

/** The world around the open edge's effects, or what to look at first. */
function probed(snapshot: Snapshot, chain: ChainState, open: Owned): World | Decision {
  const { branch, pulls, opened, routed } = snapshot;
  if (open.edge === "route") {
    if (!routed) return { kind: "look", part: "routed" };
    return { branch: { kind: "absent" }, pulls: [], superseded: [], routed };
  }
  if (!pulls) return { kind: "look", part: "pulls" };
  const needsBranch = open.edge === "implement" && pulls.length === 0;
  if (needsBranch && !branch) return { kind: "look", part: "branch" };
  if (entersQueue(open) && !snapshot.queue) return { kind: "look", part: "queue" };
  const closes = open.effects.some((effect) => effect.kind === "pull.close");
  if (closes && !opened) return { kind: "look", part: "opened" };
  return {
    branch: branch ?? { kind: "absent" },
    pulls,
    superseded: superseded(snapshot, chain.generation),
    queue: snapshot.queue,
  };
}

/** All is there but some of the reviewers: the owner asked each, and GitHub refused those. Somebody is asked. */
const isAskedInPart = (
  { result }: Owned,
  absent: readonly Effect[],
  { pulls: [pull] }: Pick<World, "pulls">,
): boolean =>
  absent.every(
    (effect) =>
      effect.kind === "review.request" &&
      effect.after === undefined &&
      result?.effects[effect.key] === "applied" &&
      effect.reviewers.some((login) => has(pull?.asked ?? [], login)),
  );

function saysNotSent(open: Owned, absent: readonly Effect[]): boolean {
  return open.result !== null && absent.every((effect) => open.result?.effects[effect.key] === "not-sent");
}

function applied(snapshot: Snapshot, chain: ChainState, open: Owned, act: JudgedAct | undefined): Decision {
  if (open.edge === "route") return arrived(snapshot, chain, open);
  const work = workOf(snapshot, open);
  const first = [{ ...settled(open, "applied"), ...(work === "unread" ? {} : work) }];
  const next = act ? obey(snapshot, chain, first, act) : behind(snapshot, chain, open, first);
  // Only a step says what it worked: an issue that rests behind it costs no read of that.
  return work === "unread" && next.kind === "advance" ? { kind: "look", part: "worked" } : next;
}

/**
 * What comes next rides on the settlement, but for a head that the merge queue has put out: the gate was asked before the
 * chain said that this head was in there once, and would put it in again. Nor does anything ride on an update: what the gate was
 * asked about is the head before it.
 */
const behind = (snapshot: Snapshot, chain: ChainState, open: Owned, first: readonly Step[]): Decision =>
  entersQueue(open) || updatesHead(open)
    ? { kind: "advance", steps: first, markers: [] }
    : reviewing(snapshot, chain, first);

/** The owner says that it could not, and that nothing of what is missing was ever sent. */
function failed(
  snapshot: Snapshot,
  chain: ChainState,
  open: Owned,
  act: JudgedAct | undefined,
  run?: Extract<OwnerView, { kind: "over" }>,
): Decision {
  const red = run && redIn(snapshot, open, run);
  if (red === "unread") return { kind: "look", part: "worked" };
  // It is charged whatever comes next.
  const work = workOf(snapshot, open);
  if (work === "unread") return { kind: "look", part: "worked" };
  const said = detailOf(snapshot, open);
  const unmerged = run && unmergedIn(open, run, said);
  const first: Step[] = [
    { ...settled(open, "failed"), ...work, ...(red ? { lost: red } : {}), ...(unmerged ? { unmerged } : {}) },
  ];
  if (act) return obey(snapshot, chain, first, act);
  if (red) return mended(snapshot, chain, open, first, red);
  const reason = open.result?.reason ?? "publish-refused";
  // There is no page of a run that was deleted, and none that was not looked at.
  const seen = run !== undefined && run.conclusion !== "deleted";
  const by = seen ? { run: { id: open.claim.id, url: run.url } } : {};
  const evidence = unmerged ? (advanceChain(chain, first).attempts.merge.unmerged?.ended ?? []) : [];
  if (evidence.length >= MERGES_OF_A_HEAD)
    return advance(holding(chain, first, "merge-refused", said, { ...by, evidence }));
  // The gate is asked again: it judges what is there now, and of a look that came to nothing it says who can help.
  if (ASKS_GATE.has(reason) || open.edge === "review") return { kind: "advance", steps: first, markers: [] };
  return advance(holding(chain, first, reason, said, by));
}

/**
 * How often one head is asked to be merged, with nothing merged in the end. The app's gate has let it through each time, and
 * whatever keeps it from being merged is not among what the gate waits for. One that was overtaken by another merge, or
 * judged a moment too early, comes through in the next; five times in a row is no accident, and it would go on for ever.
 */
const MERGES_OF_A_HEAD = 5;

/** The merge as it is counted, where the gate would be asked again. */
function unmergedIn(
  { edge, attempt, claim, effects, result }: Owned,
  { url, conclusion }: Extract<OwnerView, { kind: "over" }>,
  said: string,
): LostAttempt | undefined {
  const merges = effects.some(
    ({ kind }) => kind === "merge" || kind === "merge.enqueue" || kind === "branch.update",
  );
  if (edge !== "merge" || !merges || !result || !ASKS_GATE.has(result.reason)) return undefined;
  return { attempt, run: claim, url, conclusion, worked: 0, said };
}

type RedAttempt = LostAttempt & { readonly red: RedCheck };

/**
 * The attempt as it is charged, where the check said no to what its agent left. `undefined`: it failed otherwise, or
 * the owner does not say which files the check has seen, so that nobody could tell whether another attempt changes any.
 */
function redIn(
  snapshot: Snapshot,
  open: Owned,
  run: Extract<OwnerView, { kind: "over" }>,
): RedAttempt | "unread" | undefined {
  const { reason, tree } = open.result ?? {};
  if (reason !== "check-red" || tree === undefined || !writes(open.edge)) return undefined;
  const charged = chargedFor(snapshot, open, run);
  return charged === "unread" ? charged : { ...charged, red: { tree, said: detailOf(snapshot, open) } };
}

/** The check said no: another attempt, where one is left and the last was no repetition; else people are asked. */
function mended(
  snapshot: Snapshot,
  chain: ChainState,
  open: Owned,
  first: readonly Step[],
  red: RedAttempt,
): Decision {
  const { config, issue } = snapshot;
  if (!config) return { kind: "look", part: "config" };
  const before = chain.attempts[open.edge].lost;
  const lost = [...before, red];
  const same = refusedBefore(before, red.red.tree);
  const left = config.kind === "valid" && isLeft(config, open, lost);
  if (same || !left || !issue.open) {
    const detail = same ? `the same files as in attempt ${same.attempt}: ${red.red.said}` : red.red.said;
    // There is no page of a run that was deleted.
    const by = snapshot.run?.kind === "gone" ? {} : { run: { id: open.claim.id, url: red.url } };
    return advance(holding(chain, first, "check-red", detail, { evidence: lost, ...by }));
  }
  if (open.edge === "implement") return again(snapshot, chain, first, lost);
  // Whether there is still something to be mended is for the gate to say, on the head as it is then.
  return { kind: "advance", steps: first, markers: [] };
}

/** Whether the configuration has another attempt: rounds of fixing are bounded by their own number. */
const isLeft = (
  config: Extract<ConfigView, { kind: "valid" }>,
  { edge, attempt }: OpenEdge,
  lost: readonly LostAttempt[],
): boolean => (edge === "fix" ? attempt < config.fixRounds : lost.length < config.attempts);

/** The owner's words. Its marker was seen before anything is decided on it (I1). */
function detailOf({ ledger }: Snapshot, open: Owned): string {
  const marker = ledger?.ledger.visible.get(open.result?.digest ?? "")?.marker;
  return marker?.type === "result" ? marker.detail : "";
}

/** I4: owner over, chain at `cancel`, quiet period passed since the later of the two, and a read begun after it. */
function fence(
  snapshot: Snapshot,
  chain: ChainState,
  open: Owned,
  act: JudgedAct | undefined,
  run: Extract<OwnerView, { kind: "over" }>,
  as: "applied" | "lost",
): Decision {
  if (!open.cancel) return { kind: "advance", steps: [{ step: "cancel", why: "owner-over" }], markers: [] };
  const { now, settings, probedSince, chain: view } = snapshot;
  const fencedAt = view.kind === "sound" ? view.at : now;
  const quietAt = Math.max(run.at, fencedAt) + settings.quietPeriod;
  if (now < quietAt || (probedSince ?? 0) < quietAt) {
    const state = stateOfEdge(open.edge);
    return (
      show(snapshot, state) ?? {
        kind: "rest",
        state,
        code: "quiet-period",
        waitsFor: `the quiet period: ${open.edge}/${open.attempt} ended (${run.conclusion}) without a result`,
        again: Math.max(quietAt, now + 1_000),
      }
    );
  }
  if (as === "applied") return applied(snapshot, chain, open, act);
  const lost = chargedFor(snapshot, open, run);
  if (lost === "unread") return { kind: "look", part: "worked" };
  const first: Step[] = [{ step: "settle", edge: open.edge, attempt: open.attempt, as: "lost", lost }];
  if (act) return obey(snapshot, chain, first, act);
  if (!snapshot.issue.open) return advance(holding(chain, first, "issue-closed", `run ${run.url}`));
  // Nobody can say whether it is there: that is for people to see, and nothing is opened a second time.
  if (snapshot.routed?.kind === "cannot-tell" && open.edge === "route")
    return advance(holding(chain, first, "route-refused", snapshot.routed.why, { evidence: [lost] }));
  return retry(snapshot, chain, open, first, [...chain.attempts[open.edge].lost, lost]);
}

/** What the attempt is charged with. `unread`: the engine was not asked how long its agent worked. */
function chargedFor(
  snapshot: Snapshot,
  { attempt, budget, claim }: Owned,
  { url, conclusion }: Extract<OwnerView, { kind: "over" }>,
): LostAttempt | "unread" {
  // Of a deleted run nobody can say how long its agent worked: the number of attempts still ends it.
  const worked = budget === null || snapshot.run?.kind === "gone" ? 0 : snapshot.worked;
  return worked === undefined ? "unread" : { attempt, run: claim, url, conclusion, worked };
}

function retry(
  snapshot: Snapshot,
  chain: ChainState,
  open: Owned,
  first: readonly Step[],
  lost: readonly LostAttempt[],
): Decision {
  const { config } = snapshot;
  if (!config) return { kind: "look", part: "config" };
  const allowed = config.kind === "valid" ? config.attempts : 1;
  if (lost.length >= allowed) {
    const detail = `${open.edge}/${open.attempt} was lost, and ${allowed} may be`;
    return advance(holding(chain, first, "attempts-spent", detail, { evidence: lost }));
  }
  if (open.edge === "implement" || open.edge === "route") return again(snapshot, chain, first, lost);
  // Whether a merge, a look or a round may be tried again is for the gate to say, on the head as it is then.
  return { kind: "advance", steps: first, markers: [] };
}
