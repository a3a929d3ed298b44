/** `decide` over made-up snapshots: what comes next, and that it always is something. */
import { describe, expect, test } from "vitest";
import { advance, emptyChain } from "../../src/core/chain.ts";
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import { encodeMarker } from "../../src/core/marker.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { STATE_EDGES, STATES, statesDiagram } from "../../src/core/states.ts";
import {
  act,
  advanced,
  base,
  claimed,
  declared,
  edited,
  issue,
  NOW,
  onto,
  over,
  pull,
  settleable,
  stateOf,
} from "./snapshots.ts";

describe("from the label to the run", () => {
  test("nothing asked: it rests; a permitted act raises and declares in one commit", () => {
    expect(decide(base)).toMatchObject({ kind: "rest", state: "idle", code: "nobody-asked" });
    const { steps, markers } = advanced(decide({ ...base, acts: [act(1)] }));
    expect(steps.map(({ step }) => step)).toEqual(["raise", "declare"]);
    expect(markers[0]).toMatchObject({
      type: "intent",
      edge: "implement",
      seq: 2,
      effects: [
        { key: "agent.run:12#g1a1" },
        { key: "branch.create:cairn/12-g1" },
        { key: "pull.create:cairn/12-g1" },
        { key: "review.request:cairn/12-g1#g1a1" },
      ],
    });
  });

  test("the same input gives the same marker, digest for digest", () => {
    const asked = { ...base, acts: [act(1)] };
    expect(decide(asked)).toEqual(decide(structuredClone(asked)));
  });

  test("nothing is started before the marker is seen (I1); a short list proves no absence (I6)", () => {
    const first = advanced(decide({ ...base, acts: [act(1)] }));
    const unseen = {
      ...onto(base, first.steps, first.markers, false),
      starts: { kind: "known", starts: [] } as const,
    };
    expect(decide(unseen)).toMatchObject({ kind: "announce", marker: first.markers[0] });
    const short = { ...unseen, ledger: { ...unseen.ledger!, kind: "short", expected: 3, found: 1 } as const };
    expect(decide(short)).toMatchObject({
      kind: "rest",
      code: "comments-short",
      waitsFor: "all comments to be readable (1 of 3)",
    });
    expect(decide({ ...short, now: NOW + 121_000 })).toMatchObject({
      kind: "rest",
      code: "not-visible",
      waitsFor: expect.stringContaining("not-visible"),
    });
  });

  test("an act withdraws an intent that nobody can see yet, and does not wait for its marker", () => {
    const first = advanced(decide({ ...base, acts: [act(1)] }));
    const unseen = onto(base, first.steps, first.markers, false);
    const { steps } = advanced(decide({ ...unseen, acts: [act(2, "hold")] }));
    expect(steps).toMatchObject([
      { step: "seal", why: "act" },
      { step: "hold", reason: "asked" },
    ]);
    expect(decide({ ...unseen, acts: [act(2, "ready", false)] }).kind).toBe("announce");
  });

  test("an act without the right is refused once, on the chain", () => {
    const { steps, markers } = advanced(decide({ ...base, acts: [act(1, "ready", false)] }));
    expect(markers).toMatchObject([{ type: "refusal", reason: "no-right" }]);
    expect(steps).toMatchObject([{ step: "refuse", act: 1 }]);
  });

  test("a configuration that cannot be used is a hold, not a guess", () => {
    const { steps } = advanced(
      decide({ ...base, acts: [act(1)], config: { kind: "invalid", why: "line 3" } }),
    );
    expect(steps).toMatchObject([{ step: "hold", reason: "config-invalid", acts: [1] }]);
  });

  test("a visible intent wakes a run; one that lives is waited for; three that died are a hold", () => {
    expect(decide(declared())).toMatchObject({ kind: "start", comment: 100 });
    const start = (over: boolean, id: number) => ({
      run: { id, attempt: 1 },
      status: over ? "completed" : "queued",
      conclusion: over ? "cancelled" : null,
      at: NOW,
      url: `r${id}`,
      worked: false,
    });
    const alive = { ...declared(), starts: { kind: "known", starts: [start(false, 1)] } as const };
    const shown = { ...alive.issue, labels: ["cairn:implementing"] };
    expect(decide({ ...alive, issue: shown })).toMatchObject({ kind: "rest", code: "run-to-claim" });
    const sent = { ...declared(), issue: shown, startedAt: NOW };
    expect(decide(sent)).toMatchObject({ kind: "rest", code: "run-to-start" });
    const dead = { kind: "known", starts: [1, 2, 3].map((id) => start(true, id)) } as const;
    const { steps } = advanced(decide({ ...declared(), starts: dead }));
    expect(steps.map((step) => ("reason" in step ? step.reason : step.step))).toEqual([
      "seal",
      "never-started",
    ]);
  });

  test("an intent that expires: a run without a machine is a hold, one at its gate is waited for, none is renewed", () => {
    const late = (...statuses: string[]): Snapshot => ({
      ...declared(),
      issue: { ...base.issue, labels: ["cairn:implementing"] },
      now: NOW + 86_400_001,
      branch: { kind: "absent" },
      pulls: [],
      starts: {
        kind: "known",
        starts: statuses.map((status, index) => ({
          run: { id: index + 1, attempt: 1 },
          status,
          conclusion: null,
          at: NOW,
          url: `r${index + 1}`,
          worked: false,
        })),
      },
    });
    const held = advanced(decide(late("queued")));
    expect(held.steps).toMatchObject([{ step: "seal" }, { step: "hold", reason: "never-started" }]);
    expect(held.markers[0]).toMatchObject({ detail: "r1 is still queued: no runner takes it" });
    expect(decide(late("in_progress"))).toMatchObject({
      kind: "rest",
      code: "run-to-end",
      waitsFor: "run 1 to end",
    });
    const renewed = advanced(decide(late("completed")));
    expect(renewed.steps).toMatchObject([
      { step: "seal", why: "expired" },
      { step: "declare", attempt: 2 },
    ]);
  });

  test("a run that has worked although nobody claimed: the chain was moved back (scenario 15)", () => {
    const start = {
      run: { id: 5, attempt: 1 },
      status: "completed",
      conclusion: "success",
      at: NOW,
      url: "r5",
      worked: true,
    };
    const decision = decide({ ...declared(), starts: { kind: "known", starts: [start] } });
    expect(decision).toMatchObject({ kind: "alarm", marker: { reason: "chain-rewound" } });
  });

  test("text that changed before anybody claimed is sealed and held", () => {
    const changed = edited({ ...declared(), pulls: [] });
    expect(advanced(decide(changed)).steps).toMatchObject([{ step: "seal" }, { reason: "text-changed" }]);
  });
});

