/** Arbitrary markers, effects and steps: whatever their types allow. */
import fc from "fast-check";
import type { Step } from "../../../src/core/chain.ts";
import { HOLDS, type HoldReason } from "../../../src/core/holds.ts";
import * as keys from "../../../src/core/keys.ts";
import type { Marker } from "../../../src/core/marker.ts";
import { TRIAGE, type TriageCode } from "../../../src/core/triage.ts";
import type { Edge, Effect, Fate, LostAttempt } from "../../../src/core/words.ts";
import { anyText } from "./seeded.ts";

export const id = fc.integer({ min: 1, max: 2 ** 40 });
export const small = fc.integer({ min: 1, max: 12 });
export const run = fc.record({ id, attempt: small });
export const issue = fc.record({ repository: id, number: small });
const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
export const sha = hex(40);
export const digest = hex(64);
const edge = fc.constantFrom<Edge>("implement", "fix", "review", "merge", "route");
export const reason = fc.constantFrom(...(Object.keys(HOLDS) as HoldReason[]));
const triageCode = fc.constantFrom(...(Object.keys(TRIAGE) as TriageCode[]));
const ms = fc.integer({ min: 0, max: 4_000_000_000_000 });
/** What git and GitHub allow in a branch's name, and what `branchOf` makes. */
export const branch = fc.oneof(
  fc.tuple(small, small).map(([number, generation]) => keys.branchOf(number, generation)),
  fc.stringMatching(/^[a-z0-9][a-z0-9/_-]{0,20}[a-z0-9]$/),
);
const login = fc.stringMatching(/^[a-zA-Z0-9]{1,12}$/);
export const turn = fc.record({ generation: small, attempt: small });

export const effect: fc.Arbitrary<Effect> = fc.oneof(
  fc.tuple(small, turn).map(([number, at]) => keys.agentRun(number, at)),
  branch.map(keys.branchCreate),
  fc
    .tuple(branch, small, sha, small, small)
    .map(([name, pull, head, generation, round]) => keys.branchPush(name, pull, head, { generation, round })),
  fc
    .tuple(branch, small, sha, small, sha)
    .map(([name, pull, head, round, base]) =>
      keys.branchPush(name, pull, head, { generation: 1, round }, base),
    ),
  fc
    .tuple(branch, fc.array(login, { maxLength: 4 }), sha, small)
    .map(([name, logins, head, round]) => keys.reviewAgain(name, logins, head, { generation: 1, round })),
  fc.tuple(small, sha, turn).map(([pull, head, at]) => keys.branchUpdate(pull, head, at)),
  fc.tuple(branch, branch).map(([head, base]) => keys.pullCreate(head, base)),
  fc.tuple(small, turn).map(([pull, at]) => keys.pullClose(pull, at)),
  fc
    .tuple(branch, fc.array(login, { maxLength: 4 }), turn)
    .map(([head, reviewers, at]) => keys.reviewRequest(head, reviewers, at)),
  fc
    .tuple(small, sha, small, small)
    .map(([pull, head, generation, look]) => keys.reviewPost(pull, head, { generation, look })),
  fc
    .tuple(small, sha, fc.constantFrom("merge" as const, "squash" as const, "rebase" as const), turn)
    .map(([pull, head, method, at]) => keys.merge(pull, head, method, at)),
  fc.tuple(small, sha, turn).map(([pull, head, at]) => keys.mergeEnqueue(pull, head, at)),
  fc
    .tuple(issue, small, login, turn)
    .map(([from, repository, who, at]) =>
      keys.issueCreate(from, { repository, name: `acme/${who}`, asker: { id: repository, login: who } }, at),
    ),
);
const effects = fc.array(effect, { minLength: 1, maxLength: 4 });
const fates = fc.dictionary(
  effect.map(({ key }) => key),
  fc.constantFrom<Fate>("applied", "not-sent", "unknown"),
  { maxKeys: 4 },
);
const lost: fc.Arbitrary<LostAttempt> = fc.record({
  attempt: small,
  run,
  url: fc.webUrl(),
  conclusion: fc.constantFrom("failure", "cancelled", "timed_out", "success"),
  worked: ms,
});

/** A tree out of a few, so that a result and what is charged for it often name the same. */
const fewTrees = fc.constantFrom("t1", "t2");
const red: fc.Arbitrary<LostAttempt> = fc
  .tuple(lost, fewTrees, anyText())
  .map(([one, tree, said]) => ({ ...one, red: { tree, said } }));

const base = { v: fc.constant(1 as const), issue, seq: small };
const turned = { edge, generation: small, attempt: small };

const plainIntent = {
  ...base,
  ...turned,
  type: fc.constant("intent" as const),
  effects,
  budget: fc.option(ms),
  pins: fc.record({ text: digest, config: digest, commit: sha, base: branch }),
  until: ms,
  why: anyText(),
};

