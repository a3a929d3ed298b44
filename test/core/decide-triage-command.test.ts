/** The triage command: about which text it is asked, what its question comes to, and what brings the issue back. */
import { expect, test } from "vitest";
import { commentId } from "../../src/core/act-ids.ts";
import { digestOf } from "../../src/core/canonical.ts";
import { decide } from "../../src/core/decide.ts";
import { LONGEST_QUESTION } from "../../src/core/holds.ts";
import { digestOfMarker, type IntentMarker, type ResultMarker } from "../../src/core/marker.ts";
import { declaration } from "../../src/core/plan.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { JudgedAct, Snapshot, TriageView } from "../../src/core/snapshot.ts";
import { deedOf } from "../../src/core/weigh.ts";
import {
  act,
  advanced,
  base,
  closed,
  edited,
  labelled,
  NOW,
  onto,
  over,
  settleable,
  stateOf,
} from "./snapshots.ts";

const config = { ...base.config, commandTriage: true } as NonNullable<Snapshot["config"]>;
const commanded: Snapshot = { ...base, config };
const ASKED = digestOf({ text: "text-digest", answers: [] });
const NONE = { pulls: [], branch: { kind: "absent" }, opened: [] } as const;
const RUN = { id: 5, attempt: 1 };

/** Declared by somebody's label. */
function begun(before = commanded): Snapshot {
  const { steps, markers } = advanced(decide({ ...before, acts: [act(1)] }));
  return { ...onto(before, steps, markers), acts: [], starts: { kind: "known", starts: [] } };
}

const claim = (before: Snapshot): Snapshot =>
  onto(before, [{ step: "claim", run: RUN, digest: stateOf(before).open?.digest ?? "" }]);

/** Its run has told of the question, and is over. */
function told(question: string, before = claim(begun())): Snapshot {
  const { open, seq } = stateOf(before);
  const effects = Object.fromEntries((open?.effects ?? []).map(({ key }) => [key, "not-sent" as const]));
  const marker: ResultMarker = {
    ...{ v: 1, type: "result", issue: base.issue.id, seq: seq + 1 },
    ...{ edge: "implement", generation: 1, attempt: 1, run: RUN },
    ...{ reason: "triage-asks", detail: question, effects },
  };
  const digest = digestOfMarker(marker);
  const step = { step: "result", run: RUN, reason: "triage-asks", digest, effects } as const;
  return { ...onto(before, [step], [marker]), ...NONE, run: over };
}

/** On hold with the question, and shown so. */
function questioned(): Snapshot {
  const before = told("How?");
  const { steps, markers } = advanced(decide(before));
  return labelled({ ...onto(before, steps, markers), ...NONE }, "cairn:hold");
}

const answer = (comment = 700): JudgedAct => ({
  id: commentId(comment),
  kind: "answer",
  actor: { id: 1, login: "maya" },
  at: NOW + 1_000,
  permitted: true,
});
const answers = [{ comment: 700, digest: "a" }];
const triage: TriageView = { findings: [], blockers: [], answers, changedBy: null };

test("an intent for an agent says about which text the triage command is asked; nothing else does", () => {
  const state = stateOf(begun());
  expect(state.open?.triages).toBe(ASKED);
  // Nobody has taken it up: nothing was asked.
  expect(state.triaged).toBeUndefined();
  const { markers } = advanced(decide({ ...commanded, acts: [act(1)] }));
  expect(markers).toMatchObject([{ type: "intent", triages: ASKED }]);
  const line = "- ask the triage command about the text first, without any token";
  expect(proseOf(markers[0] as IntentMarker)).toContain(line);
  const plain = advanced(decide({ ...base, acts: [act(1)] }));
  expect(plain.markers[0]).not.toHaveProperty("triages");
  expect(plain.steps.at(-1)).not.toHaveProperty("triages");
  expect(proseOf(plain.markers[0] as IntentMarker)).not.toContain("triage");
});

test.each([
  "fix",
  "review",
  "merge",
] as const)("a %s works on what was taken long ago: nobody is asked", (edge) => {
  const { config: found, issue, now, settings } = commanded;
  if (found?.kind !== "valid") throw new Error("no configuration");
  const input = { issue, chain: stateOf(begun()), edge, config: found, now, settings };
  const effects = [{ kind: "agent.run", key: "agent.run:12#g1f1" }] as const;
  const plan = declaration({ ...input, generation: 1, attempt: 1, effects, why: "w", first: [] });
  expect(plan.markers[0]).not.toHaveProperty("triages");
});

test("where no agent runs any more, nobody is asked", () => {
  const { config: found, issue, now, settings } = commanded;
  if (found?.kind !== "valid") throw new Error("no configuration");
  const input = { issue, chain: stateOf(begun()), edge: "implement", config: found, now, settings } as const;
  const effects = [{ kind: "pull.create", key: "k", branch: "b", base: "main" }] as const;
  const plan = declaration({ ...input, generation: 1, attempt: 2, effects, why: "w", first: [] });
  expect(plan.markers[0]).not.toHaveProperty("triages");
});

