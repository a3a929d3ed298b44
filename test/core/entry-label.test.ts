/** The label by which people ask for work, where it is called otherwise: which events are acts, what is shown, what is said. */
import { expect, test } from "vitest";
import {
  askedBy,
  type IssueEvent,
  isReadyByApp,
  needEntryLabel,
  pendingActs,
  type Taken,
} from "../../src/core/acts.ts";
import { repliesOf } from "../../src/core/commands/replies.ts";
import { decide } from "../../src/core/decide.ts";
import { sameLabel, withEntryLabel } from "../../src/core/entry-label.ts";
import { nextOf } from "../../src/core/holds.ts";
import { proseOf } from "../../src/core/prose.ts";
import { restWords } from "../../src/core/rest-words.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { labelOf, showsState } from "../../src/core/states.ts";
import { verdictOf } from "../../src/core/verdict.ts";
import { act, advanced, base, claimed, declared, labelled, onto } from "./snapshots.ts";

const ENTRY = "Work for me";
const APP = { appId: 99, botId: 500 };
const maya = { id: 3, login: "maya" };
const event = (
  id: number,
  what: string,
  label: string | null,
  change: Partial<IssueEvent> = {},
): IssueEvent => ({ id, event: what, actor: maya, appId: null, label, createdAt: id * 1_000, ...change });
/** Work that act 5 raised, at 5 s, is under way; the same where a comment raised it. */
const LIVE: Taken = { acts: [5], raised: { act: 5, at: 5_000 } };
const BY_COMMENT: Taken = { acts: [-9], raised: { act: -9, at: 5_000 } };

test("the label asks in any letters, a hold by its own name; what it was called before is an ordinary label", () => {
  expect(["work for ME", ENTRY, "cairn:hold"].map((label) => askedBy(label, ENTRY))).toEqual([
    "ready",
    "ready",
    "hold",
  ]);
  expect(["cairn:ready", "Cairn:Hold", "work", ""].map((label) => askedBy(label, ENTRY))).toEqual(
    Array(4).fill(undefined),
  );
  expect(sameLabel("cairn:ready", "CAIRN:Ready")).toBe(true);
});

test.each<[why: string, events: readonly IssueEvent[], chain: Taken, acts: readonly string[]]>([
  [
    "it is set, and named as the event has it",
    [event(1, "labeled", "work FOR me")],
    { acts: [] },
    ["1 ready work FOR me"],
  ],
  ["the default label is set", [event(1, "labeled", "cairn:ready")], { acts: [] }, []],
  [
    "the default label is taken off, behind it",
    [event(1, "labeled", ENTRY), event(2, "unlabeled", "cairn:ready")],
    { acts: [] },
    [`1 ready ${ENTRY}`],
  ],
  [
    "it is taken off in other letters",
    [event(1, "labeled", ENTRY), event(2, "unlabeled", "work for me")],
    { acts: [] },
    [],
  ],
  ["it is taken off live work", [event(6, "unlabeled", ENTRY)], LIVE, [`6 cancel ${ENTRY}`]],
  ["the default label is taken off live work", [event(6, "unlabeled", "cairn:ready")], LIVE, []],
  [
    "what shows the state is taken off live work",
    [event(6, "unlabeled", "cairn:implementing")],
    LIVE,
    ["6 cancel cairn:implementing"],
  ],
  ["it was an ordinary label before the work was asked for", [event(4, "labeled", ENTRY)], LIVE, []],
  ["it was set since", [event(6, "labeled", ENTRY)], LIVE, [`6 ready ${ENTRY}`]],
  [
    "before a comment that raised the work",
    [event(9, "labeled", ENTRY, { createdAt: 4_999 })],
    BY_COMMENT,
    [],
  ],
  [
    "in the second of that comment",
    [event(9, "labeled", ENTRY, { createdAt: 5_000 })],
    BY_COMMENT,
    [`9 ready ${ENTRY}`],
  ],
  [
    "a hold counts whenever it was asked for",
    [event(4, "labeled", "cairn:hold")],
    LIVE,
    ["4 hold cairn:hold"],
  ],
])("acts where the label is called otherwise: %s", (_why, events, chain, acts) => {
  const found = pendingActs(events, chain, APP, ENTRY);
  expect(found.map(({ id, kind, label }) => `${id} ${kind} ${label}`)).toEqual(acts);
});

test.each<[why: string, one: IssueEvent, chain: Taken, needs: boolean]>([
  ["any label of people", event(6, "labeled", "bug"), { acts: [] }, true],
  ["taken off", event(6, "unlabeled", "bug"), LIVE, true],
  ["the default one", event(6, "labeled", "cairn:ready"), { acts: [] }, true],
  ["a hold", event(6, "labeled", "cairn:hold"), { acts: [] }, false],
  ["a label that shows a state", event(6, "unlabeled", "cairn:reviewing"), LIVE, false],
  ["something else", event(6, "renamed", "bug"), { acts: [] }, false],
  ["no label", event(6, "labeled", null), { acts: [] }, false],
  ["by the app", event(6, "labeled", "bug", { appId: APP.appId }), { acts: [] }, false],
  ["by its bot", event(6, "labeled", "bug", { actor: { id: APP.botId, login: "b" } }), { acts: [] }, false],
  ["by nobody", event(6, "labeled", "bug", { actor: null }), { acts: [] }, false],
  ["it was taken", event(5, "labeled", "bug"), LIVE, false],
  ["before the work was asked for", event(4, "labeled", "bug"), LIVE, false],
  ["since", event(6, "labeled", "bug"), LIVE, true],
])("what the configuration calls it has to be known: %s", (_why, one, chain, needs) => {
  expect(needEntryLabel([event(1, "closed", null), one], chain, APP)).toBe(needs);
});

