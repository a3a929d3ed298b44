/** Overrides: two people, not one twice; the same, not alike; within the hour. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  grantedPairs,
  OVERRIDE_LIFETIME,
  type OverrideAct,
  overrideState,
  wordsOfOverrides,
} from "../../../src/core/commands/double-approval.ts";
import {
  isPath,
  MERGE_CONDITIONS,
  nameOfOverride,
  type Override,
  parseOverride,
} from "../../../src/core/commands/override.ts";
import { seeded } from "../properties/seeded.ts";

const MERGE = "merge:check-failed";
const now = 10 * OVERRIDE_LIFETIME;
const wanted = { action: MERGE, head: "aaa", now };
let ids = 0;
const act = (by: number, change: Partial<OverrideAct> = {}): OverrideAct => {
  ids += 1;
  return {
    id: ids,
    actor: { id: by, login: `u${by}` },
    action: MERGE,
    head: "aaa",
    at: now - 1_000,
    ...change,
  };
};
const stateOf = (...acts: readonly OverrideAct[]): string => overrideState(acts, wanted).kind;

test.each<[rule: string, state: string, acts: readonly OverrideAct[]]>([
  ["nobody", "none", []],
  ["one", "needs-second", [act(1)]],
  ["two", "granted", [act(1), act(2)]],
  ["one twice", "needs-second", [act(1), act(1)]],
  ["one twice, under another login", "needs-second", [act(1), act(1, { actor: { id: 1, login: "new" } })]],
  ["two of one login, which passed on", "granted", [act(1), act(2, { actor: { id: 2, login: "u1" } })]],
  ["two about different conditions", "needs-second", [act(1), act(2, { action: "merge:check-missing" })]],
  ["two, of which one only begins alike", "needs-second", [act(1), act(2, { action: `${MERGE}s` })]],
  ["two about different heads", "needs-second", [act(1), act(2, { head: "bbb" })]],
  ["two about another head", "none", [act(1, { head: "bbb" }), act(2, { head: "bbb" })]],
  ["two, one an hour ago", "granted", [act(1, { at: now - OVERRIDE_LIFETIME }), act(2)]],
  ["two, one more than an hour ago", "needs-second", [act(1, { at: now - OVERRIDE_LIFETIME - 1 }), act(2)]],
  [
    "two, both more than an hour ago",
    "expired",
    [act(1, { at: now - OVERRIDE_LIFETIME - 1 }), act(2, { at: now - OVERRIDE_LIFETIME - 2 })],
  ],
  ["two, one at this very moment", "granted", [act(1, { at: now }), act(2)]],
  ["one that is still to come", "needs-second", [act(1), act(2, { at: now + 1 })]],
  ["one again after its hour, and another", "granted", [act(1, { at: 0 }), act(2), act(1)]],
])("%s: %s", (_rule, state, acts) => {
  expect(stateOf(...acts)).toBe(state);
  expect(stateOf(...acts.toReversed())).toBe(state);
});

test("it says who, and until when", () => {
  const [early, late, other] = [act(1, { at: now - 900_000 }), act(1), act(2, { at: now - 500_000 })];
  expect(overrideState([early, late], wanted)).toEqual({
    kind: "needs-second",
    first: late,
    until: late.at + OVERRIDE_LIFETIME,
  });
  // Of two at the same time the comment that was written later.
  const again = { ...late, id: late.id + 100 };
  for (const acts of [
    [late, again],
    [again, late],
  ]) {
    expect(overrideState(acts, wanted)).toMatchObject({ first: again });
  }
  expect(overrideState([early, other, late], wanted)).toEqual({
    kind: "granted",
    by: [other, late],
    until: other.at + OVERRIDE_LIFETIME,
  });
  const old = act(1, { at: 1 });
  expect(overrideState([act(2, { at: 0 }), old], wanted)).toEqual({ kind: "expired", last: old });
});

test("whatever the acts and their order: granted exactly where two people said the same within the hour", () => {
  const some = fc.record({
    id: fc.nat(),
    actor: fc.integer({ min: 1, max: 3 }).map((id) => ({ id, login: `u${id}` })),
    action: fc.constantFrom(MERGE, "merge:check-missing"),
    head: fc.constantFrom("aaa", "bbb"),
    at: fc.integer({ min: now - 2 * OVERRIDE_LIFETIME, max: now + 1_000 }),
  });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 8 }), (acts) => {
      const state = overrideState(acts, wanted);
      expect(overrideState(acts.toReversed(), wanted).kind).toBe(state.kind);
      const hits = acts.filter((a) => a.action === MERGE && a.head === "aaa" && a.at <= now);
      const pair = hits.some((a) =>
        hits.some(
          (b) =>
            a.actor.id !== b.actor.id &&
            Math.abs(a.at - b.at) <= OVERRIDE_LIFETIME &&
            Math.min(a.at, b.at) >= now - OVERRIDE_LIFETIME,
        ),
      );
      expect(state.kind === "granted").toBe(pair);
      if (state.kind === "granted")
        expect(overrideState(acts, { ...wanted, now: state.until }).kind).toBe("granted");
    }),
    seeded(2_000),
  );
});

test("an action has one text, and is read back from it", () => {
  const segment = fc.stringMatching(/^[a-z0-9_ .-]{0,6}[a-z0-9]$/);
  const path = fc.tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.constantFrom("", "/"));
  const action: fc.Arbitrary<Override> = fc.oneof(
    fc.constantFrom(...MERGE_CONDITIONS).map((condition) => ({ kind: "merge" as const, condition })),
    path.map(([parts, end]) => ({ kind: "path" as const, path: parts.join("/") + end })),
  );
  fc.assert(
    fc.property(action, (one) => {
      expect(parseOverride(nameOfOverride(one), MERGE_CONDITIONS)).toEqual(one);
    }),
    seeded(1_000),
  );
});

test.each([
  ["a/b.ts", true],
  ["a/", true],
  [".github/x", true],
  ["", false],
  ["/", false],
  ["/a", false],
  ["a//b", false],
  ["a//", false],
  ["./a", false],
  ["a/..", false],
  ["a/*", false],
  ["a?", false],
  ["a\\b", false],
])("%j names one path: %s", (text, is) => {
  expect(isPath(text)).toBe(is);
});

test("pairs: for each action that two people have asked for, both of them, and of no other", () => {
  const path = "path:src/";
  const acts = [
    act(1),
    act(2, { action: path }),
    act(2),
    act(1, { action: path }),
    act(1, { action: "merge:x" }),
  ];
  const at = { head: "aaa", now };
  expect(
    grantedPairs(acts, at).map((pair) => pair.map(({ actor, action }) => `${action} ${actor.id}`)),
  ).toEqual([
    [`${MERGE} 1`, `${MERGE} 2`],
    [`${path} 2`, `${path} 1`],
  ]);
  expect(grantedPairs(acts, { ...at, head: "bbb" })).toEqual([]);
  expect(grantedPairs([], at)).toEqual([]);
});

test("in words: who set what aside, action by action", () => {
  const path = "path:src/";
  expect(wordsOfOverrides([act(1), act(2), act(2, { action: path }), act(1, { action: path })])).toBe(
    `@u1 and @u2 set ${MERGE} aside; @u2 and @u1 set ${path} aside`,
  );
});
