/** Made-up snapshots for `decide`: an issue as it stands after its first steps. */
import { expect } from "vitest";
import { advance, type ChainState, emptyChain, type Step } from "../../src/core/chain.ts";
import type { DeclaredMarker } from "../../src/core/commit-message.ts";
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import { ENTRY_LABEL } from "../../src/core/entry-label.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import { encodeMarker } from "../../src/core/marker.ts";
import type { JudgedAct, PullView, Snapshot } from "../../src/core/snapshot.ts";
import type { Act } from "../../src/core/words.ts";

export const NOW = 1_790_000_000_000;
export const issue = { repository: 7, number: 12 };
/** Whether an act is permitted, as part of it. */
export const judged = (permitted: boolean) =>
  permitted
    ? ({ permitted } as const)
    : ({ permitted, refusal: { reason: "no-right", words: "`ready` needs write permission" } } as const);
export const act = (id: number, kind: Act["kind"] = "ready", permitted = true): JudgedAct => ({
  id,
  kind,
  ...judged(permitted),
  actor: { id: 1, login: "maya" },
  at: NOW,
  label: `cairn:${kind}`,
});

export const base: Snapshot = {
  now: NOW,
  settings: { quietPeriod: 120_000, intentLifetime: 86_400_000, startPatience: 60_000, starts: 3 },
  issue: {
    id: issue,
    title: "T",
    open: true,
    reopened: false,
    locked: false,
    labels: [],
    text: "text-digest",
  },
  chain: { kind: "absent" },
  entryLabel: ENTRY_LABEL,
  acts: [],
  ledger: { kind: "complete", ledger: foldLedger([], undefined, issue, 99) },
  config: {
    kind: "valid",
    digest: "config-digest",
    commit: "c".repeat(40),
    base: "main",
    reviewers: ["robin"],
    merge: "on-green-with-review",
    mergeMethod: "merge",
    syntheticPrefix: "[cairn-e2e]",
    neverCloseLabels: ["incident"],
    attempts: 3,
    budget: 3_600_000,
    reviewBudget: 1_800_000,
    autonomy: "full",
    fixRounds: 0,
    commandReview: false,
    commandTriage: false,
    quietUntil: null,
  },
  triage: { findings: [], blockers: [], answers: [], changedBy: null },
  slots: { limit: 5, holders: [], ahead: [] },
};

export const look = (part: string) => ({ kind: "look", part });
export const invalid = { kind: "invalid", why: "line 3" } as const;

/** What is still to be read. */
export const without = <K extends keyof Snapshot>(snapshot: Snapshot, ...parts: readonly K[]): Snapshot =>
  Object.fromEntries(
    Object.entries(snapshot).filter(([part]) => !parts.includes(part as K)),
  ) as unknown as Snapshot;
export const labelled = (snapshot: Snapshot, ...labels: string[]): Snapshot => ({
  ...snapshot,
  issue: { ...snapshot.issue, labels },
});
export const closed = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  issue: { ...snapshot.issue, open: false },
});

/** Somebody has made another text of it, by default one who may not ask for work. */
export const edited = (
  snapshot: Snapshot,
  { login = "oda", permitted = false, at = NOW + 1_000 } = {},
): Snapshot => ({
  ...snapshot,
  issue: { ...snapshot.issue, text: "another" },
  edit: { kind: "by", actor: { id: 9, login }, at, permitted },
});

/** The snapshot after a decision's steps were made and its markers written. */
export function onto(
  snapshot: Snapshot,
  steps: readonly Step[],
  markers: readonly DeclaredMarker[] = [],
  seen = true,
): Snapshot {
  const before = snapshot.chain.kind === "sound" ? snapshot.chain.state : emptyChain(issue);
  const state = advance(before, steps);
  const comments = seen
    ? markers.map((marker, index) => ({
        id: 100 + index,
        body: encodeMarker("w", marker),
        appId: 99,
        author: "cairn",
      }))
    : [];
  return {
    ...snapshot,
    chain: {
      kind: "sound",
      head: "h".repeat(40),
      record: { v: 1, steps, state, markers, by: "me" },
      state,
      at: NOW,
    },
    ledger: { kind: "complete", ledger: foldLedger(comments, state, issue, 99) },
  };
}

export function advanced(decision: Decision): Extract<Decision, { kind: "advance" }> {
  expect(decision.kind).toBe("advance");
  return decision as Extract<Decision, { kind: "advance" }>;
}

export const declared = (): Snapshot => {
  const first = advanced(decide({ ...base, acts: [act(1)] }));
  return { ...onto(base, first.steps, first.markers), acts: [], starts: { kind: "known", starts: [] } };
};
export const stateOf = (snapshot: Snapshot): ChainState => {
  if (snapshot.chain.kind !== "sound") throw new Error("no chain");
  return snapshot.chain.state;
};
export const claimed = (): Snapshot => {
  const before = declared();
  const digest = stateOf(before).open?.digest ?? "";
  return onto(before, [{ step: "claim", run: { id: 5, attempt: 1 }, digest }]);
};
/** Lost, and looked at closely enough to be settled. */
/** A chain whose last step declares no marker. */
export const quiet = (): Snapshot => onto(declared(), [{ step: "seal", why: "act" }]);
export const settleable = { now: NOW + 121_000, probedSince: NOW + 121_000, worked: 600_000 } as const;
export const over = { kind: "over", conclusion: "success", at: NOW, url: "run-5" } as const;
export const pull: PullView = {
  number: 41,
  state: "open",
  merged: false,
  mergeSha: null,
  head: "a".repeat(40),
  asked: ["robin"],
};

/** A run has taken up the open intent, and works. */
export function taken(before: Snapshot): Snapshot {
  const digest = stateOf(before).open?.digest ?? "";
  const mine = onto(before, [{ step: "claim", run: { id: 6, attempt: 1 }, digest }]);
  return { ...mine, run: { kind: "alive", status: "in_progress", since: NOW } };
}