test("of each text it is asked once: another attempt, behind a loss, goes on without", () => {
  const owned = claim(begun());
  expect(stateOf(owned).triaged).toEqual([ASKED]);
  const fenced = onto({ ...owned, ...NONE }, [{ step: "cancel", why: "owner-over" }]);
  const lost = { ...fenced, ...settleable, run: { ...over, conclusion: "failure" } };
  const { steps, markers } = advanced(decide(lost));
  expect(steps).toMatchObject([
    { step: "settle", as: "lost" },
    { step: "declare", attempt: 2 },
  ]);
  expect(steps.at(-1)).not.toHaveProperty("triages");
  expect(stateOf(onto(lost, steps, markers)).triaged).toEqual([ASKED]);
});

test("an intent that nobody took up has asked nothing: the next one does", () => {
  const sealed = { ...onto(begun(), [{ step: "seal", why: "expired" }]), ...NONE };
  expect(advanced(decide(sealed)).steps).toMatchObject([{ step: "declare", attempt: 2, triages: ASKED }]);
});

test("its question holds the issue, in words that say who lifts it, and is no attempt that was lost", () => {
  const { steps, markers } = advanced(decide(told("How?")));
  expect(steps).toMatchObject([
    { step: "settle", as: "failed" },
    { step: "hold", reason: "triage-asks", acts: [] },
  ]);
  const state = stateOf(onto(told("How?"), steps, markers));
  expect(state.attempts.implement).toEqual({ last: 1, lost: [] });
  const [hold] = markers;
  if (hold?.type !== "hold") throw new Error("no hold");
  expect(proseOf(hold, "agent please")).toBe(
    [
      "**On hold**: The triage command has a question, and no agent has begun. `How?` ([run 5](run-5))",
      "",
      "Answer it in a comment, or edit the text. Once somebody with write access has, Cairn looks again by itself. Where they set `agent please` again instead, the same text is taken as it stands.",
    ].join("\n"),
  );
  expect(decide(questioned())).toEqual({
    kind: "rest",
    state: "hold",
    code: "triage-asks",
    waitsFor:
      "The triage command has a question, and no agent has begun. Answer it in a comment, or edit the text. Then the app looks again by itself; or set cairn:ready again to have the same text taken as it stands.",
    again: null,
  });
});

test("people read a long question as far as it may go, and no longer", () => {
  const detail = (question: string): string => {
    const [hold] = advanced(decide(told(question))).markers;
    return hold?.type === "hold" ? `${hold.detail.length} ${proseOf(hold).includes(hold.detail)}` : "";
  };
  expect(detail("w".repeat(LONGEST_QUESTION))).toBe(`${LONGEST_QUESTION} true`);
  expect(detail("w".repeat(LONGEST_QUESTION + 1))).toBe(`${LONGEST_QUESTION} true`);
});

test("an answer begins the next generation, in which the command reads it with the text", () => {
  const answered = { ...questioned(), acts: [answer()], triage };
  const { steps } = advanced(decide(answered));
  const asked = digestOf({ text: "text-digest", answers });
  expect(steps).toMatchObject([
    { step: "raise", generation: 2, act: -700, answers },
    { step: "declare", edge: "implement", attempt: 1, triages: asked },
  ]);
  expect(deedOf(answer())).toBe("@maya answered");
  const owned = claim(onto(answered, steps));
  expect(stateOf(owned).triaged).toEqual([ASKED, asked]);
});

test("an edit by somebody with the right does as well; one by somebody else does not", () => {
  const { steps } = advanced(decide(edited(questioned(), { login: "maya", permitted: true })));
  const asked = digestOf({ text: "another", answers: [] });
  expect(steps).toMatchObject([{ step: "raise", generation: 2 }, { triages: asked }]);
  expect(decide(edited(questioned()))).toMatchObject({ kind: "rest", code: "triage-asks" });
});

test("the label has the same text taken as it stands: it is not asked about again", () => {
  const { steps } = advanced(decide({ ...questioned(), acts: [act(2)] }));
  expect(steps).toMatchObject([{ step: "raise", generation: 2, act: 2 }, { step: "declare" }]);
  expect(steps.at(-1)).not.toHaveProperty("triages");
});

test.each<[string, Snapshot, readonly JudgedAct[], string]>([
  ["on a closed issue", closed(questioned()), [answer()], "rest triage-asks"],
  ["where nothing was asked", begun(), [answer()], "look starts"],
  ["behind somebody's hold", questioned(), [act(2, "hold"), answer()], "advance asked"],
])("an answer %s is none", (_what, before, acts, says) => {
  const { starts: _starts, ...snapshot } = before;
  const decision = decide({ ...snapshot, acts, triage });
  const last = decision.kind === "advance" ? decision.steps.at(-1) : undefined;
  if (decision.kind === "look") return expect(`look ${decision.part}`).toBe(says);
  const what = decision.kind === "rest" ? decision.code : last?.step === "hold" ? last.reason : "";
  expect(`${decision.kind} ${what}`.trim()).toBe(says);
});

test("what the rules say no to behind a question is asked about, and the command is not", () => {
  const findings = [{ code: "too-short", detail: "5 of 140 characters" }] as const;
  const short = { ...questioned(), acts: [answer()], triage: { ...triage, findings } };
  expect(advanced(decide(short)).steps).toMatchObject([{ step: "ask" }]);
});
