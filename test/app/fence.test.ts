/** I4: how long a fence stands is never taken from its commit, which may be older than the move of the ref. */

import { expect, test } from "vitest";
import { createMemory } from "../../src/app/memory.ts";
import { createObserver } from "../../src/app/observe/index.ts";
import { createPlaces } from "../../src/app/places.ts";
import { makeSteps, readChain, type Site } from "../../src/barrier/index.ts";
import { branchCreate } from "../../src/core/keys.ts";
import { type Scene, scene } from "../barrier/scene.ts";
import { repositoryOf } from "./repository.ts";

const SETTINGS = { quietPeriod: 120_000, intentLifetime: 86_400_000, startPatience: 60_000, starts: 3 };

/** Moves the chain to `cancel`, by a process that stands still for so long between the commit and the ref. */
async function cancelSlowly(s: Scene, seconds: number): Promise<void> {
  const { value } = await readChain(s.site);
  if (value.kind === "foreign") throw new Error("not the app's");
  const updateRef: Site["writes"]["updateRef"] = (ref, target) => {
    s.fixture.sandbox.clock.advance(seconds * 1_000);
    return s.site.writes.updateRef(ref, target);
  };
  const site = { ...s.site, writes: { ...s.site.writes, updateRef } };
  const end = await makeSteps(site, value, [{ step: "cancel", why: "owner-over" }], []);
  expect(end.kind).toBe("made");
}

/** What this process sees when something about a run brings it here. */
function look(s: Scene, memory: ReturnType<typeof createMemory>): ReturnType<typeof createObserver> {
  const { repository } = s.fixture;
  return createObserver({
    site: s.site,
    repository: repositoryOf(repository.id),
    settings: SETTINGS,
    workflowFile: "cairn.yml",
    hint: "work",
    wrote: new Set(),
    places: createPlaces(),
    startedAt: () => undefined,
    wasRefused: () => false,
    headSince: (head, now) => memory.headSince(s.site.issue, head, now),
  });
}

/** Seconds for which the head stands, as this process sees it. */
async function standsFor(s: Scene, memory: ReturnType<typeof createMemory>): Promise<number> {
  const observer = await look(s, memory);
  const { chain, now } = observer.snapshot() ?? {};
  if (chain?.kind !== "sound" || now === undefined) throw new Error("no chain");
  return (now - chain.at) / 1_000;
}

test("a fence whose process stood still before it moved the ref is new when it stands", async () => {
  await using s = await scene();
  await s.own([branchCreate("cairn/1-g1")]);
  await cancelSlowly(s, 130);
  const memory = createMemory();
  expect(await standsFor(s, memory)).toBeLessThan(10);
  s.fixture.sandbox.clock.advance(60_000);
  expect(await standsFor(s, memory)).toBeGreaterThanOrEqual(60);
  // Another process has not seen it stand, and waits.
  expect(await standsFor(s, createMemory())).toBeLessThan(10);
});

test("who asked while the run worked is heard behind the fence, although the label is gone", async () => {
  await using s = await scene();
  await s.own([branchCreate("cairn/1-g1")]);
  const maintainer = s.fixture.as(s.fixture.tokens.maintainer);
  const path = `~/issues/${s.site.issue.number}/labels`;
  expect((await maintainer("POST", path, { labels: ["cairn:hold"] })).status).toBe(200);
  await s.site.writes.removeLabel(s.site.issue.number, "cairn:hold");
  const acts = async () => {
    const observer = await look(s, createMemory());
    await observer.look("acts");
    return observer.snapshot()?.acts?.map(({ kind }) => kind);
  };
  // Before it nobody reads the history for every event of a run.
  expect(await acts()).toEqual([]);
  await cancelSlowly(s, 0);
  expect(await acts()).toEqual(["hold"]);
  // Settled, and not obeyed yet: what comes next may be another attempt.
  const { value } = await readChain(s.site);
  if (value.kind !== "sound") throw new Error("no chain");
  const lost = { attempt: 1, run: { id: 5, attempt: 1 }, url: "u", conclusion: "cancelled", worked: 0 };
  await makeSteps(s.site, value, [{ step: "settle", edge: "implement", attempt: 1, as: "lost", lost }], []);
  expect(await acts()).toEqual(["hold"]);
});
