/** Scenario 25: which merges others have declared and may still land, by what anybody can see. */
import { expect, test } from "vitest";
import { branchCreate, merge } from "../../src/core/keys.ts";
import { encodeMarker } from "../../src/core/marker.ts";
import { mergesUnderWay } from "../../src/policy/gate/under-way.ts";
import { scene } from "../barrier/scene.ts";

const HOUR = 3_600_000;

test("another issue's merge into the same base, declared before, as long as its pull request is open", async () => {
  await using s = await scene();
  const { fixture, site, issue } = s;
  const { number, head } = await s.openPull();
  const now = () => fixture.sandbox.clock.now();
  const other = { ...site, issue: { ...site.issue, number: issue + 100 } };
  const seen = (change: { base?: string; intent?: number; now?: number } = {}, by = other) =>
    mergesUnderWay(by, { base: "main", intent: undefined, now: now(), ...change });
  expect(await seen()).toEqual([]);
  const { comment } = await s.declare([merge(number, head, "merge", { generation: 1, attempt: 1 })]);
  expect(await seen()).toEqual([issue]);
  expect(await seen({}, site), "it is not in its own way").toEqual([]);
  expect(await seen({ base: "next" })).toEqual([]);
  expect(await seen({ intent: comment + 1 }), "it came first").toEqual([issue]);
  expect(await seen({ intent: comment - 1 }), "it came later").toEqual([]);
  expect(await seen({ now: now() + 24 * HOUR }), "its run may have waited a day for a machine").toEqual([
    issue,
  ]);
  expect(await seen({ now: now() + 26 * HOUR }), "nobody looks for it any more").toEqual([]);
  // A person's words are no intent, whatever they look like.
  const marker = (await site.reads.comment(comment))?.value.body ?? "";
  const maintainer = fixture.as(fixture.tokens.maintainer);
  const elsewhere = (await maintainer("POST", "~/issues", { title: "t", body: "b" })).body.number;
  expect((await maintainer("POST", `~/issues/${elsewhere}/comments`, { body: marker })).status).toBe(201);
  expect(await seen()).toEqual([issue]);
  expect((await maintainer("PATCH", `~/pulls/${number}`, { state: "closed" })).status).toBe(200);
  expect(await seen()).toEqual([]);
});

test("what is open on its chain now counts, not what was declared once", async () => {
  await using s = await scene();
  const { site, issue } = s;
  const other = { ...site, issue: { ...site.issue, number: issue + 100 } };
  const seen = () =>
    mergesUnderWay(other, { base: "main", intent: undefined, now: s.fixture.sandbox.clock.now() });
  const { number } = await s.openPull();
  const { marker } = await s.declare([branchCreate(`cairn/${issue}-g1`)]);
  const effects = [merge(number, "a".repeat(40), "merge", { generation: 1, attempt: 1 })];
  await site.writes.createComment(issue, encodeMarker("Old.", { ...marker, effects }));
  expect(await seen()).toEqual([]);
});

test("one that is open hides behind no later intents of others: five issues are looked at, not five intents", async () => {
  await using s = await scene();
  const { site, issue } = s;
  const { number, head } = await s.openPull();
  const { marker } = await s.declare([merge(number, head, "merge", { generation: 1, attempt: 1 })]);
  // Another issue declares again and again, and steps back each time.
  const maintainer = s.fixture.as(s.fixture.tokens.maintainer);
  const stubborn = (await maintainer("POST", "~/issues", { title: "t", body: "b" })).body.number;
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    const effects = [merge(number, "a".repeat(40), "merge", { generation: 1, attempt })];
    await site.writes.createComment(stubborn, encodeMarker("Again.", { ...marker, effects, attempt }));
  }
  const other = { ...site, issue: { ...site.issue, number: issue + 100 } };
  const now = s.fixture.sandbox.clock.now();
  expect(await mergesUnderWay(other, { base: "main", intent: undefined, now })).toEqual([issue]);
});
