/** Overrides in `decide` and on the chain: whose word counts for what, until when, and that it is used up. */
import { expect, test } from "vitest";
import { advance, ChainRuleError, type Step } from "../../src/core/chain.ts";
import { commandsOf } from "../../src/core/commands/comment-act.ts";
import type { OverrideAct } from "../../src/core/commands/double-approval.ts";
import { decide } from "../../src/core/decide.ts";
import type { JudgedAct, Snapshot } from "../../src/core/snapshot.ts";
import {
  advanced,
  base,
  claimed,
  labelled,
  look,
  NOW,
  onto,
  over,
  pull,
  stateOf,
  without,
} from "./snapshots.ts";

const PEOPLE = { maya: 1, robin: 2 } as const;

const says = (id: number, login: keyof typeof PEOPLE, body: string, at = NOW): JudgedAct => {
  const commands = commandsOf(id, body);
  if (!commands) throw new Error(`no command in ${body}`);
  return { id: -id, actor: { id: PEOPLE[login], login }, at, permitted: true, ...commands };
};

/** Settled as applied, and held because a check failed on the pull request. */
function red(): Snapshot {
  const open = labelled({ ...claimed(), run: over, pulls: [pull] }, "cairn:reviewing");
  const gate = { kind: "refused", head: pull.head, reason: "check-failed", detail: "test" } as const;
  const { steps, markers } = advanced(decide({ ...open, gate }));
  return labelled({ ...onto(open, steps, markers), acts: [], pulls: [pull] }, "cairn:hold");
}

/** In review, nothing held: its gate waits for a review. */
function waiting(): Snapshot {
  const gate = {
    kind: "waits",
    head: pull.head,
    code: "review-missing",
    for: "a review",
    again: null,
  } as const;
  const settled = onto(claimed(), [{ step: "settle", edge: "implement", attempt: 1, as: "applied" }]);
  return { ...labelled(settled, "cairn:reviewing"), acts: [], pulls: [pull], gate };
}

/** What is said to this act. */
function saidTo(snapshot: Snapshot, act: JudgedAct): unknown {
  const { markers } = advanced(decide({ ...snapshot, acts: [act] }));
  return markers[0]?.type === "answer" ? markers[0].says : undefined;
}

const HOUR = 3_600_000;
const RED = "/cairn override merge:check-failed";
/** What is said about `RED` and the head of `pull`. */
const ABOUT = { about: "override", action: "merge:check-failed", pull: 41, head: pull.head } as const;

/** The snapshot once this act was taken up. */
function after(snapshot: Snapshot, act: JudgedAct): Snapshot {
  const { steps, markers } = advanced(decide({ ...snapshot, acts: [act] }));
  expect(steps.map(({ step }) => step)).toEqual(["override"]);
  return { ...onto(snapshot, steps, markers), acts: [], pulls: [pull] };
}

test("the second person's word lifts the hold that it is about; one person's alone, or about something else, does not", () => {
  const once = after(red(), says(8, "maya", "/cairn override merge:check-failed"));
  expect(stateOf(once).hold?.reason).toBe("check-failed");
  const twice = after(once, says(9, "maya", "/cairn override merge:check-failed"));
  expect(stateOf(twice).hold?.reason).toBe("check-failed");
  const other = after(twice, says(10, "robin", "/cairn override merge:review-missing"));
  expect(stateOf(other).hold?.reason).toBe("check-failed");
  const two = after(other, says(11, "robin", "/cairn override merge:check-failed"));
  expect(stateOf(two).hold).toBeNull();
  expect(decide(two)).toEqual({
    kind: "label",
    state: "reviewing",
    add: ["cairn:reviewing"],
    remove: ["cairn:hold"],
  });
});

test("a merge says in its intent who set what aside, and uses it up", () => {
  const pair: OverrideAct[] = ([1, 2] as const).map((id) => ({
    id,
    actor: { id, login: `p${id}` },
    action: "merge:check-failed",
    head: pull.head,
    at: NOW,
  }));
  const first = after(red(), says(8, "maya", "/cairn override merge:check-failed"));
  const two = after(
    first,
    says(9, "robin", "/cairn override merge:check-failed\n\n/cairn override merge:check-pending"),
  );
  const gate = { kind: "open", head: pull.head, pull: 41, despite: pair } as const;
  const { steps, markers } = advanced(decide({ ...labelled(two, "cairn:reviewing"), gate }));
  expect(markers[0]).toMatchObject({ type: "intent", edge: "merge", despite: pair });
  expect(markers[0]).toMatchObject({
    why: expect.stringMatching(/^@p1 and @p2 set merge:check-failed aside on a{12};/),
  });
  expect(advance(stateOf(two), steps).overrides?.map(({ action }) => action)).toEqual([
    "merge:check-pending",
  ]);
});

