/** The ledger is a fold: whatever order comments arrive in, and however often, it says the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyChain } from "../../../src/core/chain.ts";
import { foldLedger, type LedgerComment } from "../../../src/core/ledger.ts";
import { digestOfMarker, encodeMarker, type Marker } from "../../../src/core/marker.ts";
import { anyText, seeded } from "./seeded.ts";
import { marker } from "./words.ts";

const APP = 99;
const here = { repository: 7, number: 12 };

/** Comments over few markers, so that doubles are common; most belong here, some are cut, forged or of others. */
const scene = fc
  .array(
    fc.tuple(marker, fc.boolean(), fc.integer({ min: 0, max: 9 })).map(
      ([one, declared, where]): {
        marker: Marker;
        declared: boolean;
      } => ({ marker: where === 0 ? one : { ...one, issue: here }, declared }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .chain((pool) =>
    fc.record({
      pool: fc.constant(pool),
      seq: fc.integer({ min: 0, max: 12 }),
      comments: fc.uniqueArray(
        fc.record({
          id: fc.integer({ min: 1, max: 1_000 }),
          from: fc.nat({ max: pool.length - 1 }),
          appId: fc.constantFrom<number | null>(APP, APP, APP, 15_368, null),
          tail: fc.constantFrom("", "", "", "\n", " edited"),
          text: anyText(),
        }),
        { selector: ({ id }) => id, maxLength: 12 },
      ),
    }),
  )
  .map(({ pool, seq, comments }) => ({
    pool,
    chain: {
      ...emptyChain(here),
      seq,
      declared: pool.filter(({ declared }) => declared).map((one) => digestOfMarker(one.marker)),
    },
    comments: comments.map(({ id, from, appId, tail, text }): LedgerComment => {
      const one = pool[from];
      const body = one ? encodeMarker(text, one.marker) + tail : text;
      return { id, appId, body, author: `author${appId}` };
    }),
  }));

test("the order of arrival, and whatever arrives twice, is irrelevant", () => {
  const arrival = scene.chain(({ chain, comments }) =>
    fc.record({
      chain: fc.constant(chain),
      comments: fc.constant(comments),
      arrived: fc
        .tuple(
          fc.shuffledSubarray(comments),
          fc.shuffledSubarray([...comments], { minLength: comments.length }),
        )
        .map(([again, all]) => [...again, ...all]),
    }),
  );
  fc.assert(
    fc.property(arrival, ({ chain, comments, arrived }) => {
      const ascending = [...comments].sort((a, b) => a.id - b.id);
      const [one, other] = [ascending, arrived].map((list) => foldLedger(list, chain, here, APP));
      expect(other).toEqual(one);
      // Maps are compared as sets of pairs: their order counts for whoever takes the first.
      expect([...(other?.visible.keys() ?? [])]).toEqual([...(one?.visible.keys() ?? [])]);
    }),
    seeded(1_000),
  );
});

test("what counts is declared, of this issue and written by the app; each comment is told once (I7)", () => {
  fc.assert(
    fc.property(scene, ({ chain, comments }) => {
      const ledger = foldLedger(comments, chain, here, APP);
      for (const [digest, { comment, marker: counted }] of ledger.visible) {
        expect(chain.declared).toContain(digest);
        expect(counted.issue).toEqual(here);
        const source = comments.find(({ id }) => id === comment);
        expect(source?.appId).toBe(APP);
        const doubles = comments.filter(
          (one) => one.appId === APP && one.body.trimEnd().endsWith(blockOf(counted)),
        );
        expect(Math.min(...doubles.map(({ id }) => id))).toBe(comment);
      }
      const told = [
        ...ledger.inert.map(({ comment }) => comment),
        ...ledger.beyond.map(({ comment }) => comment),
      ];
      expect(new Set(told).size).toBe(told.length);
      const counted = new Set([...ledger.visible.values()].map(({ comment }) => comment));
      expect(told.filter((id) => counted.has(id))).toEqual([]);
    }),
    seeded(1_000),
  );
});

test("one more comment of somebody else changes nothing that counts", () => {
  fc.assert(
    fc.property(
      scene,
      fc.option(fc.constant(15_368)),
      fc.nat({ max: 2_000 }),
      ({ pool, chain, comments }, appId, id) => {
        fc.pre(comments.every((one) => one.id !== id));
        const before = foldLedger(comments, chain, here, APP);
        const forged = pool.map((one) => encodeMarker("", one.marker)).join("\n");
        const after = foldLedger([...comments, { id, body: forged, appId, author: "x" }], chain, here, APP);
        expect([after.visible, after.alarms, after.beyond]).toEqual([
          before.visible,
          before.alarms,
          before.beyond,
        ]);
        expect(after.inert).toHaveLength(before.inert.length + 1);
      },
    ),
    seeded(500),
  );
});

const blockOf = (of: Marker): string => encodeMarker("", of).trimStart();
