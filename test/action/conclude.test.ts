/** What a run came to, from its jobs' results: a result is left only where it is sure, neutral leaves nothing. */
import { expect, test } from "vitest";
import { judge, leadsTo, type Needs } from "../../action/conclude.ts";
import { code, endingMarkdown } from "../../action/summary.ts";

type Outputs = Record<string, string>;

const ok = (outputs: Outputs = {}) => ({ result: "success", outputs });
const skipped = { result: "skipped", outputs: {} };
const cancelled = { result: "cancelled", outputs: {} };
const died = (outputs: Outputs = {}) => ({ result: "failure", outputs });
const gate = ok({ outcome: "go", claim: "c".repeat(40) });
const verified = { gate, agent: ok({ outcome: "done" }), verify: ok({ outcome: "go" }) };
const failed = (reason: string, effects?: Record<string, string>) =>
  ok({ outcome: "failed", reason, detail: "why", ...(effects ? { effects: JSON.stringify(effects) } : {}) });

test.each<[string, Needs, object]>([
  [
    "all was done",
    { gate, agent: ok({ outcome: "done" }), verify: ok({ outcome: "go" }), effect: ok({ outcome: "done" }) },
    { kind: "done" },
  ],
  [
    "the gate did it all itself",
    { gate: ok({ outcome: "done", claim: "c" }), agent: skipped, verify: skipped, effect: skipped },
    { kind: "done" },
  ],
  [
    "another run was first",
    { gate: ok({ outcome: "neutral" }), agent: skipped, verify: skipped, effect: skipped },
    { kind: "neutral" },
  ],
  [
    "the gate refused",
    {
      gate: died({ outcome: "refused", reason: "text-changed" }),
      agent: skipped,
      verify: skipped,
      effect: skipped,
    },
    { kind: "refused", words: "text-changed" },
  ],
  [
    "the gate got no token",
    { gate: died(), agent: skipped, verify: skipped, effect: skipped },
    { kind: "unclear" },
  ],
  [
    "the gate died behind its claim",
    { gate: died({ claim: "c" }), agent: skipped, verify: skipped, effect: skipped },
    { kind: "unclear" },
  ],
  [
    "the merge was refused",
    {
      gate: { ...failed("head-moved"), outputs: { ...failed("head-moved").outputs, claim: "c" } },
      agent: skipped,
      verify: skipped,
      effect: skipped,
    },
    { kind: "failed", reason: "head-moved", detail: "why" },
  ],
  [
    "the triage command has a question",
    {
      gate,
      triage: ok({ outcome: "ask", detail: "How?" }),
      agent: skipped,
      verify: skipped,
      effect: skipped,
    },
    { kind: "failed", reason: "triage-asks", detail: "How?" },
  ],
  [
    "the triage command's job names another reason, and no question",
    {
      gate,
      triage: ok({ outcome: "ask", reason: "head-moved" }),
      agent: skipped,
      verify: skipped,
      effect: skipped,
    },
    { kind: "failed", reason: "triage-asks", detail: "it did not say which" },
  ],
  [
    "the triage command's job failed behind a question, and the agent failed",
    {
      gate,
      triage: died({ outcome: "ask", detail: "How?" }),
      agent: failed("agent-failed"),
      effect: skipped,
    },
    { kind: "failed", reason: "agent-failed" },
  ],
  [
    "the triage command said nothing of use, and all was done",
    { ...verified, triage: ok({ outcome: "unusable", detail: "w" }), effect: ok({ outcome: "done" }) },
    { kind: "done" },
  ],
  [
    "triage was a re-run",
    { gate, triage: ok({ outcome: "neutral" }), agent: skipped, verify: skipped, effect: skipped },
    { kind: "neutral" },
  ],
  [
    "the agent failed",
    { gate, agent: failed("agent-failed"), verify: skipped, effect: skipped },
    { kind: "failed", reason: "agent-failed" },
  ],
  [
    "the patch is unsafe",
    { gate, agent: ok({ outcome: "done" }), verify: failed("patch-unsafe"), effect: skipped },
    { kind: "failed", reason: "patch-unsafe" },
  ],
  [
    "the check said no",
    { ...verified, check: died({ step: "failure", reason: "check-red", detail: "why" }), effect: skipped },
    { kind: "failed", reason: "check-red", detail: "why" },
  ],
  [
    "the check's step was killed",
    { ...verified, check: died({ step: "failure" }), effect: skipped },
    { kind: "failed", reason: "check-red", detail: "its step ended without a word" },
  ],
  [
    "the check's files were not those that were left",
    { ...verified, check: died({ step: "failure", reason: "tampered" }), effect: skipped },
    { kind: "failed", reason: "tampered" },
  ],
  [
    "what ran in the check's job names another reason, and an end",
    {
      ...verified,
      check: died({ step: "failure", outcome: "done", reason: "head-moved", detail: "mine" }),
      effect: skipped,
    },
    { kind: "failed", reason: "check-red", detail: "mine" },
  ],
  [
    "the check's machine was lost",
    { ...verified, check: died(), effect: skipped },
    { kind: "unclear", words: "a job ended before it could say how" },
  ],
  [
    "the check's job never came to its step",
    { ...verified, check: died({ step: "skipped" }), effect: skipped },
    { kind: "unclear" },
  ],
  [
    "what the check left could not be uploaded",
    { ...verified, check: died({ step: "success" }), effect: skipped },
    { kind: "unclear" },
  ],
  [
    "the check was cancelled, or took longer than its job may",
    { ...verified, check: { result: "cancelled", outputs: { step: "cancelled" } }, effect: skipped },
    { kind: "unclear" },
  ],
  [
    "the check said yes",
    { ...verified, check: ok({ step: "success", outcome: "done" }), effect: ok({ outcome: "done" }) },
    { kind: "done" },
  ],
  [
    "the check said yes, and the effect job died",
    { ...verified, check: ok({ step: "success", outcome: "done" }), effect: died() },
    { kind: "unclear" },
  ],
  [
    "publishing was refused",
    {
      gate,
      agent: ok({ outcome: "done" }),
      verify: ok({ outcome: "go" }),
      effect: failed("publish-refused", { "pull.create:x": "not-sent" }),
    },
    { kind: "failed", reason: "publish-refused" },
  ],
  [
    "an answer was lost",
    {
      gate,
      agent: ok({ outcome: "done" }),
      verify: ok({ outcome: "go" }),
      effect: failed("publish-refused", { "pull.create:x": "unknown" }),
    },
    { kind: "unclear" },
  ],
  ["the agent's job died", { gate, agent: died(), verify: skipped, effect: skipped }, { kind: "unclear" }],
  [
    "the effect job died",
    { gate, agent: ok({ outcome: "done" }), verify: ok({ outcome: "go" }), effect: died() },
    { kind: "unclear" },
  ],
  [
    "the run was cancelled",
    { gate, agent: cancelled, verify: skipped, effect: skipped },
    { kind: "unclear" },
  ],
  [
    "failed jobs were re-run",
    { gate, agent: ok({ outcome: "neutral" }), verify: skipped, effect: skipped },
    { kind: "neutral" },
  ],
  [
    "the owner was fenced",
    {
      gate,
      agent: ok({ outcome: "done" }),
      verify: ok({ outcome: "go" }),
      effect: ok({ outcome: "neutral" }),
    },
    { kind: "neutral" },
  ],
  [
    "a job names no reason of ours",
    { gate, agent: failed("toString"), verify: skipped, effect: skipped },
    { kind: "unclear" },
  ],
])("%s", (_what, needs, verdict) => {
  expect(judge(needs)).toMatchObject(verdict);
});