test("the label that the app set last to show that somebody waits is the one of that name", () => {
  const set = (label: string) => [event(1, "labeled", label, { appId: APP.appId })];
  expect(isReadyByApp(set("work for me"), APP, ENTRY)).toBe(true);
  expect(isReadyByApp(set("cairn:ready"), APP, ENTRY)).toBe(false);
  expect(isReadyByApp(set("cairn:ready"), APP, "cairn:ready")).toBe(true);
});

const named = (snapshot: Snapshot): Snapshot => ({ ...snapshot, entryLabel: ENTRY });
const asks = { ...act(1), label: ENTRY };

test("it is shown while somebody waits, and goes with the state; what it was called before goes as well", () => {
  expect(labelOf("ready", ENTRY)).toBe(ENTRY);
  expect(labelOf("done", ENTRY)).toBe("cairn:done");
  expect(["WORK for me", "cairn:ready", "cairn:done", "bug"].map((one) => showsState(one, ENTRY))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  const waits = named({
    ...base,
    acts: [asks],
    triage: { findings: [], blockers: ["#3"], answers: [], changedBy: null },
  });
  expect(decide(waits)).toEqual({ kind: "label", state: "ready", add: [ENTRY], remove: [] });
  expect(decide(labelled(waits, "work for me"))).toMatchObject({ kind: "rest", code: "blocked" });
  expect(decide(labelled(waits, "cairn:ready"))).toMatchObject({ add: [ENTRY], remove: ["cairn:ready"] });
  const works = { ...named(claimed()), run: { kind: "alive", status: "in_progress", since: 1 } } as const;
  expect(decide(labelled(works, "bug", "work for me", "cairn:ready"))).toEqual({
    kind: "label",
    state: "implementing",
    add: ["cairn:implementing"],
    remove: ["work for me", "cairn:ready"],
  });
  // Whoever asks anew is not robbed of the label before that is obeyed.
  const again = labelled({ ...works, acts: [{ ...asks, id: 9 }] }, "cairn:implementing", "work for me");
  expect(decide(again)).toMatchObject({ kind: "advance" });
});

test("what was done is named by the label that was set", () => {
  const { markers } = advanced(decide(named({ ...base, acts: [asks] })));
  expect(markers).toMatchObject([{ why: `@maya set ${ENTRY}` }]);
});

test("whatever says what to set names it, and leaves the words of others as they are", () => {
  expect(nextOf("asked", ENTRY)).toContain(`sets \`${ENTRY}\` again, or writes \`/cairn resume\``);
  expect(nextOf("chain-foreign", ENTRY)).toBe(nextOf("chain-foreign"));
  expect(restWords("asked", ENTRY).next).toBe(nextOf("asked", ENTRY));
  expect(restWords("merged", ENTRY).next).toContain(`sets \`${ENTRY}\` again`);
  expect(restWords("merged").next).toContain("sets `cairn:ready` again");
  expect(repliesOf([{ about: "help" }], ENTRY)).toContain(`like setting the label \`${ENTRY}\`.`);
  const gate = { kind: "refused", head: "f".repeat(40), reason: "conflict", detail: "" } as const;
  expect(verdictOf(gate, ENTRY)?.summary).toContain(`sets \`${ENTRY}\` again`);
  expect(withEntryLabel("set `cairn:ready`, cairn:ready", "$&")).toBe("set `$&`, $&");
  const hold = {
    v: 1,
    type: "hold",
    issue: base.issue.id,
    seq: 1,
    generation: 0,
    reason: "asked",
    detail: "by @maya: cairn:ready was too early",
    evidence: [],
  } as const;
  const words = proseOf(hold, ENTRY);
  expect(words).toContain("`by @maya: cairn:ready was too early`");
  expect(words).toContain(`sets \`${ENTRY}\` again`);
});

test("an issue at rest says what to set, and so does what is done and was opened again", () => {
  expect(decide(named(base))).toMatchObject({ waitsFor: `somebody to set ${ENTRY}` });
  const held = (reason: "asked" | "cancelled") =>
    labelled(
      named({
        ...onto(declared(), [
          { step: "seal", why: "act" },
          { step: "hold", reason, digest: "d", acts: [] },
        ]),
      }),
      ...(reason === "asked" ? ["cairn:hold"] : []),
    );
  expect(decide(held("asked"))).toMatchObject({
    waitsFor: expect.stringContaining(`Then set ${ENTRY} again.`),
  });
  expect(decide(held("cancelled"))).toMatchObject({
    waitsFor: `somebody to set ${ENTRY}: the work was cancelled`,
  });
});