describe("with an owner", () => {
  test("a run that lives, or of which nobody can tell, is left alone (I9)", () => {
    const shown = { ...claimed().issue, labels: ["cairn:implementing"] };
    for (const run of [
      { kind: "alive", status: "in_progress", since: NOW },
      { kind: "cannot-tell", why: "502" },
    ] as const) {
      const silent = { ...claimed(), issue: shown, run, worked: 7_200_000, now: NOW + 86_400_000 };
      expect(decide(silent)).toMatchObject({ kind: "rest", code: "run-works" });
    }
  });

  test("a spent budget is said while the run lives, by the time that its agent worked, and ends nothing (I9)", () => {
    const shown = { ...claimed().issue, labels: ["cairn:implementing"] };
    const run = { kind: "alive", status: "in_progress", since: NOW } as const;
    const after = (ms: number, worked?: number): Decision =>
      decide({ ...claimed(), issue: shown, run, now: NOW + ms, ...(worked === undefined ? {} : { worked }) });
    expect(after(3_599_000)).toMatchObject({ kind: "rest" });
    // It is old enough: whether it worked or waited, its jobs tell.
    expect(after(3_600_000)).toEqual({ kind: "look", part: "worked" });
    const queued = after(36_000_000, 60_000);
    expect(queued).toMatchObject({ kind: "rest", waitsFor: expect.not.stringContaining("budget") });
    const spent = after(36_000_000, 3_600_000);
    expect(spent).toMatchObject({ kind: "rest", waitsFor: expect.stringContaining("its budget of 60 min") });
  });

  test("a new act cancels first, and the next generation waits for the settlement (I8)", () => {
    const asked = {
      ...claimed(),
      acts: [act(2)],
      run: { kind: "alive", status: "in_progress", since: NOW } as const,
    };
    expect(advanced(decide(asked)).steps).toEqual([{ step: "cancel", why: "act" }]);
    const fenced = onto(asked, [{ step: "cancel", why: "act" }]);
    expect(decide(fenced)).toMatchObject({ kind: "cancel-run", run: { id: 5 } });
  });

  test("over without a result: fence, quiet period, a read that began after it, then a new attempt (I4)", () => {
    const gone = { ...claimed(), run: over, pulls: [], branch: { kind: "absent" } as const };
    expect(advanced(decide(gone)).steps).toEqual([{ step: "cancel", why: "owner-over" }]);
    const fenced = onto(gone, [{ step: "cancel", why: "owner-over" }]);
    const labels = { ...fenced.issue, labels: ["cairn:implementing"] };
    const quiet = { kind: "rest", code: "quiet-period" };
    const early = { ...fenced, issue: labels, now: NOW + 119_000, probedSince: NOW + 119_000 };
    expect(decide(early)).toMatchObject(quiet);
    // Late enough, but what was read began too early.
    expect(decide({ ...early, now: NOW + 121_000, probedSince: NOW + 1_000 })).toMatchObject(quiet);
    const { steps } = advanced(decide({ ...fenced, ...settleable }));
    expect(steps).toMatchObject([
      { step: "settle", as: "lost" },
      { step: "declare", attempt: 2 },
    ]);
  });

  test("a branch that is there is adopted: the next attempt names no agent", () => {
    const gone = {
      ...claimed(),
      run: over,
      pulls: [],
      branch: { kind: "own", sha: "b".repeat(40) } as const,
    };
    const fenced = onto(gone, [{ step: "cancel", why: "owner-over" }]);
    const { markers } = advanced(decide({ ...fenced, ...settleable }));
    expect(markers[0]).toMatchObject({
      effects: [{ key: "pull.create:cairn/12-g1" }, { key: "review.request:cairn/12-g1#g1a2" }],
    });
  });

  test("the last attempt ends in a hold, with its run", () => {
    const gone = { ...claimed(), run: over, pulls: [], branch: { kind: "absent" } as const };
    const fenced = onto(gone, [{ step: "cancel", why: "owner-over" }]);
    const config = { ...base.config, attempts: 1 } as Snapshot["config"];
    const { steps, markers } = advanced(decide({ ...fenced, config, ...settleable }));
    expect(steps).toMatchObject([
      { step: "settle", as: "lost" },
      { step: "hold", reason: "attempts-spent" },
    ]);
    const lost = {
      attempt: 1,
      run: { id: 5, attempt: 1 },
      url: "run-5",
      conclusion: "success",
      worked: 600_000,
    };
    expect(markers[0]).toMatchObject({ evidence: [lost] });
    expect(markers[0] && proseOf(markers[0])).toContain("attempt 1: [run 5](run-5) ended as `success`");
  });

  test("the work of lost attempts is charged to the next, and a spent budget is a hold with the evidence", () => {
    const gone = { ...claimed(), run: over, pulls: [], branch: { kind: "absent" } as const };
    const fenced = onto(gone, [{ step: "cancel", why: "owner-over" }]);
    const next = advanced(decide({ ...fenced, ...settleable }));
    expect(next.markers[0]).toMatchObject({ attempt: 2, budget: 3_000_000 });
    const spent = advanced(decide({ ...fenced, ...settleable, worked: 3_600_000 }));
    expect(spent.steps).toMatchObject([{ as: "lost" }, { step: "hold", reason: "budget-spent" }]);
    expect(spent.markers[0]).toMatchObject({ evidence: [{ attempt: 1, worked: 3_600_000 }] });
    // What is published already needs no agent, and no budget.
    const adopted = {
      ...fenced,
      ...settleable,
      worked: 3_600_000,
      branch: { kind: "own", sha: "b" } as const,
    };
    expect(advanced(decide(adopted)).markers[0]).toMatchObject({ attempt: 2, budget: null });
  });
});

