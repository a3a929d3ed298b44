/** A look of the review command: when one begins, and how each of them ends. */
import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { missing } from "../../src/core/fates.ts";
import { workOf } from "../../src/core/looks.ts";
import type { Marker } from "../../src/core/marker.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { GateView, Snapshot } from "../../src/core/snapshot.ts";
import {
  act,
  advanced,
  base,
  claimed,
  labelled,
  look,
  onto,
  over,
  pull,
  settleable,
  stateOf,
  taken,
  without,
} from "./snapshots.ts";

const config = { ...base.config, commandReview: true, fixRounds: 2 } as NonNullable<Snapshot["config"]>;
const { head } = pull;
const due: GateView = { kind: "review", head, pull: 41 };
const settle = { step: "settle", edge: "implement", attempt: 1, as: "applied" } as const;
const KEY = `review.post:pull/41@${head}#g1r1`;

/** The pull request is open, and its gate asks for the review command. */
function asked(fields: Partial<Snapshot> = {}): Snapshot {
  const settled = onto({ ...claimed(), pulls: [pull], config, gate: due }, [settle]);
  return { ...labelled(settled, "cairn:reviewing"), verdict: null, ...fields };
}

/** A run has taken it up. */
function owned(before = asked({ verdict: { id: 1, says: "other" } })): Snapshot {
  const seen = { ...before };
  delete seen.verdict;
  const { steps, markers } = advanced(decide(seen));
  const { gate: _gate, ...declared } = onto(seen, steps, markers);
  return taken(declared);
}

const posted = { ...pull, posted: [KEY] };
const waits: GateView = { kind: "waits", head, code: "review-missing", for: "a review", again: null };

test("a work that begins under a review command says so on its chain; one that begins without does not", () => {
  const begun = advanced(decide({ ...base, config, acts: [act(1)] })).steps;
  expect(begun).toMatchObject([{ step: "raise", commandReview: true }, { step: "declare" }]);
  expect(stateOf(onto(base, begun)).commandReview).toEqual({ looked: null });
  const plain = advanced(decide({ ...base, acts: [act(1)] })).steps;
  expect(plain[0]).not.toHaveProperty("commandReview");
  expect(stateOf(onto(base, plain))).not.toHaveProperty("commandReview");
});

test("the verdict on the head says what it waits for, before the command is started", () => {
  expect(decide(asked())).toMatchObject({
    kind: "verdict",
    head,
    verdict: { conclusion: null, title: "It waits for the review command" },
  });
});

test("one run of the command, and one review of exactly that head, with a budget of its own", () => {
  const { steps, markers } = advanced(decide(without(asked(), "verdict")));
  const run = { kind: "agent.run", key: "agent.run:12#g1r1" };
  const post = { kind: "review.post", key: KEY, pull: 41, head };
  expect(steps).toMatchObject([
    { step: "declare", edge: "review", generation: 1, attempt: 1, budget: 1_800_000, effects: [run, post] },
  ]);
  expect(markers).toMatchObject([
    { edge: "review", allowance: { effect: { requests: 16, writes: 3, content: 1 } } },
  ]);
  const words = proseOf(markers[0] as Marker);
  expect(words).toContain(
    "**Cairn will have this reviewed by a command** (generation 1, attempt 1), because",
  );
  expect(words).toContain("- run the review command once, without any token");
  expect(words).toContain(`- post what it says of ${head.slice(0, 12)} as a review of #41`);
});

test("configuration, comments and slots are asked for first; a configuration that cannot be used is a hold", () => {
  const now = without(asked(), "verdict");
  expect(decide(without(now, "config"))).toEqual(look("config"));
  expect(decide(without(now, "ledger"))).toEqual(look("ledger"));
  expect(decide(without(now, "slots"))).toEqual(look("slots"));
  const slots = { limit: 1, holders: [3], ahead: [] };
  expect(decide({ ...now, slots })).toMatchObject({ kind: "rest", state: "reviewing", code: "slots-full" });
  const invalid = { ...now, config: { kind: "invalid", why: "line 3" } } as const;
  expect(advanced(decide(invalid)).markers).toMatchObject([{ type: "hold", reason: "config-invalid" }]);
});

test("while it is under way the issue is in review, and nothing that people say settles it", () => {
  expect(decide(owned())).toMatchObject({ kind: "rest", state: "reviewing", code: "run-works" });
  const refused = { ...owned(), acts: [act(2, "ready", false)] };
  expect(decide(refused)).toMatchObject({ kind: "rest", code: "run-works" });
  expect(advanced(decide({ ...owned(), acts: [act(2, "hold")] })).steps).toEqual([
    { step: "cancel", why: "act" },
  ]);
});

test("its review on the pull request is what it came to: another head is looked at anew", () => {
  const { open } = stateOf(owned());
  const world = { branch: { kind: "own", sha: head }, superseded: [] } as const;
  expect(open && missing(open, { ...world, pulls: [pull] }).map(({ kind }) => kind)).toEqual([
    "agent.run",
    "review.post",
  ]);
  expect(open && missing(open, { ...world, pulls: [posted] })).toEqual([]);
  const done = { ...owned(), run: over, pulls: [posted], gate: waits };
  expect(decide(done)).toMatchObject({ kind: "rest", state: "reviewing", code: "review-missing" });
  // What somebody without the right asks for is answered now: nothing is under way. Only then is it asked what it worked.
  const refused = { ...done, acts: [act(2, "ready", false)] };
  expect(decide(refused)).toEqual(look("worked"));
  expect(advanced(decide({ ...refused, worked: 60_000 })).steps).toMatchObject([
    { step: "settle", edge: "review", attempt: 1, as: "applied", worked: 60_000 },
    { step: "refuse" },
  ]);
  const moved = { ...pull, head: "b".repeat(40), posted: [KEY] };
  const next = { ...done, pulls: [moved], gate: { ...due, head: moved.head }, worked: 60_000 };
  const { steps } = advanced(decide(next));
  expect(steps).toMatchObject([
    { step: "settle", edge: "review", as: "applied", worked: 60_000 },
    { step: "declare", edge: "review", attempt: 2, budget: 1_740_000 },
  ]);
  expect(stateOf(onto(next, steps)).commandReview).toEqual({ looked: head });
});