export const declaredMarker: fc.Arbitrary<Exclude<Marker, { type: "alarm" }>> = fc.oneof(
  fc.record(plainIntent),
  fc.record({ ...plainIntent, triages: digest }),
  fc.record({ ...plainIntent, mends: fc.record({ attempt: small, run, said: anyText() }) }),
  fc.record({
    ...base,
    ...turned,
    type: fc.constant("result" as const),
    run,
    reason,
    detail: anyText(),
    effects: fates,
  }),
  fc.record({
    ...base,
    type: fc.constant("hold" as const),
    generation: small,
    reason,
    detail: anyText(),
    evidence: fc.array(fc.oneof(lost, red), { maxLength: 3 }),
  }),
  fc.record({
    ...base,
    type: fc.constant("question" as const),
    generation: small,
    findings: fc.array(fc.record({ code: triageCode, detail: anyText() }), { maxLength: 3 }),
  }),
  fc.record({
    ...base,
    type: fc.constant("refusal" as const),
    act: id,
    reason: fc.constant("no-right" as const),
    detail: anyText(),
  }),
);

export const marker: fc.Arbitrary<Marker> = fc.oneof(
  declaredMarker,
  fc.record({
    ...base,
    type: fc.constant("alarm" as const),
    reason,
    detail: anyText(),
    head: fc.option(sha),
  }),
);

/** Steps out of few words, so that they often meet: acts, runs and digests of a handful. */
const act = fc.integer({ min: 100, max: 106 });
const few = fc.integer({ min: 1, max: 3 });
const fewRuns = fc.record({ id: fc.integer({ min: 5, max: 6 }), attempt: fc.integer({ min: 1, max: 2 }) });
const fewDigests = fc.constantFrom("d1", "d2", "d3");
const fewTexts = { worksOn: fc.record({ text: fewDigests, title: fewDigests }) };
const settled = { step: fc.constant("settle" as const), edge, attempt: few };

const plainRaise = {
  step: fc.constant("raise" as const),
  generation: fc.integer({ min: 0, max: 4 }),
  act,
  with: fc.array(act, { maxLength: 2 }),
  answers: fc.array(fc.record({ comment: id, digest: fewDigests }), { maxLength: 2 }),
};

const plainDeclare = {
  step: fc.constant("declare" as const),
  edge,
  generation: fc.integer({ min: 0, max: 4 }),
  attempt: few,
  digest: fewDigests,
  effects: fc.oneof({ weight: 9, arbitrary: effects }, { weight: 1, arbitrary: fc.constant([]) }),
  budget: fc.option(ms),
  ...fewTexts,
};

const plainResult = {
  step: fc.constant("result" as const),
  run: fewRuns,
  reason,
  digest: fewDigests,
  effects: fates,
};

const [raise, declare, claim, result, cancel, settle, settleLost, seal, hold, refuse, ask, resume] = [
  fc.oneof(
    fc.record(plainRaise),
    fc.record({ ...plainRaise, commandReview: fc.constant(true as const) }),
    fc.record({ ...plainRaise, approved: fc.constant(true as const) }),
  ),
  fc.oneof(
    { weight: 2, arbitrary: fc.record(plainDeclare) },
    { weight: 1, arbitrary: fc.record({ ...plainDeclare, triages: fewDigests }) },
    { weight: 1, arbitrary: fc.record({ ...plainDeclare, mends: fewRuns }) },
  ),
  fc.record({ step: fc.constant("claim" as const), run: fewRuns, digest: fewDigests }),
  fc.oneof(fc.record(plainResult), fc.record({ ...plainResult, tree: fewTrees })),
  fc.record({
    step: fc.constant("cancel" as const),
    why: fc.constantFrom("act" as const, "owner-over" as const, "issue-closed" as const),
  }),
  fc.oneof(
    fc.record({ ...settled, as: fc.constant("applied" as const) }),
    fc.record({ ...settled, as: fc.constant("applied" as const), worked: ms }),
    fc.record({ ...settled, as: fc.constant("failed" as const), worked: ms }),
    fc.record({ ...settled, as: fc.constant("applied" as const), opened: small }),
    fc.record({ ...settled, as: fc.constant("failed" as const) }),
    fc.record({ ...settled, as: fc.constant("failed" as const), lost: red }),
  ),
  fc.record({ ...settled, as: fc.constant("lost" as const), lost }),
  fc.record({
    step: fc.constant("seal" as const),
    why: fc.constantFrom("act", "issue-closed", "text-changed", "expired", "never-started"),
  }),
  fc.record({
    step: fc.constant("hold" as const),
    // The one that a step of its own lifts.
    reason: fc.oneof(reason, fc.constant("text-changed-in-review" as const)),
    digest: fewDigests,
    acts: fc.array(act, { maxLength: 2 }),
  }),
  fc.record({ step: fc.constant("refuse" as const), act, digest: fewDigests }),
  fc.record(
    {
      step: fc.constant("ask" as const),
      question: fewDigests,
      findings: fc.array(fewDigests, { minLength: 2, maxLength: 3 }),
      digest: fewDigests,
    },
    { requiredKeys: ["step", "question", "digest"] },
  ),
  fc.record({
    step: fc.constant("resume" as const),
    act,
    with: fc.array(act, { maxLength: 2 }),
    ...fewTexts,
  }),
] as const;

/** What carries an edge on comes more often: else most walks end on hold before anybody owns one. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: raise },
  { weight: 5, arbitrary: fc.oneof(declare, claim, result) },
  { weight: 5, arbitrary: fc.oneof(cancel, settle, settle, settleLost) },
  { weight: 1, arbitrary: fc.oneof(seal, hold, refuse, ask) },
  { weight: 1, arbitrary: resume },
);