describe("review and merge", () => {
  const reviewing = (): Snapshot => ({
    ...claimed(),
    run: over,
    pulls: [pull],
    issue: { ...base.issue, labels: ["cairn:reviewing"] },
  });

  test("the gate waits, refuses, or opens for exactly one head", () => {
    const waits = {
      kind: "waits",
      head: pull.head,
      code: "review-missing",
      for: "a review",
      again: null,
    } as const;
    expect(decide({ ...reviewing(), gate: waits })).toMatchObject({ kind: "rest", waitsFor: "a review" });
    const refused = { kind: "refused", head: pull.head, reason: "check-failed", detail: "test" } as const;
    expect(advanced(decide({ ...reviewing(), gate: refused })).steps.at(-1)).toMatchObject({
      reason: "check-failed",
    });
    const open = { kind: "open", head: pull.head, pull: 41 } as const;
    const { steps, markers } = advanced(decide({ ...reviewing(), gate: open }));
    expect(steps).toMatchObject([
      { step: "settle", as: "applied" },
      { step: "declare", edge: "merge", attempt: 1 },
    ]);
    expect(markers[0]).toMatchObject({ effects: [{ key: `merge:pull/41@${pull.head}#g1a1` }] });
  });

  test("merged by anybody is done; closed by a person is a hold", () => {
    const merged = { ...pull, state: "closed", merged: true, mergeSha: "m".repeat(40) } as const;
    const closed = { ...base.issue, open: false, labels: ["cairn:done"] };
    expect(decide({ ...reviewing(), pulls: [merged], issue: closed })).toMatchObject({
      state: "done",
      code: "merged",
    });
    expect(decide({ ...reviewing(), pulls: [merged], issue: { ...closed, open: true } })).toEqual({
      kind: "close-issue",
    });
    // Whoever opens it again wants it open.
    const reopened = { ...closed, open: true, reopened: true };
    expect(decide({ ...reviewing(), pulls: [merged], issue: reopened })).toMatchObject({ kind: "rest" });
    const { steps } = advanced(decide({ ...reviewing(), pulls: [{ ...pull, state: "closed" }] }));
    expect(steps.at(-1)).toMatchObject({ reason: "pull-closed" });
  });

  test("a merge that GitHub refuses is a hold; one whose head moved goes back to the gate", () => {
    const open = { kind: "open", head: pull.head, pull: 41 } as const;
    const intent = advanced(decide({ ...reviewing(), gate: open }));
    const merging = onto(reviewing(), intent.steps, intent.markers);
    const { digest = "", effects = [] } = stateOf(merging).open ?? {};
    const run = { id: 6, attempt: 1 };
    const told = (reason: "merge-refused" | "head-moved"): Snapshot => {
      const fates = { [effects[0]?.key ?? ""]: "not-sent" } as const;
      const mine = onto(merging, [{ step: "claim", run, digest }]);
      return onto(mine, [{ step: "result", run, reason, digest: "r".repeat(64), effects: fates }]);
    };
    expect(advanced(decide(told("merge-refused"))).steps).toMatchObject([
      { step: "settle", as: "failed" },
      { step: "hold", reason: "merge-refused" },
    ]);
    expect(advanced(decide(told("head-moved"))).steps).toMatchObject([{ step: "settle", as: "failed" }]);
  });

  test("an issue that is closed holds what was under way; an act on a closed one waits for it to be opened", () => {
    const closed = { ...base.issue, open: false };
    expect(advanced(decide({ ...declared(), issue: closed })).steps).toMatchObject([
      { step: "seal", why: "issue-closed" },
      { step: "hold", reason: "issue-closed" },
    ]);
    const asked = { ...base, issue: { ...closed, labels: ["cairn:ready"] }, acts: [act(1)] };
    expect(decide(asked)).toMatchObject({ kind: "rest", code: "issue-to-open" });
  });
});

