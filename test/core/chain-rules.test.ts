/** Each rule of the chain by its own words: who is refused learns why, and nothing has moved. */
import { expect, test } from "vitest";
import { advance, ChainRuleError, type ChainState, emptyChain, type Step } from "../../src/core/chain.ts";
import { branchCreate } from "../../src/core/keys.ts";

const RUN = { id: 5, attempt: 1 };
const effects = [branchCreate("cairn/12-g1")];
const raise: Step = { step: "raise", generation: 1, act: 100, with: [] };
const declare: Step = {
  step: "declare",
  edge: "implement",
  generation: 1,
  attempt: 1,
  digest: "d1",
  effects,
  budget: 60,
};
const claim: Step = { step: "claim", run: RUN, digest: "d1" };
const cancel: Step = { step: "cancel", why: "act" };
const result: Step = {
  step: "result",
  run: RUN,
  reason: "no-change",
  digest: "r1",
  effects: { key: "unknown" },
};
const settle: Step = { step: "settle", edge: "implement", attempt: 1, as: "applied" };
const seal: Step = { step: "seal", why: "act" };
const hold: Step = { step: "hold", reason: "asked", digest: "h1", acts: [101] };
const ask: Step = { step: "ask", question: "q1", digest: "a1" };
const refuse: Step = { step: "refuse", act: 102, digest: "f1" };
const lost = { attempt: 1, run: RUN, url: "u", conclusion: "failure", worked: 1 };
const refused = { ...result, tree: "t" } as const;
const red = { ...lost, red: { tree: "t", said: "not ok" } };

const answer: Step = { step: "answer", acts: [-7], digest: "n1" };
const word = (id: number, action: string, head = "h") => ({
  id,
  actor: { id, login: `p${id}` },
  action,
  head,
  at: 1,
});
const override: Step = {
  step: "override",
  act: -8,
  overrides: [word(1, "merge:check-failed")],
  lifts: false,
  digest: "o1",
};

const question: Step = { ...hold, reason: "text-changed-in-review" };
const resume: Step = {
  step: "resume",
  act: -9,
  with: [103],
  worksOn: { text: "t2", title: "l2" },
};

const after = (...steps: Step[]): ChainState => advance(emptyChain({ repository: 7, number: 12 }), steps);

test("a chain begins with nothing", () => {
  expect(after()).toEqual({
    issue: { repository: 7, number: 12 },
    seq: 0,
    generation: 0,
    acts: [],
    attempts: {
      implement: { last: 0, lost: [] },
      fix: { last: 0, lost: [] },
      review: { last: 0, lost: [] },
      merge: { last: 0, lost: [] },
      route: { last: 0, lost: [] },
    },
    open: null,
    hold: null,
    questions: [],
    answers: [],
    applied: [],
    declared: [],
  });
});

test.each<readonly [string, readonly Step[], Step]>([
  ["an edge of the older generation is not settled", [raise, declare], { ...raise, generation: 2, act: 103 }],
  ["generation 2 comes next, not 3", [raise], { ...raise, generation: 3, act: 103 }],
  ["act 100 was consumed before", [raise], { ...raise, generation: 2 }],
  ["act 101 was consumed before", [raise, hold], { ...raise, generation: 2, act: 103, with: [101] }],
  ["act 102 was consumed before", [refuse], refuse],
  ["act 101 was consumed before", [raise, hold], hold],
  ["another edge is open", [raise, declare], { ...declare, attempt: 2 }],
  ["the issue is on hold", [raise, hold], declare],
  ["generation 0 is not the current one", [], { ...declare, generation: 0 }],
  ["generation 1 is not the current one", [], declare],
  ["generation 2 is not the current one", [raise], { ...declare, generation: 2 }],
  ["attempt 1 comes next", [raise], { ...declare, attempt: 2 }],
  ["attempt 2 comes next", [raise, declare, seal], declare],
  ["it names no effect", [raise], { ...declare, effects: [] }],
  ["no edge is open", [raise], claim],
  ["run 5 has claimed it", [raise, declare, claim], { ...claim, run: { id: 6, attempt: 1 } }],
  ["another intent is open", [raise, declare], { ...claim, digest: "d2" }],
  ["no edge is open", [raise], result],
  ["this run is not the owner", [raise, declare], result],
  ["this run is not the owner", [raise, declare, claim], { ...result, run: { id: 5, attempt: 2 } }],
  ["the edge was cancelled", [raise, declare, claim, cancel], result],
  ["there is one", [raise, declare, claim, result], result],
  ["no edge is open", [raise], cancel],
  ["nobody has claimed it: seal it", [raise, declare], cancel],
  ["it is cancelled", [raise, declare, claim, cancel], cancel],
  ["no edge is open", [raise], settle],
  ["implement/1 is open", [raise, declare, claim], { ...settle, attempt: 2 }],
  ["implement/1 is open", [raise, declare, claim], { ...settle, edge: "merge" }],
  ["nobody has claimed it: seal it", [raise, declare], settle],
  ["a loss needs a cancel first", [raise, declare, claim], { ...settle, as: "lost", lost }],
  ["a failure needs a result", [raise, declare, claim], { ...settle, as: "failed" }],
  ["the result names no such tree", [raise, declare, claim, result], { ...settle, as: "failed", lost: red }],
  ["the result names no such tree", [raise, declare, claim, result], { ...settle, as: "failed", lost }],
  ["the result names no such tree", [raise, declare, claim, refused], { ...settle, as: "failed", lost }],
  [
    "the result names no such tree",
    [raise, declare, claim, { ...refused, tree: "u" }],
    { ...settle, as: "failed", lost: red },
  ],
  ["no edge is open", [raise], seal],
  ["it is claimed: cancel it", [raise, declare, claim], seal],
  ["an edge is open", [raise, declare], hold],
  ["an edge is open", [raise, declare], ask],
  ["an edge is open", [raise, declare], answer],
  ["an edge is open", [raise, declare], override],
  ["it names no action", [raise], { ...override, overrides: [] }],
  ["one person alone lifts nothing", [raise, hold], { ...override, lifts: true }],
  ["nobody was asked about an edit", [raise], resume],
  ["nobody was asked about an edit", [raise, hold], resume],
  ["act 101 was consumed before", [raise, question], { ...resume, with: [101] }],
  ["it was asked before", [ask], { ...ask, digest: "a2" }],
  ["it was asked before", [ask, { ...ask, question: "q2" }], ask],
])("%s", (why, before, step) => {
  const state = after(...before);
  const refused = expect(() => advance(state, [step]));
  refused.toThrow(ChainRuleError);
  refused.toThrow(
    expect.objectContaining({
      name: "ChainRuleError",
      step: step.step,
      message: `a ${step.step} is not allowed here: ${why}`,
    }),
  );
  expect(state).toEqual(after(...before));
});

