import { expect, test } from "vitest";
import { advance, ChainRuleError, type ChainState, emptyChain, type Step } from "../../src/core/chain.ts";
import { decodeRecord, encodeRecord, titleOf } from "../../src/core/commit-message.ts";
import { branchCreate } from "../../src/core/keys.ts";

const issue = { repository: 7, number: 12 };
const raise = (generation: number, act: number): Step => ({ step: "raise", generation, act, with: [] });
const declare = (attempt: number, generation = 1, edge: "implement" | "merge" = "implement"): Step => ({
  step: "declare",
  edge,
  generation,
  attempt,
  digest: `digest-${edge}-${generation}-${attempt}`,
  effects: [branchCreate(`cairn/12-g${generation}`)],
  budget: null,
});
const run = (id: number, attempt = 1) => ({ id, attempt });
const claim = (id: number, digest = "digest-implement-1-1", attempt = 1): Step => ({
  step: "claim",
  run: run(id, attempt),
  digest,
});
const cancel: Step = { step: "cancel", why: "owner-over" };
const lostRun = { attempt: 1, run: run(5), url: "run-5", conclusion: "failure", worked: 60_000 };
const settle = (as: "applied" | "failed" | "lost", attempt = 1): Step => {
  const settled = { step: "settle", edge: "implement", attempt } as const;
  return as === "lost" ? { ...settled, as, lost: lostRun } : { ...settled, as };
};

const after = (...steps: Step[]): ChainState => advance(emptyChain(issue), steps);
const refused = (...steps: Step[]): string => {
  try {
    after(...steps);
  } catch (error) {
    if (error instanceof ChainRuleError) return error.message;
    throw error;
  }
  return "allowed";
};

test("an edge is declared, claimed once, and settled", () => {
  const state = after(raise(1, 100), declare(1), claim(5), settle("applied"));
  expect(state).toMatchObject({ seq: 4, generation: 1, acts: [100], open: null, applied: ["implement"] });
  expect(refused(raise(1, 100), declare(1), claim(5), claim(6))).toMatch(/run 5 has claimed it/);
  expect(refused(raise(1, 100), declare(1), claim(5, "another"))).toMatch(/another intent is open/);
});

test("an act raises at most one generation, and generations go up by one", () => {
  expect(refused(raise(1, 100), raise(2, 100))).toMatch(/act 100 was consumed/);
  expect(refused(raise(2, 100))).toMatch(/generation 1 comes next/);
  expect(after(raise(1, 100), raise(2, 101), raise(3, 102)).generation).toBe(3);
});

test("generation 9 and 10 order as numbers", () => {
  const steps = Array.from({ length: 10 }, (_, index) => raise(index + 1, 95 + index));
  const state = after(...steps);
  expect(state.generation).toBe(10);
  // Two digits and three: as text 100 comes before 95.
  expect(state.acts).toEqual([95, 96, 97, 98, 99, 100, 101, 102, 103, 104]);
});

test("one generation lives at a time: the next waits for seal or settlement (I8)", () => {
  expect(refused(raise(1, 100), declare(1), raise(2, 101))).toMatch(/not settled/);
  expect(refused(raise(1, 100), declare(1), claim(5), { step: "seal", why: "act" })).toMatch(/it is claimed/);
  expect(after(raise(1, 100), declare(1), { step: "seal", why: "act" }, raise(2, 101)).generation).toBe(2);
});

test("a loss is settled only behind the fence, a failure only behind a result (I4)", () => {
  expect(refused(raise(1, 100), declare(1), claim(5), settle("lost"))).toMatch(/needs a cancel/);
  expect(refused(raise(1, 100), declare(1), claim(5), settle("failed"))).toMatch(/needs a result/);
  const lost = after(raise(1, 100), declare(1), claim(5), cancel, settle("lost"));
  expect(lost.attempts.implement).toEqual({ last: 1, lost: [lostRun] });
  expect(refused(raise(1, 100), declare(1), claim(5), cancel, settle("lost"), declare(1))).toMatch(
    /attempt 2/,
  );
});

test("only the owner, in its own attempt and before a cancel, leaves a result", () => {
  const result = (id: number, attempt: number): Step => ({
    step: "result",
    run: run(id, attempt),
    reason: "no-change",
    digest: "r",
    effects: {},
  });
  const claimed = [raise(1, 100), declare(1), claim(5)] as const;
  expect(refused(...claimed, result(5, 2))).toMatch(/not the owner/);
  expect(refused(...claimed, result(6, 1))).toMatch(/not the owner/);
  expect(refused(...claimed, cancel, result(5, 1))).toMatch(/cancelled/);
  expect(after(...claimed, result(5, 1)).declared).toEqual(["digest-implement-1-1", "r"]);
});

test("nothing is declared on hold; a new generation lifts it", () => {
  const hold: Step = { step: "hold", reason: "asked", digest: "h", acts: [101] };
  expect(refused(raise(1, 100), hold, declare(1))).toMatch(/on hold/);
  expect(after(raise(1, 100), hold, raise(2, 102))).toMatchObject({ hold: null, acts: [100, 101, 102] });
});

test("a chain commit carries all that anybody needs, and anything else is malformed", () => {
  const steps = [raise(1, 100), declare(1)];
  const record = { v: 1 as const, steps, state: after(...steps), markers: [], by: "me" };
  const message = encodeRecord(titleOf(steps), record);
  expect(message.split("\n")[0]).toBe("generation 1 raised by act 100; implement/1 of generation 1 declared");
  expect(decodeRecord(message)).toEqual({ kind: "record", record });
  for (const other of ["", "Merge pull request #2", "x\n\n{}", "x\n\n[1]", `${message}\nmore`]) {
    expect(decodeRecord(other).kind).toBe("malformed");
  }
});