test("a chain that is foreign, gone or moved back stops everything, and is said once for each head", () => {
  const foreign = {
    ...base,
    chain: { kind: "foreign", head: "f".repeat(40), why: "unsigned" } as const,
    acts: [act(1)],
  };
  const alarm = decide(foreign);
  expect(alarm).toMatchObject({ kind: "alarm", marker: { reason: "chain-foreign" } });
  const body = alarm.kind === "alarm" ? encodeMarker("w", alarm.marker) : "";
  const ledger = foldLedger([{ id: 1, body, appId: 99, author: "cairn" }], undefined, issue, 99);
  const said = { ...foreign, ledger: { kind: "complete", ledger } as const };
  expect(decide({ ...said, issue: { ...base.issue, labels: ["cairn:hold"] } })).toMatchObject({
    kind: "rest",
    state: "hold",
    code: "chain-foreign",
    waitsFor: expect.stringContaining("Move the ref back to the last commit that Cairn made"),
  });
});

test("decide is total: every mixture of parts gives a decision, and the table has every edge that it takes", () => {
  const chains = [base, declared(), claimed(), onto(claimed(), [{ step: "cancel", why: "act" }])];
  const runs = [
    undefined,
    over,
    { kind: "alive", status: "queued", since: NOW },
    { kind: "cannot-tell", why: "" },
  ] as const;
  const pullses = [undefined, [], [pull], [{ ...pull, merged: true }]];
  const branches = [
    undefined,
    { kind: "absent" },
    { kind: "own", sha: "b" },
    { kind: "foreign", sha: "b" },
  ] as const;
  const actses = [undefined, [], [act(9)], [act(9, "hold")], [act(9, "ready", false)]];
  const gates = [undefined, { kind: "open", head: pull.head, pull: 41 }] as const;
  let seen = 0;
  for (const snapshot of chains)
    for (const run of runs)
      for (const pulls of pullses)
        for (const branch of branches)
          for (const acts of actses)
            for (const gate of gates)
              for (const open of [true, false]) {
                const mixed = { ...snapshot, run, pulls, branch, acts, gate, issue: { ...base.issue, open } };
                const frozen = JSON.stringify(mixed);
                const decision = decide(mixed as Snapshot);
                // What it advances by, the rules allow.
                if (decision.kind === "advance") {
                  const state = snapshot.chain.kind === "sound" ? snapshot.chain.state : emptyChain(issue);
                  advance(state, decision.steps);
                }
                expect(JSON.stringify(mixed)).toBe(frozen);
                seen += 1;
              }
  expect(seen).toBe(4 * 4 * 4 * 4 * 5 * 2 * 2);
  for (const edge of STATE_EDGES)
    expect(Object.keys(STATES)).toEqual(expect.arrayContaining([edge.from, edge.to]));
  expect(statesDiagram()).toContain("ready --> implementing");
});
