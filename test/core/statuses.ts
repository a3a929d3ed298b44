/** An issue at each place where its status is told, and what the comment says of it there. */
import { decide } from "../../src/core/decide.ts";
import type { Decision, Rest } from "../../src/core/decision.ts";
import { ENTRY_LABEL } from "../../src/core/entry-label.ts";
import type { HoldReason } from "../../src/core/holds.ts";
import { heldRest } from "../../src/core/moves.ts";
import { holding } from "../../src/core/plan.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { type PastStep, statusText } from "../../src/core/status-comment.ts";
import {
  act,
  advanced,
  base,
  claimed,
  closed,
  declared,
  labelled,
  NOW,
  onto,
  over,
  pull,
  settleable,
  stateOf,
  without,
} from "./snapshots.ts";

/** The steps that brought it here, as the app would read them from the chain. */
export const past = (...snapshots: Snapshot[]): PastStep[] =>
  snapshots.flatMap(({ chain }) =>
    chain.kind === "sound" ? { at: NOW, steps: chain.record.steps, markers: chain.record.markers } : [],
  );

function rested(decision: Decision): Rest {
  if (decision.kind !== "rest") throw new Error(`it does not rest: ${decision.kind}`);
  return decision;
}

/** At rest because of the chain itself, after people were alarmed. */
export const alarmed = (reason: HoldReason): Rest => rested(heldRest({ entryLabel: ENTRY_LABEL }, reason));

export const restOf = (snapshot: Snapshot): Rest => rested(decide(snapshot));

export const text = (
  snapshot: Snapshot,
  steps: readonly PastStep[],
  rest = restOf(snapshot),
  worked: number | null = null,
  trial: readonly string[] = [],
): string =>
  statusText({
    snapshot,
    rest,
    past: steps,
    worked,
    trial,
    repositoryUrl: "https://github.com/acme/tools",
    workflowFile: "cairn.yml",
  });

const run = { id: 5, attempt: 1 };
const STARTED = [{ run, status: "queued", conclusion: null, at: NOW, url: "u", worked: false }];
const starts = { kind: "known", starts: STARTED } as const;
const alive = { kind: "alive", status: "in_progress", since: NOW } as const;

/** The snapshot once the next step was made. */
function next(snapshot: Snapshot): Snapshot {
  const { steps, markers } = advanced(decide(snapshot));
  return onto(snapshot, steps, markers);
}

export const implementing = (): Snapshot => labelled({ ...declared(), starts }, "cairn:implementing");
export const working = (): Snapshot => labelled({ ...claimed(), run: alive }, "cairn:implementing");

/** Its run has ended and left nothing, and what it sent may still land. */
export const ended = (): Snapshot => ({
  ...onto(working(), [{ step: "cancel", why: "owner-over" }]),
  run: { ...over, conclusion: "failure" },
  pulls: [],
  branch: { kind: "absent" },
});

/** The first attempt was lost, and the second waits for a slot, behind one other. */
export const between = (): Snapshot => ({
  ...next({ ...ended(), ...settleable, slots: { limit: 1, holders: [3], ahead: [7] } }),
  now: NOW,
});

export const second = (): Snapshot => ({ ...next({ ...between(), slots: base.slots! }), starts });

export const reviewing = (): Snapshot => ({
  ...labelled(claimed(), "cairn:reviewing"),
  run: over,
  pulls: [pull],
  gate: {
    kind: "waits",
    head: pull.head,
    code: "review-missing",
    for: "a review of aaaaaaaaaaaa",
    again: null,
  },
});

/** Published, and settled as that. */
export const published = (): Snapshot =>
  labelled(
    onto(claimed(), [{ step: "settle", edge: "implement", attempt: 1, as: "applied" }]),
    "cairn:reviewing",
  );

export const held = (detail = "test (failure) on abc"): Snapshot => {
  const before = published();
  const plan = holding(stateOf(before), [], "check-failed", detail);
  return labelled({ ...onto(before, plan.steps, plan.markers), pulls: [pull] }, "cairn:hold");
};

/** Its merge is declared; the pull request was not looked at since. */
export const merging = (): Snapshot => {
  const gate = { kind: "open", head: pull.head, pull: 41 } as const;
  return { ...without(next({ ...published(), pulls: [pull], gate }), "pulls", "gate"), starts };
};

/** A check has failed, and the first round is declared; a run is at it. */
export const mending = (): Snapshot => {
  const gate = { kind: "refused", head: pull.head, reason: "check-failed", detail: "test" } as const;
  const config = { ...base.config, fixRounds: 2 } as NonNullable<Snapshot["config"]>;
  const round = next({ ...published(), pulls: [pull], gate, config });
  const digest = stateOf(round).open?.digest ?? "";
  const claim = { step: "claim", run: { id: 6, attempt: 1 }, digest } as const;
  return { ...labelled(onto(round, [claim]), "cairn:implementing"), run: alive };
};

/** A run is at the merge. */
export const landing = (): Snapshot => {
  const before = merging();
  const digest = stateOf(before).open?.digest ?? "";
  const claim = { step: "claim", run: { id: 6, attempt: 2 }, digest } as const;
  return { ...onto(before, [claim]), run: alive, pulls: [pull] };
};

export const done = (): Snapshot => {
  const merged = { ...pull, state: "closed", merged: true, mergeSha: "e".repeat(40) } as const;
  return closed(labelled({ ...reviewing(), pulls: [merged] }, "cairn:done"));
};

/** Asked for anew while it was held: the second generation closes the first one's pull request. */
export const replaced = (): Snapshot => {
  const asked = { ...held(), acts: [act(2)], opened: [{ generation: 1, pull: 40 }] };
  return labelled({ ...without(next(asked), "pulls", "opened"), acts: [], starts }, "cairn:implementing");
};