test("what each step leaves behind", () => {
  const declared = after(raise, declare);
  expect(declared.attempts).toEqual({
    implement: { last: 1, lost: [] },
    fix: { last: 0, lost: [] },
    review: { last: 0, lost: [] },
    merge: { last: 0, lost: [] },
    route: { last: 0, lost: [] },
  });
  expect(declared).toMatchObject({ seq: 2, declared: ["d1"] });
  const open = {
    edge: "implement",
    generation: 1,
    attempt: 1,
    digest: "d1",
    effects,
    budget: 60,
    seq: 2,
    claim: null,
    result: null,
    cancel: null,
  };
  expect(declared.open).toEqual(open);
  expect(after(raise, declare, claim).open).toEqual({ ...open, claim: RUN });
  const owned = {
    ...open,
    claim: RUN,
    result: { reason: "no-change", digest: "r1", effects: { key: "unknown" } },
  };
  expect(after(raise, declare, claim, result)).toMatchObject({ open: owned, declared: ["d1", "r1"] });
  expect(after(raise, declare, claim, result, cancel).open).toEqual({ ...owned, cancel: "act" });
  expect(after(raise, hold)).toMatchObject({ hold: { reason: "asked", digest: "h1" }, declared: ["h1"] });
  expect(after(refuse)).toMatchObject({ seq: 1, generation: 0, acts: [102], declared: ["f1"], open: null });
  expect(after(refuse, { ...refuse, act: 99, digest: "f2" })).toMatchObject({
    acts: [99, 102],
    declared: ["f1", "f2"],
  });
});

test("questions last until an act is taken, and answers as long as the generation that took them", () => {
  const more: Step = { ...ask, question: "q2", digest: "a2" };
  expect(after(ask, more)).toMatchObject({
    seq: 2,
    questions: ["q1", "q2"],
    declared: ["a1", "a2"],
    acts: [],
  });
  // One that names its findings is asked for any that is new, and those are known from then on.
  const several: Step = { ...more, findings: ["q1", "q3"] };
  expect(after(ask, several)).toMatchObject({ questions: ["q1", "q2", "q3"] });
  expect(after(several, { ...several, question: "q4", findings: ["q3", "q5"] }).questions).toContain("q5");
  const known: Step = { ...several, question: "q4" };
  expect(() => after(several, known)).toThrow("it was asked before");
  expect(() => after(several, { ...known, question: "q3", findings: ["q6", "q7"] })).toThrow("asked before");
  const answers = [{ comment: 9, digest: "c" }];
  const raised = after(ask, { ...raise, answers });
  expect(raised).toMatchObject({ questions: [], answers });
  expect(after(ask, { ...raise, answers }, declare, seal)).toMatchObject({ answers });
  expect(after(ask, { ...raise, answers }, { ...raise, generation: 2, act: 103 }).answers).toEqual([]);
  expect(after(ask, hold)).toMatchObject({ questions: [], hold: { reason: "asked" } });
  expect(after(ask, hold, ask).questions).toEqual(["q1"]);
});