test("a new head begins anew: what was said about the one before is forgotten with the first word about it", () => {
  const once = after(red(), says(8, "maya", "/cairn override merge:check-failed"));
  const moved = { ...once, pulls: [{ ...pull, head: "b".repeat(40) }] };
  const { steps, markers } = advanced(
    decide({ ...moved, acts: [says(9, "robin", "/cairn override merge:check-failed")] }),
  );
  expect(markers[0]).toMatchObject({
    says: [{ state: "needs-second", by: ["robin"], head: "b".repeat(40) }],
  });
  const state = advance(stateOf(once), steps);
  expect(state.hold?.reason).toBe("check-failed");
  expect(state.overrides?.map(({ actor }) => actor.login)).toEqual(["robin"]);
});

test("a word that is more than an hour old counts no more when it is read, and that is said", () => {
  const late = says(8, "maya", RED, NOW - HOUR - 1);
  expect(saidTo(red(), late)).toEqual([{ ...ABOUT, state: "expired", by: ["maya"], until: NOW - 1 }]);
});

test("whoever says it first is told until when somebody else can, and the second until when it counts", () => {
  const first = says(8, "maya", RED, NOW - 600_000);
  expect(saidTo(red(), first)).toEqual([
    { ...ABOUT, state: "needs-second", by: ["maya"], until: NOW - 600_000 + HOUR },
  ]);
  expect(saidTo(after(red(), first), says(9, "robin", RED))).toEqual([
    { ...ABOUT, state: "granted", by: ["maya", "robin"], until: NOW - 600_000 + HOUR },
  ]);
});

test("a word with a time that is still to come, as clocks differ, is one of two by whoever wrote it", () => {
  expect(saidTo(red(), says(8, "maya", RED, NOW + 1))).toEqual([
    { ...ABOUT, state: "needs-second", by: ["maya"], until: NOW + HOUR },
  ]);
});

test("where nothing is held two people set aside what the merge would wait for", () => {
  const line = "/cairn override merge:review-missing";
  const once = { ...after(waiting(), says(8, "maya", line)), gate: waiting().gate } as Snapshot;
  const { steps } = advanced(decide({ ...once, acts: [says(9, "robin", line)] }));
  expect(steps).toMatchObject([
    { step: "override", lifts: false, overrides: [{ actor: { login: "robin" } }] },
  ]);
});

test("pull requests are read before a word about one is taken up", () => {
  expect(decide({ ...without(red(), "pulls"), acts: [says(8, "maya", RED)] })).toEqual(look("pulls"));
});

/** Held as `red` is, and then cancelled: its pull request stays open. */
function cancelled(): Snapshot {
  const { steps, markers } = advanced(decide({ ...red(), acts: [says(7, "maya", "/cairn cancel")] }));
  return { ...labelled(onto(red(), steps, markers)), acts: [], pulls: [pull] };
}

test.each<[line: string, when: string, snapshot: Snapshot]>([
  [RED, "there is none", { ...base, pulls: [] }],
  ["/cairn override path:migrations/", "there is none", { ...base, pulls: [] }],
  [RED, "it was closed", { ...red(), pulls: [{ ...pull, state: "closed" }] }],
  [RED, "the work was cancelled", cancelled()],
])("%s is answered where no pull request waits for it: %s", (line, _when, snapshot) => {
  const decision = advanced(decide({ ...snapshot, acts: [says(8, "maya", line)] }));
  expect(decision.steps).toMatchObject([{ step: "answer", acts: [-8] }]);
  expect(decision.markers).toMatchObject([
    {
      says: [
        {
          about: "nothing",
          wrote: "/cairn override",
          why: "there is no pull request here that waits for a merge.",
        },
      ],
    },
  ]);
});

test("a path is lifted by two people as a condition is, and no hold with it", () => {
  const line = "/cairn override path:migrations/";
  const once = after(red(), says(8, "maya", line));
  const { steps, markers } = advanced(decide({ ...once, acts: [says(9, "robin", line)] }));
  expect(markers[0]).toMatchObject({ says: [{ state: "granted", by: ["maya", "robin"] }] });
  expect(steps).toMatchObject([{ step: "override", lifts: false }]);
});

test("the chain itself lets nobody lift a hold alone, and takes each word once", () => {
  const one = (act: number, id: number): Step => ({
    step: "override",
    act,
    overrides: [
      { id: -act, actor: { id, login: `p${id}` }, action: "merge:check-failed", head: pull.head, at: NOW },
    ],
    lifts: true,
    digest: `d${act}`,
  });
  const before = stateOf(red());
  expect(() => advance(before, [one(-1, 1)])).toThrow(ChainRuleError);
  const first = advance(before, [{ ...one(-1, 1), lifts: false } as Step]);
  expect(() => advance(first, [one(-2, 1)])).toThrow("one person alone");
  expect(() => advance(first, [one(-1, 2)])).toThrow("was consumed before");
  expect(advance(first, [one(-2, 2)]).hold).toBeNull();
  expect(() => advance(stateOf(claimed()), [one(-2, 2)])).toThrow("an edge is open");
});
