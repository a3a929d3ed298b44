/** Who holds a slot, as GitHub shows it: a label finds candidates, their chains and runs decide. */

import { expect, test } from "vitest";
import { createMemory } from "../../src/app/memory.ts";
import { readSlots } from "../../src/app/observe/slots.ts";
import { createPlaces, type Place } from "../../src/app/places.ts";
import { reconcile } from "../../src/app/reconcile.ts";
import { branchCreate } from "../../src/core/keys.ts";
import { GitHubError } from "../../src/github/errors.ts";
import type { RunInfo } from "../../src/github/ports.ts";
import { type Scene, scene } from "../barrier/scene.ts";
import { scene as memoryScene } from "../memory/scene.ts";
import { repositoryOf } from "./repository.ts";

const OTHER = 99;

/** As issue 99 sees it. `status`: of every run; `null`: there is none to be seen. */
async function seen(
  s: Scene,
  limit: number,
  places: Record<number, Place> = {},
  status: string | null = "in_progress",
  looks = false,
) {
  const known = createPlaces();
  const { repository } = s.site.issue;
  for (const [number, place] of Object.entries(places))
    known.saw({ repository, number: Number(number) }, place);
  const now = s.fixture.sandbox.clock.now();
  const run = { id: 5, attempt: 1, status } as unknown as RunInfo;
  const runAttempt = async () => (status === null ? undefined : { value: run, readAt: 0, serverTime: now });
  const reader = {
    site: { ...s.site, issue: { repository, number: OTHER }, reads: { ...s.site.reads, runAttempt } },
    note: <T>({ value }: { value: T }): T => value,
  } as unknown as Parameters<typeof readSlots>[0];
  return { view: await readSlots(reader, { limit, looks }, known), known, repository };
}

const shown = (s: Scene) => s.site.writes.addLabels(s.issue, ["cairn:implementing"]);

test("an open edge holds a slot while its run lives, or cannot be seen; not once it is over", async () => {
  await using s = await scene();
  await shown(s);
  // The label alone holds nothing.
  expect((await seen(s, 1)).view().holders).toEqual([]);
  await s.declare([branchCreate("cairn/1-g1")]);
  expect((await seen(s, 1)).view().holders).toEqual([s.issue]);
});

test("a claimed edge holds it as long as its run is not over", async () => {
  await using s = await scene();
  await shown(s);
  await s.own([branchCreate("cairn/1-g1")]);
  expect((await seen(s, 1)).view().holders).toEqual([s.issue]);
  expect((await seen(s, 1, {}, null)).view().holders).toEqual([s.issue]);
  expect((await seen(s, 1, {}, "queued")).view().holders).toEqual([s.issue]);
  expect((await seen(s, 1, {}, "completed")).view().holders).toEqual([]);
});

test("where a command reviews, a look that no process remembers holds one too, and who waits for people does not", async () => {
  await using s = await scene();
  await s.site.writes.addLabels(s.issue, ["cairn:reviewing"]);
  const holders = async (limit = 1) => (await seen(s, limit, {}, "in_progress", true)).view().holders;
  expect(await holders()).toEqual([]);
  await s.declare([branchCreate("cairn/1-g1")]);
  expect(await holders()).toEqual([s.issue]);
  // Nothing is read of those who are fewer than the slots, and nothing counted that was not read.
  expect(await holders(2)).toEqual([]);
  expect((await seen(s, 1)).view().holders).toEqual([]);
});

test("where there are more slots than candidates nothing but the list is read", async () => {
  await using s = await scene();
  await shown(s);
  const before = s.fixture.sandbox.requestLog.length;
  expect((await seen(s, 2)).view().holders).toEqual([s.issue]);
  expect(s.fixture.sandbox.requestLog.length - before).toBe(1);
});

test("what this process begins counts at once, before and after the list was read; who waits longer comes first", async () => {
  await using s = await scene();
  await shown(s);
  const { view, known, repository } = await seen(s, 5, {
    7: "works",
    40: "waits",
    12: "waits",
    120: "waits",
  });
  expect(view()).toEqual({ limit: 5, holders: [s.issue, 7], ahead: [12, 40] });
  known.saw({ repository, number: 12 }, "works");
  expect(view()).toEqual({ limit: 5, holders: [s.issue, 7, 12], ahead: [40] });
  // Another repository's are nobody's business here.
  known.saw({ repository: repository + 1, number: 3 }, "works");
  expect(view().holders).toEqual([s.issue, 7, 12]);
});

/** `saw` tells where an issue stands, and whom that wakes. */
function line() {
  const places = createPlaces();
  const here = { repository: 1 };
  const saw = (number: number, place: Place) => {
    places.saw({ ...here, number }, place);
    return places.next(here);
  };
  return { places, here, saw };
}

test("whoever makes room, or leaves the queue, wakes the oldest that waits, and nobody else does", () => {
  const { places, here, saw } = line();
  expect([saw(1, "works"), saw(9, "waits"), saw(5, "waits"), saw(7, "neither")]).toEqual(
    Array(4).fill(undefined),
  );
  expect(saw(1, "works")).toBeUndefined();
  expect(saw(1, "neither")).toBe(5);
  expect(places.next(here)).toBeUndefined();
  // Two slots became free at once: whoever takes the first wakes the next.
  expect(saw(5, "works")).toBe(9);
  expect(saw(9, "neither")).toBeUndefined();
  expect(places.working(here)).toEqual([5]);
  // What was not asked at once is not forgotten; another repository's is its own.
  places.saw({ repository: 1, number: 6 }, "waits");
  places.saw({ repository: 1, number: 5 }, "neither");
  expect(places.next({ repository: 2 })).toBeUndefined();
  expect(places.next(here)).toBe(6);
});

test("whoever is merged, or gives it up, wakes the oldest that waits to merge; the line for slots is another", () => {
  const { places, here, saw } = line();
  expect([saw(1, "merges"), saw(9, "waits-to-merge"), saw(5, "waits-to-merge"), saw(3, "waits")]).toEqual(
    Array(4).fill(undefined),
  );
  expect(saw(1, "neither")).toBe(5);
  // It merges now, and the next one looks whether it may as well.
  expect(saw(5, "merges")).toBe(9);
  expect([places.working(here), places.waiting(here)]).toEqual([[], [3]]);
  // Both lines have moved before anybody was asked: each is woken.
  for (const number of [2, 4]) places.saw({ repository: 1, number }, number === 2 ? "works" : "merges");
  for (const number of [2, 4]) places.saw({ repository: 1, number }, "neither");
  expect([places.next(here), places.next(here), places.next(here)]).toEqual([3, 9, undefined]);
});

test("an issue that was transferred while it waited stands before nobody any more", async () => {
  const s = memoryScene();
  const memory = createMemory();
  memory.places.saw(s.repository.issue, "waits");
  const moved = async (): Promise<never> => {
    throw new GitHubError("moved", "GET the issue", "301 it has another address");
  };
  const end = await reconcile({
    site: { ...s.site, reads: { ...s.site.reads, issue: moved } },
    repository: repositoryOf(7),
    settings: { quietPeriod: 120_000, intentLifetime: 86_400_000, startPatience: 60_000, starts: 3 },
    workflowFile: "cairn.yml",
    memory,
    hint: "sweep",
    begin: () => 0,
    signal: new AbortController().signal,
    log: () => undefined,
  });
  expect(end).toMatchObject({ state: "moved", again: null });
  expect(memory.places.waiting(s.repository.issue)).toEqual([]);
});