test("an objection on the head is a round of fixing", () => {
  const gate: GateView = {
    kind: "refused",
    head,
    reason: "changes-requested",
    detail: "by the review command",
  };
  const { steps, markers } = advanced(decide({ ...owned(), run: over, pulls: [posted], gate, worked: 0 }));
  expect(steps).toMatchObject([
    { step: "settle", edge: "review" },
    { step: "declare", edge: "fix" },
  ]);
  expect(markers).toMatchObject([{ fixes: { reason: "changes-requested" } }]);
});

test("a command that said nothing of use is not asked again about that head: its gate says what that means", () => {
  const before = owned();
  const effects = Object.fromEntries(
    (stateOf(before).open?.effects ?? []).map(({ key }) => [key, "not-sent" as const]),
  );
  const result = { step: "result", run: { id: 6, attempt: 1 }, digest: "d", effects } as const;
  for (const reason of ["review-unusable", "tampered"] as const) {
    const failed = { ...onto(before, [{ ...result, reason }]), run: { ...over, conclusion: "failure" } };
    expect(decide(failed)).toEqual(look("worked"));
    const { steps, markers } = advanced(decide({ ...failed, worked: 5_000 }));
    const settled = { step: "settle", edge: "review", attempt: 1, as: "failed", worked: 5_000 };
    expect([steps, markers]).toEqual([[settled], []]);
    const after = onto(failed, steps);
    expect(stateOf(after).commandReview).toEqual({ looked: head });
    const gate: GateView = { kind: "refused", head, reason: "review-unusable", detail: `of ${head}` };
    expect(advanced(decide({ ...after, gate })).markers).toMatchObject([
      { type: "hold", reason: "review-unusable", detail: `of ${head}` },
    ]);
  }
});

test("a look that is lost leaves the head as it was, and is made again as often as attempts are", () => {
  const failed = { ...over, conclusion: "failure" };
  const lost = { ...owned(), run: failed };
  const fenced = { ...onto(lost, advanced(decide(lost)).steps), ...settleable, run: failed };
  const { steps } = advanced(decide(fenced));
  expect(steps).toMatchObject([{ step: "settle", edge: "review", attempt: 1, as: "lost" }]);
  const after = onto(fenced, steps);
  expect(stateOf(after).commandReview?.looked ?? null).toBeNull();
  expect(advanced(decide({ ...after, gate: due })).steps).toMatchObject([
    { step: "declare", edge: "review", attempt: 2 },
  ]);
  const once = { ...config, attempts: 1 } as typeof config;
  expect(advanced(decide({ ...fenced, config: once })).markers).toMatchObject([{ reason: "attempts-spent" }]);
});

test("all looks of a generation have one budget, whatever they came to; when it is spent, people are asked", () => {
  const after = (worked: number) => {
    const done = {
      ...owned(),
      run: over,
      pulls: [posted],
      gate: waits,
      worked,
      acts: [act(2, "ready", false)],
    };
    const { steps } = advanced(decide(done));
    const settled = onto({ ...done, acts: [] }, steps.slice(0, 1));
    return { ...settled, gate: due };
  };
  expect(stateOf(after(1_799_999)).attempts.review).toEqual({ last: 1, lost: [], worked: 1_799_999 });
  expect(advanced(decide(after(1_799_999))).steps).toMatchObject([{ step: "declare", budget: 1 }]);
  expect(advanced(decide(after(1_800_000))).markers).toMatchObject([
    { type: "hold", reason: "budget-spent", detail: "the review command: 30 min of 30 min" },
  ]);
  // Lost looks count as well.
  const failed = { ...over, conclusion: "failure" };
  const lost = { ...owned(), run: failed };
  const fenced = {
    ...onto(lost, advanced(decide(lost)).steps),
    ...settleable,
    worked: 1_800_000,
    run: failed,
  };
  const { steps } = advanced(decide(fenced));
  const evidence = [{ attempt: 1, worked: 1_800_000 }];
  expect(advanced(decide({ ...onto(fenced, steps), gate: due })).markers).toMatchObject([
    { reason: "budget-spent", evidence },
  ]);
});

test("a look by an app that gave it no budget, or whose run was deleted, is charged with nothing", () => {
  const done = { ...owned(), pulls: [posted], gate: waits, acts: [act(2, "ready", false)] };
  const gone = { ...done, ...settleable, run: { kind: "gone" } } as const;
  const fenced = { ...onto(gone, [{ step: "cancel", why: "owner-over" }]), ...settleable };
  expect(advanced(decide(fenced)).steps[0]).toEqual({
    ...{ step: "settle", edge: "review", attempt: 1, as: "applied" },
  });
  const { open } = stateOf(done);
  if (!open || done.chain.kind !== "sound") throw new Error("nothing is open");
  const state = { ...done.chain.state, open: { ...open, budget: null } };
  const older = { ...done, run: over, chain: { ...done.chain, state } };
  expect(advanced(decide(older)).steps[0]).not.toHaveProperty("worked");
});

test("what a look worked is asked for, where its run was not looked at either", () => {
  const { open } = stateOf(owned());
  expect(open && workOf({}, open)).toBe("unread");
  expect(open && workOf({ worked: 7 }, open)).toEqual({ worked: 7 });
});