const TREE = "1".repeat(40);
const refusedTree = (check: object, tree = TREE): Needs => ({
  ...verified,
  verify: ok({ outcome: "go", tree }),
  check: died({ step: "failure", ...check }),
  effect: skipped,
});

test.each<[string, Needs, string | undefined]>([
  ["the check said no", refusedTree({ reason: "check-red", tree: "mine" }), TREE],
  ["by SHA-256", refusedTree({}, "2".repeat(64)), "2".repeat(64)],
  ["its files were not those that were left", refusedTree({ reason: "tampered" }), undefined],
  ["the output got lost", refusedTree({}, ""), undefined],
  ["it is none of git's names", refusedTree({}, "1".repeat(41)), undefined],
])("the files that a check refused are told in the words of the job that verified them: %s", (_what, needs, tree) => {
  const verdict = judge(needs);
  expect(verdict).toMatchObject({ kind: "failed" });
  expect("tree" in verdict ? verdict.tree : undefined).toBe(tree);
  const leads = leadsTo(verdict, "implement");
  expect(leads === "mended where it may be").toBe(tree !== undefined);
});

test("where something was sent without an answer nobody says which files were refused", () => {
  const needs = refusedTree({});
  const unknown = ok({
    outcome: "go",
    claim: "c",
    effects: JSON.stringify({ "pull.close:pull/4#g2a1": "unknown" }),
  });
  expect(judge({ ...needs, gate: unknown })).toEqual({ kind: "unclear", words: expect.any(String) });
});

const ENDING = {
  headline: "Done",
  jobs: [["gate", "success", "go"]],
  fates: {
    "branch.create:cairn/12-g1": "applied",
    "pull.create:cairn/12-g1": "applied",
    "review.request:cairn/12-g1#g1a1": "not-sent",
  },
  leads: { state: "reviewing", code: "review-missing" },
  entryLabel: undefined,
  detail: "",
  untriaged: undefined,
  repositoryUrl: "https://github.com/acme/tools",
  intent: "301",
  issue: "12",
  claim: "abc",
  pull: "41",
  mergeSha: "",
} as const;