test("settled as applied it counts, as failed or lost it does not; only a loss is remembered as one", () => {
  expect(after(raise, declare, claim, settle)).toMatchObject({ open: null, applied: ["implement"] });
  const failed = after(raise, declare, claim, result, { ...settle, as: "failed" });
  expect(failed).toMatchObject({ open: null, applied: [], attempts: { implement: { last: 1, lost: [] } } });
  const charged = after(raise, { ...declare, mends: RUN }, claim, refused);
  expect(charged.open).toMatchObject({ mends: RUN, result: { tree: "t" } });
  expect(after(raise, declare, claim, refused, { ...settle, as: "failed", lost: red })).toMatchObject({
    open: null,
    applied: [],
    attempts: { implement: { last: 1, lost: [red] } },
  });
  const gone = after(raise, declare, claim, cancel, { ...settle, as: "lost", lost });
  expect(gone).toMatchObject({ open: null, applied: [], attempts: { implement: { last: 1, lost: [lost] } } });
  expect(after(raise, declare, seal)).toMatchObject({ open: null, applied: [], declared: ["d1"] });
});

test("a generation begins anew: no attempts, nothing applied, no hold, and its acts in order", () => {
  const state = after(raise, declare, claim, settle, hold, {
    ...raise,
    generation: 2,
    act: 90,
    with: [80, 95],
  });
  expect(state).toMatchObject({
    seq: 6,
    generation: 2,
    acts: [80, 90, 95, 100, 101],
    attempts: {
      implement: { last: 0, lost: [] },
      fix: { last: 0, lost: [] },
      review: { last: 0, lost: [] },
      merge: { last: 0, lost: [] },
      route: { last: 0, lost: [] },
    },
    applied: [],
    hold: null,
    declared: ["d1", "h1"],
  });
});

test("an answer consumes its acts and declares its marker", () => {
  expect(after(answer)).toMatchObject({ acts: [-7], declared: ["n1"] });
  expect(after(hold, answer)).toMatchObject({ acts: [-7, 101], declared: ["h1", "n1"] });
});

test("what is worked on is what was declared last for an agent, until people go on with something else", () => {
  const worksOn = { text: "t1", title: "l1" };
  const begun = after(raise, { ...declare, worksOn }, claim, settle);
  expect(after(raise, declare)).not.toHaveProperty("worksOn");
  expect(begun.worksOn).toEqual(worksOn);
  const merge: Step = { ...declare, edge: "merge", budget: null };
  expect(advance(begun, [merge]).worksOn).toEqual(worksOn);
  expect(advance(begun, [question, resume])).toMatchObject({
    generation: 1,
    acts: [-9, 100, 101, 103],
    applied: ["implement"],
    hold: null,
    worksOn: { text: "t2", title: "l2" },
    declared: ["d1", "h1"],
  });
});

test("a generation knows which act raised it, and when, where the step says so; overrides of the one before are gone", () => {
  expect(after({ ...raise, at: 5 }).raised).toEqual({ act: 100, at: 5 });
  expect(after(raise)).not.toHaveProperty("raised");
  expect(after(raise)).not.toHaveProperty("overrides");
  const again: Step = { step: "raise", generation: 2, act: 103, with: [] };
  expect(after(raise, override)).toMatchObject({
    overrides: override.overrides,
    acts: [-8, 100],
    declared: ["o1"],
  });
  expect(after(raise, override, again).overrides).toEqual([]);
});

test("an override forgets what was said of another head, and lifts with another person's word about the same", () => {
  const set = (act: number, id: number, action: string, head?: string, lifts = false): Step => ({
    step: "override",
    act,
    overrides: [word(id, action, head)],
    lifts,
    digest: `o${act}`,
  });
  const twice = after(raise, set(-8, 1, "merge:check-failed"), set(-9, 2, "merge:check-failed", "other"));
  expect(twice.overrides?.map(({ head }) => head)).toEqual(["other"]);
  // Two people about two things lift nothing, nor one person twice.
  for (const second of [
    set(-9, 2, "merge:check-missing", "h", true),
    set(-9, 1, "merge:check-failed", "h", true),
  ])
    expect(() => after(raise, hold, set(-8, 1, "merge:check-failed"), second)).toThrow(
      "a override is not allowed here: one person alone lifts nothing",
    );
  const both = after(
    raise,
    hold,
    set(-8, 1, "merge:check-failed"),
    set(-9, 2, "merge:check-failed", "h", true),
  );
  expect(both.hold).toBeNull();
  expect(after(raise, hold, set(-8, 1, "merge:check-failed")).hold).not.toBeNull();
});

test("a merge uses up the overrides that it names, and no other", () => {
  const set: Step = {
    step: "override",
    act: -8,
    overrides: [word(1, "merge:check-failed"), word(2, "merge:check-failed"), word(1, "path:src/")],
    lifts: false,
    digest: "o1",
  };
  const merge: Step = { ...declare, edge: "merge", despite: ["merge:check-failed"] } as Step;
  expect(after(raise, set, merge).overrides?.map(({ action }) => action)).toEqual(["path:src/"]);
  expect(after(raise, set, { ...declare, edge: "merge" } as Step).overrides).toHaveLength(3);
  expect(after(raise, merge).overrides).toEqual([]);
  // As long as it is under way, that its run judges people's rights is known.
  expect(after(raise, set, merge).open?.overridden).toBe(true);
  expect(after(raise, set, { ...declare, edge: "merge" } as Step).open).not.toHaveProperty("overridden");
});
