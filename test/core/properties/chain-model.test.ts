/** The chain against a reference that was written from the design: both accept the same steps and know the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { advance, ChainRuleError, type ChainState, emptyChain, type Step } from "../../../src/core/chain.ts";
import { accepts, actsOf, type History, known } from "./chain-reference.ts";
import { seeded } from "./seeded.ts";
import { step } from "./words.ts";

const here = { repository: 7, number: 12 };

/** The state after one more step; `undefined`: refused by rule. */
function tried(state: ChainState, one: Step): ChainState | undefined {
  try {
    return advance(state, [one]);
  } catch (error) {
    if (!(error instanceof ChainRuleError)) throw error;
    expect(error.step).toBe(one.step);
    return undefined;
  }
}

/**
 * Most random steps are refused at once. A walk bends each towards what is open, as often as not, so that chains
 * grow long; what it bends is still a guess, and both sides may refuse it.
 */
function bent(history: History, one: Step, bend: boolean): Step {
  if (!bend) return one;
  const { open, generation, attempts, acts } = known(history);
  const act = Math.max(106, ...acts) + 1;
  switch (one.step) {
    case "raise":
      return { ...one, generation: generation + 1, act, with: [] };
    case "declare":
      return { ...one, generation, attempt: attempts[one.edge].last + 1 };
    case "claim":
      return open ? { ...one, digest: open.digest } : one;
    case "result":
      return open?.claim ? { ...one, run: open.claim } : one;
    case "settle":
      return open ? { ...one, edge: open.edge, attempt: open.attempt } : one;
    case "hold":
      return { ...one, acts: [] };
    case "refuse":
      return { ...one, act };
    default:
      return one;
  }
}

const walk = fc.array(fc.tuple(step, fc.boolean()), { minLength: 20, maxLength: 50, size: "max" });

test("a step is accepted exactly where the reference accepts it, and both know the same after it", () => {
  const met = new Map<string, number>();
  const parameters = seeded(1_000);
  fc.assert(
    fc.property(walk, (steps) => {
      let state = emptyChain(here);
      const history: Step[] = [];
      for (const [random, bend] of steps) {
        const one = bent(history, random, bend);
        const next = tried(state, one);
        const name = `${one.step}${one.step === "settle" ? ` ${one.as}` : ""} ${next ? "taken" : "refused"}`;
        met.set(name, (met.get(name) ?? 0) + 1);
        expect([one, next !== undefined]).toEqual([one, accepts(history, one)]);
        if (!next) continue;
        state = next;
        history.push(one);
        expect(state).toEqual({ issue: here, ...known(history) });
      }
    }),
    parameters,
  );
  // A model that never gets anywhere agrees with everything.
  const few = (parameters.numRuns ?? 0) / 50;
  const kinds = [
    "raise",
    "declare",
    "claim",
    "result",
    "cancel",
    "settle applied",
    "settle lost",
    "settle failed",
  ];
  for (const kind of [...kinds, "seal", "hold", "ask", "refuse", "resume"]) {
    expect(met.get(`${kind} taken`), `${kind} taken`).toBeGreaterThan(few);
    expect(met.get(`${kind} refused`), `${kind} refused`).toBeGreaterThan(few);
  }
});

test("several steps in one commit are the same as one after the other, or none at all", () => {
  fc.assert(
    fc.property(walk, fc.nat({ max: 20 }), fc.integer({ min: 2, max: 4 }), (steps, from, length) => {
      let state = emptyChain(here);
      const history: Step[] = [];
      for (const [random, bend] of steps.slice(0, from)) {
        const one = bent(history, random, bend);
        if (!accepts(history, one)) continue;
        state = advance(state, [one]);
        history.push(one);
      }
      const together: Step[] = [];
      for (const [random, bend] of steps.slice(from, from + length)) {
        together.push(bent([...history, ...together], random, bend));
      }
      const before = structuredClone(state);
      const allowed = together.every((one, index) => accepts([...history, ...together.slice(0, index)], one));
      if (allowed)
        expect(advance(state, together)).toEqual({ issue: here, ...known([...history, ...together]) });
      else expect(() => advance(state, together)).toThrow(ChainRuleError);
      expect(state).toEqual(before);
    }),
    seeded(500),
  );
});

test("whatever is tried: no act twice, generations by one, one owner an edge, no loss before its fence", () => {
  fc.assert(
    fc.property(walk, (steps) => {
      let state = emptyChain(here);
      const history: Step[] = [];
      for (const [random, bend] of steps) {
        const one = bent(history, random, bend);
        const next = tried(state, one);
        if (!next) continue;
        state = next;
        history.push(one);
      }
      const single = history.flatMap((one) => [...new Set(actsOf([one]))]);
      expect(new Set(single).size).toBe(single.length);
      const raised = history.flatMap((one) => (one.step === "raise" ? [one.generation] : []));
      expect(raised).toEqual(raised.map((_, index) => index + 1));
      let [claims, fence] = [0, false];
      for (const one of history) {
        if (one.step === "declare") [claims, fence] = [0, false];
        if (one.step === "claim") claims += 1;
        if (one.step === "cancel") fence = true;
        expect(claims).toBeLessThanOrEqual(1);
        if (one.step === "settle" && one.as === "lost") expect(fence).toBe(true);
      }
    }),
    seeded(500),
  );
});
