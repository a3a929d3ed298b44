/** What is written is read back as it was: markers, chain commits, and the keys of effects in texts of others. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { advance, emptyChain } from "../../../src/core/chain.ts";
import { decodeRecord, encodeRecord, markersOf, titleOf } from "../../../src/core/commit-message.ts";
import * as keys from "../../../src/core/keys.ts";
import { carries, trailerOf } from "../../../src/core/keys.ts";
import { decodeMarker, digestOfMarker, encodeMarker } from "../../../src/core/marker.ts";
import { proseOf } from "../../../src/core/prose.ts";
import type { Effect, EffectKind } from "../../../src/core/words.ts";
import { anyText, seeded } from "./seeded.ts";
import { branch, declaredMarker, effect, issue, marker, sha, small, step, turn } from "./words.ts";

test("a marker comes back from its comment, under any prose, and hides in one HTML comment", () => {
  fc.assert(
    fc.property(marker, anyText(200), (written, prose) => {
      const body = encodeMarker(prose, written);
      expect(decodeMarker(body)).toEqual({
        kind: "marker",
        marker: written,
        digest: digestOfMarker(written),
      });
      const block = body.slice(body.lastIndexOf("<!--"));
      expect(block.match(/-->/g)).toHaveLength(1);
      expect(decodeMarker(block)).toMatchObject({ marker: written });
    }),
    seeded(1_000),
  );
});

test("the words above a marker hold no block of their own, whatever text of others they quote", () => {
  fc.assert(
    fc.property(marker, (written) => {
      // Text of others is code there: a block in it begins no line.
      expect(decodeMarker(proseOf(written))).not.toMatchObject({ kind: "marker" });
      expect(decodeMarker(encodeMarker(proseOf(written), written))).toMatchObject({ marker: written });
    }),
    seeded(500),
  );
});

test("a chain commit comes back with its steps, its state and the markers by digest", () => {
  fc.assert(
    fc.property(
      issue,
      fc.array(step, { maxLength: 4 }),
      fc.array(declaredMarker, { maxLength: 3 }),
      anyText(),
      (of, steps, markers, by) => {
        const record = { v: 1, steps, state: { ...emptyChain(of), seq: steps.length }, markers, by } as const;
        const message = encodeRecord(titleOf(steps), record);
        expect(decodeRecord(message)).toEqual({ kind: "record", record });
        // GitHub and git both end a message with a newline, or without.
        expect(decodeRecord(message.trimEnd())).toEqual({ kind: "record", record });
        expect([...markersOf(record)]).toEqual([
          ...new Map(markers.map((one) => [digestOfMarker(one), one])),
        ]);
      },
    ),
    seeded(500),
  );
});

test("a title stays one line, whatever is in it", () => {
  const record = {
    v: 1,
    steps: [],
    state: advance(emptyChain({ repository: 1, number: 1 }), []),
    markers: [],
    by: "x",
  } as const;
  fc.assert(
    fc.property(anyText(100), (title) => {
      const message = encodeRecord(title, record);
      expect(message.split("\n")).toHaveLength(4);
      expect(decodeRecord(message)).toEqual({ kind: "record", record });
    }),
    seeded(300),
  );
});

/** What each key tells, read by a grammar of its own; a key that tells all is never that of two effects. */
const KEYS: Readonly<Record<EffectKind, RegExp>> = {
  "agent.run": /^agent\.run:(?<issue>\d+)#g(?<generation>\d+)a(?<attempt>\d+)$/,
  "branch.create": /^branch\.create:(?<branch>.+)$/,
  "branch.push": /^branch\.push:(?<branch>.+)@(?<head>[0-9a-f]{40})#g(?<generation>\d+)f(?<round>\d+)$/,
  "branch.update":
    /^branch\.update:pull\/(?<pull>\d+)@(?<head>[0-9a-f]{40})#g(?<generation>\d+)a(?<attempt>\d+)$/,
  "pull.create": /^pull\.create:(?<branch>.+)$/,
  "pull.close": /^pull\.close:pull\/(?<pull>\d+)#g(?<generation>\d+)a(?<attempt>\d+)$/,
  "review.request": /^review\.request:(?<branch>.+)#g(?<generation>\d+)a(?<attempt>\d+)$/,
  "review.post": /^review\.post:pull\/(?<pull>\d+)@(?<head>[0-9a-f]{40})#g(?<generation>\d+)r(?<look>\d+)$/,
  "merge.enqueue":
    /^merge\.enqueue:pull\/(?<pull>\d+)@(?<head>[0-9a-f]{40})#g(?<generation>\d+)a(?<attempt>\d+)$/,
  "issue.create":
    /^issue\.create:(?<repository>\d+)\/from\/(?<from>\d+)\/(?<issue>\d+)#g(?<generation>\d+)a(?<attempt>\d+)$/,
  merge: /^merge:pull\/(?<pull>\d+)@(?<head>[0-9a-f]{40})#g(?<generation>\d+)a(?<attempt>\d+)$/,
};

test("a key tells the kind, the object and, where GitHub would do it twice, the attempt", () => {
  fc.assert(
    fc.property(small, small, branch, sha, turn, (issueNumber, pull, head, commit, at) => {
      const all = {
        issue: issueNumber,
        pull,
        branch: head,
        head: commit,
        round: at.attempt,
        look: at.attempt,
        repository: pull,
        from: 7,
        ...at,
      };
      const effects: readonly Effect[] = [
        keys.agentRun(issueNumber, at),
        keys.branchCreate(head),
        keys.branchPush(head, pull, commit, { generation: at.generation, round: at.attempt }),
        keys.branchUpdate(pull, commit, at),
        keys.pullCreate(head, "main"),
        keys.pullClose(pull, at),
        keys.reviewRequest(head, [], at),
        keys.reviewPost(pull, commit, { generation: at.generation, look: at.attempt }),
        keys.merge(pull, commit, "squash", at),
        keys.issueCreate(
          { repository: 7, number: issueNumber },
          { repository: pull, name: "acme/billing", asker: { id: 1, login: "maya" } },
          at,
        ),
      ];
      for (const { kind, key } of effects) {
        const told = KEYS[kind].exec(key)?.groups;
        expect(told).toBeDefined();
        for (const [name, text] of Object.entries(told ?? {})) {
          expect(text).toBe(String(all[name as keyof typeof all]));
        }
      }
    }),
    seeded(300),
  );
});

test("an effect is found by its trailer among other lines, and by no other effect's", () => {
  fc.assert(
    fc.property(effect, effect, fc.array(anyText(), { maxLength: 4 }), (one, other, lines) => {
      for (const end of ["\n", "\r\n"]) {
        const text = [...lines, trailerOf(one.key), ...lines].join(end);
        expect(carries(text, one.key)).toBe(true);
        expect(carries(text, other.key)).toBe(other.key === one.key);
        expect(carries(`words ${trailerOf(one.key)}`, one.key)).toBe(false);
      }
    }),
    seeded(500),
  );
});
