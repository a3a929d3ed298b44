/** A chain commit's message: its line for people, and what is said of one that is no record. */
import { expect, test } from "vitest";
import { emptyChain, type Step } from "../../src/core/chain.ts";
import { decodeRecord, encodeRecord, titleOf } from "../../src/core/commit-message.ts";

const RUN = { id: 5, attempt: 1 };
const lost = { attempt: 1, run: RUN, url: "u", conclusion: "failure", worked: 1 };
const word = (action: string) => ({ id: 1, actor: { id: 1, login: "p1" }, action, head: "h", at: 1 });
const overrides = [word("merge:check-failed"), word("path:src/")];
const digest = "d";

test.each<[title: string, step: Step]>([
  ["generation 1 raised by act 100", { step: "raise", generation: 1, act: 100, with: [] }],
  ["generation 2 raised by comment 7", { step: "raise", generation: 2, act: -7, with: [100] }],
  [
    "implement/1 of generation 1 declared",
    { step: "declare", edge: "implement", generation: 1, attempt: 1, digest, effects: [], budget: 60 },
  ],
  ["claimed by run 5 attempt 1", { step: "claim", run: RUN, digest }],
  ["run 5 reports no-change", { step: "result", run: RUN, reason: "no-change", digest, effects: {} }],
  ["cancelled (act)", { step: "cancel", why: "act" }],
  ["merge/3 settled as failed", { step: "settle", edge: "merge", attempt: 3, as: "failed" }],
  [
    "implement/3 settled as failed, refused by the check",
    {
      ...{ step: "settle", edge: "implement", attempt: 3, as: "failed" },
      lost: { attempt: 3, run: { id: 5, attempt: 1 }, url: "u", conclusion: "failure", worked: 1 },
    },
  ],
  ["implement/1 settled as lost", { step: "settle", edge: "implement", attempt: 1, as: "lost", lost }],
  ["sealed unclaimed (act)", { step: "seal", why: "act" }],
  ["held (asked)", { step: "hold", reason: "asked", digest, acts: [101] }],
  ["people were asked about the text", { step: "ask", question: "q", digest }],
  ["act 102 refused", { step: "refuse", act: 102, digest }],
  ["comment 9 refused", { step: "refuse", act: -9, digest }],
  [
    "merge:check-failed, path:src/ asked for by comment 7",
    { step: "override", act: -7, overrides, lifts: false, digest },
  ],
  ["generation 2 raised by an edit of the text", { step: "raise", generation: 2, act: -(2 ** 52), with: [] }],
  [
    "gone on with, by comment 8",
    { step: "resume", act: -8, with: [], worksOn: { text: digest, title: digest } },
  ],
  ["comment 8, act 9, act 0 answered", { step: "answer", acts: [-8, 9, 0], digest }],
])("%s: the title of a step says what it did, and names a command by its comment", (title, step) => {
  expect(titleOf([step])).toBe(title);
});

test("steps that were made together are told together", () => {
  const steps: Step[] = [
    { step: "seal", why: "act" },
    { step: "hold", reason: "asked", digest, acts: [101] },
  ];
  expect(titleOf(steps)).toBe("sealed unclaimed (act); held (asked)");
});

test("a message that is no record says what is wrong, and throws nothing", () => {
  const state = emptyChain({ repository: 7, number: 12 });
  const record = { v: 1, steps: [], state, markers: [], by: "me" } as const;
  const why = (value: unknown): string => {
    const decoded = decodeRecord(`title\n\n${typeof value === "string" ? value : JSON.stringify(value)}\n`);
    return decoded.kind === "malformed" ? decoded.why : decoded.kind;
  };
  expect(why(record)).toBe("record");
  expect(why("words")).toMatch(/^the last line is not JSON: ./);
  expect(decodeRecord("")).toMatchObject({ kind: "malformed" });
  for (const other of [null, 1, "1", '"text"', { ...record, v: 2 }, {}]) {
    expect(why(other)).toBe("not a record of this version");
  }
  for (const part of [
    { steps: null },
    { markers: {} },
    { state: null },
    { state: {} },
    { state: { ...state, seq: "1" } },
    { state: { ...state, issue: undefined } },
    { state: { ...state, issue: { number: "1" } } },
    { state: { ...state, questions: undefined } },
    { state: { ...state, answers: undefined } },
  ]) {
    expect(why({ ...record, ...part })).toBe("steps, markers or state are missing");
  }
  expect(encodeRecord("  two\n\n lines  ", record).split("\n")[0]).toBe("two lines");
});