test("the summary says what was proved and links what was done", () => {
  const markdown = endingMarkdown(ENDING);
  expect(markdown).toContain("[the intent](https://github.com/acme/tools/issues/12#issuecomment-301)");
  expect(markdown).toContain(
    "[`branch.create:cairn/12-g1`](https://github.com/acme/tools/tree/cairn/12-g1): done",
  );
  expect(markdown).toContain("[`pull.create:cairn/12-g1`](https://github.com/acme/tools/pull/41): done");
  expect(markdown).toContain("- `review.request:cairn/12-g1#g1a1`: not sent");
});

test("a merge is linked by its commit, and a failure says what to do", () => {
  const mergeSha = "d".repeat(40);
  const fates = { [`merge:pull/41@${"e".repeat(40)}#g1a1`]: "applied" } as const;
  expect(endingMarkdown({ ...ENDING, fates, mergeSha })).toContain(`/commit/${mergeSha}): done`);
  const leads = { state: "hold", code: "no-change" } as const;
  const failure = endingMarkdown({ ...ENDING, leads, detail: "@maya <b>", fates: {} });
  expect(failure).toContain("sets `cairn:ready` again");
  expect(endingMarkdown({ ...ENDING, leads, entryLabel: "go" })).toContain("sets `go` again");
  expect(failure).toContain("Say in the issue which change is expected");
  expect(failure).toContain("`@maya <b>`");
});

test.each<[string, Parameters<typeof leadsTo>, object | string]>([
  ["published work", [{ kind: "done" }, "implement"], { state: "reviewing" }],
  ["a merge", [{ kind: "done" }, "merge"], { state: "done", code: "merged" }],
  [
    "an update of the head",
    [{ kind: "done" }, "merge", { [`branch.update:pull/41@${"a".repeat(40)}#g1a1`]: "applied" }],
    { state: "reviewing", code: "review-missing" },
  ],
  [
    "a failure",
    [{ kind: "failed", reason: "agent-failed", detail: "" }, "implement"],
    { state: "hold", code: "agent-failed" },
  ],
  [
    "a head that moved",
    [{ kind: "failed", reason: "head-moved", detail: "" }, "merge"],
    { state: "reviewing" },
  ],
  ["a round of fixing", [{ kind: "done" }, "fix"], { state: "reviewing" }],
  [
    "a branch that moved while the agent mended",
    [{ kind: "failed", reason: "head-moved", detail: "" }, "fix"],
    { state: "reviewing" },
  ],
  ["nobody knows of a round", [{ kind: "unclear", words: "" }, "fix"], { state: "implementing" }],
  ["nobody knows", [{ kind: "unclear", words: "" }, "merge"], { state: "merging", code: "quiet-period" }],
  ["opened elsewhere", [{ kind: "done" }, "route"], { state: "hold", code: "routed" }],
  ["nobody knows whether it is there", [{ kind: "unclear", words: "" }, "route"], { state: "routing" }],
  ["nothing to do", [{ kind: "neutral", words: "" }, "implement"], "as it was"],
])("where the issue goes from here: %s", (_what, [verdict, edge, told], leads) => {
  if (typeof leads === "string") expect(leadsTo(verdict, edge, told)).toBe(leads);
  else expect(leadsTo(verdict, edge, told)).toMatchObject(leads);
});

test("where only some of the reviewers could not be asked the issue goes on; of a merge that is no match it does not", () => {
  const refused = { kind: "failed", reason: "publish-refused", detail: "" } as const;
  const told = { "pull.create:b": "applied", "review.request:b#g1a1": "applied" } as const;
  expect(leadsTo(refused, "implement", told)).toEqual({ state: "reviewing", code: "review-missing" });
  expect(leadsTo(refused, "implement", { ...told, "review.request:b#g1a1": "not-sent" })).toMatchObject({
    state: "hold",
  });
  expect(leadsTo({ ...refused, reason: "merge-mismatch" }, "merge", { m: "applied" })).toMatchObject({
    state: "hold",
  });
});

test("the summary tells what the issue will say: its state, what it waits for, who can act", () => {
  expect(
    endingMarkdown(ENDING),
  ).toContain(`- [The issue](https://github.com/acme/tools/issues/12): **reviewing** – a pull request waits for checks and for people
- Now: Nobody has approved this very head who may: write access, neither its author nor a committer.
- Who can act: Somebody with write access reviews the pull request as it is now.
`);
  expect(endingMarkdown({ ...ENDING, leads: "as it was" })).toContain(
    "has changed nothing about [the issue]",
  );
});

test("words from elsewhere cannot leave their code span", () => {
  expect(code("a `b` ``c``\n# d")).toBe("```a `b` ``c`` # d```");
  expect(code("`x`")).toBe("`` `x` ``");
});

test("behind a check that said no the summary says what may follow", () => {
  const text = endingMarkdown({
    ...ENDING,
    headline: "Not done: check-red",
    leads: "mended where it may be",
  });
  expect(text).toContain(
    "- [The issue](https://github.com/acme/tools/issues/12) goes on with another attempt, where one is left and the files are not those that the check refused before; else it is on hold.\n- Now: The repository's own check said no to the patch, and nothing was published.\n",
  );
});
