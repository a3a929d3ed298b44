/** When the status comment is written, and when not: the parts of it that the whole loop shows only by chance. */

import { expect, test } from "vitest";
import type { Observer } from "../../src/app/observe/index.ts";
import { type KnownStatus, unknownStatus } from "../../src/app/status/known.ts";
import { createRation } from "../../src/app/status/ration.ts";
import { tellStatus } from "../../src/app/status/tell.ts";
import { behind, readChain } from "../../src/barrier/index.ts";
import type { Rest } from "../../src/core/decision.ts";
import { agentRun } from "../../src/core/keys.ts";
import { foldLedger } from "../../src/core/ledger.ts";
import type { Snapshot } from "../../src/core/snapshot.ts";
import { signed } from "../../src/core/status-sign.ts";
import { base } from "../core/snapshots.ts";
import { type Scene, scene } from "../memory/scene.ts";
import { refused } from "../memory/wire.ts";
import { repositoryOf } from "./repository.ts";

const REPOSITORY = repositoryOf(7);

const resting = (state: Rest["state"], code: Rest["code"] = "review-missing", waitsFor = ""): Rest => ({
  kind: "rest",
  state,
  code,
  waitsFor,
  again: null,
});
const WORKING = resting("implementing", "run-works", "run 5");

/** One process that looks at the issue of the scene; lists are as whole as it is told. */
function process(
  s: Scene,
  options: { readonly lists?: "whole" | "short"; readonly ration?: ReturnType<typeof createRation> } = {},
) {
  const known: KnownStatus = unknownStatus();
  const ration = options.ration ?? createRation();
  const lists = options.lists ?? "whole";
  const later = (seconds: number): void => {
    s.repository.clock.now += seconds * 1_000;
  };
  async function look(rest: Rest, made = false): Promise<number | null> {
    const chain = await readChain(s.site);
    const snapshot: Snapshot = { ...base, now: s.repository.clock.now, chain: chain.value, pulls: [] };
    const all = [...s.repository.comments.values()].map((one) => ({ ...one, author: one.author.login }));
    const observer: Partial<Observer> = {
      snapshot: () => snapshot,
      chain: () => chain.value,
      step: () => behind(chain),
      listed: () => undefined,
      listComments: async () => (lists === "short" ? undefined : all),
    };
    s.site.sent.length = 0;
    return tellStatus(
      {
        site: s.site,
        observer: observer as Observer,
        known,
        verdicts: new Map(),
        ration,
        repository: REPOSITORY,
        workflowFile: "cairn.yml",
        made,
        log: () => undefined,
      },
      rest,
    );
  }
  const writes = (): string[] => s.site.sent.filter((what) => !what.startsWith("GET"));
  return { look, later, writes };
}

/** An issue whose intent is declared, its marker the first comment. */
async function issue(): Promise<Scene> {
  const s = scene();
  await s.declare([agentRun(12, { generation: 1, attempt: 1 })]);
  return s;
}

const CREATE = "POST status on 12";
const EDIT = "PATCH comment 2";

test("whoever has made the step writes at once; any other once the head has stood for the quiet period", async () => {
  const s = await issue();
  const maker = process(s);
  const other = process(s);
  expect(await other.look(WORKING)).toBe(120_000);
  expect(other.writes()).toEqual([]);
  await maker.look(WORKING, true);
  expect(maker.writes()).toEqual([CREATE]);
  maker.later(121);
  await other.look(WORKING);
  expect(other.writes()).toEqual([]);
  const alone = await issue();
  const late = process(alone);
  late.later(121);
  await late.look(WORKING);
  expect(late.writes()).toEqual([CREATE]);
});

test("where the list is shorter than the count none is created (I6)", async () => {
  const s = await issue();
  const one = process(s, { lists: "short" });
  expect(await one.look(WORKING, true)).toBe(30_000);
  expect(one.writes()).toEqual([]);
});

test("none is created for what has ended; one that is there says so", async () => {
  const s = await issue();
  const one = process(s);
  expect(await one.look(resting("done", "merged"), true)).toBeNull();
  expect(await one.look(resting("hold", "asked"), true)).toBeNull();
  expect(one.writes()).toEqual([]);
  await one.look(WORKING, true);
  expect(await one.look(resting("done", "merged"))).toBe(120_000);
  expect(one.writes()).toEqual([EDIT]);
});

test("the same thing is said once, and a state that flaps costs four writes in a minute", async () => {
  const s = await issue();
  const one = process(s);
  await one.look(WORKING, true);
  for (let again = 0; again < 3; again += 1) {
    expect(await one.look(WORKING)).toBeNull();
    expect(one.writes()).toEqual([]);
  }
  const waits: (number | null)[] = [];
  for (const [at, rest] of [resting("reviewing"), WORKING, resting("reviewing"), WORKING].entries()) {
    one.later(1);
    waits.push(await one.look(rest));
    expect(one.writes()).toEqual(at < 3 ? [EDIT] : []);
  }
  expect(waits).toEqual([null, null, null, 56_000]);
  one.later(57);
  await one.look(WORKING);
  expect(one.writes()).toEqual([EDIT]);
});

test("what is mostly over within seconds is told once it has lasted for a minute", async () => {
  const s = await issue();
  const one = process(s);
  await one.look(WORKING, true);
  const merging = resting("merging", "run-works");
  expect(await one.look(merging)).toBe(60_000);
  one.later(59);
  expect(await one.look(merging)).toBe(1_000);
  expect(one.writes()).toEqual([]);
  one.later(1);
  await one.look(merging);
  expect(one.writes()).toEqual([EDIT]);
});

test("an edit without an answer is made again, also where it is to say again what it said before", async () => {
  const s = await issue();
  const one = process(s);
  await one.look(WORKING, true);
  s.site.faults.push("lost-applied");
  expect(await one.look(resting("reviewing"))).toBe(30_000);
  one.later(31);
  await one.look(WORKING);
  expect(one.writes()).toEqual([EDIT]);
  expect(s.repository.comments.get(2)?.body).toMatch(/^\*\*Cairn: implementing/);
});

test("what an edit without an answer may still make of it is looked at behind the quiet period, at rest too", async () => {
  const s = await issue();
  const one = process(s);
  await one.look(WORKING, true);
  const before = s.repository.comments.get(2)?.body ?? "";
  one.later(130);
  await one.look(WORKING);
  s.site.faults.push("lost-unapplied");
  await one.look(resting("reviewing"));
  one.later(31);
  const held = resting("hold", "asked");
  // The one that was lost may land behind this one.
  expect(await one.look(held)).toBe(89_000);
  expect(one.writes()).toEqual([EDIT]);
  Object.assign(s.repository.comments.get(2) ?? {}, { body: before });
  one.later(89);
  await one.look(held);
  expect(one.writes()).toEqual([EDIT]);
  expect(s.repository.comments.get(2)?.body).toMatch(/^\*\*Cairn: hold/);
});

test("a creation without an answer is not repeated before the quiet period is over, and then only if none is there", async () => {
  for (const [fault, again] of [
    ["lost-applied", []],
    ["lost-unapplied", [CREATE]],
  ] as const) {
    const s = await issue();
    const one = process(s);
    s.site.faults.push(fault);
    await one.look(WORKING, true);
    one.later(119);
    await one.look(WORKING);
    expect(one.writes()).toEqual([]);
    one.later(2);
    await one.look(WORKING);
    expect(one.writes()).toEqual(again);
    expect(s.repository.comments.size).toBe(2);
  }
});

test("one whose creation got no answer, and that a list shows late, is found behind the quiet period, at rest too", async () => {
  const s = await issue();
  const one = process(s);
  s.site.faults.push("lost-applied");
  await one.look(WORKING, true);
  const written = s.repository.comments.get(2);
  s.repository.comments.delete(2);
  one.later(31);
  const held = resting("hold", "asked");
  expect(await one.look(held)).toBe(89_000);
  expect(one.writes()).toEqual([]);
  if (written) s.repository.comments.set(2, written);
  one.later(89);
  await one.look(held);
  expect(one.writes()).toEqual([EDIT]);
  expect(s.repository.comments.get(2)?.body).toMatch(/^\*\*Cairn: hold/);
});

test("refused it is tried later and later, then for its own sake no more, and again with the next look", async () => {
  const s = await issue();
  const one = process(s);
  const waits: (number | null)[] = [];
  for (let tries = 0; tries < 8; tries += 1) {
    s.site.faults.push(refused("it is locked", 403));
    waits.push(await one.look(WORKING, true));
    one.later(7_200);
  }
  expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 960_000, null, null]);
  await one.look(WORKING);
  expect(one.writes()).toEqual([CREATE]);
  expect(s.repository.comments.size).toBe(2);
});

test("behind the quiet period the list is read once more: what was written beside it goes", async () => {
  const s = await issue();
  const one = process(s);
  await one.look(WORKING, true);
  s.repository.addComment(signed("the same, by another replica", s.repository.issue));
  // At rest nothing else may bring a look.
  expect(await one.look(resting("done", "merged"))).toBe(120_000);
  one.later(20);
  expect(await one.look(resting("done", "merged"))).toBe(100_000);
  one.later(100);
  await one.look(resting("done", "merged"));
  expect(one.writes()).toEqual(["DELETE comment 3"]);
  expect([...s.repository.comments.keys()]).toEqual([1, 2]);
  one.later(600);
  await one.look(resting("done", "merged"));
  expect(one.writes()).toEqual([]);
});

test("deleted it stays away while it would say the same, and comes back with the next change while there is work", async () => {
  const s = await issue();
  const one = process(s);
  await one.look(WORKING, true);
  s.repository.comments.delete(2);
  expect(await one.look(resting("reviewing"))).toBe(2_000);
  one.later(2);
  expect(await one.look(resting("reviewing"))).toBeNull();
  one.later(121);
  await one.look(resting("reviewing"));
  expect(one.writes()).toEqual([]);
  await one.look(resting("reviewing", "check-pending", "test"));
  expect(one.writes()).toEqual([CREATE]);
});

const queued = (position: number, waitsFor = "a slot"): Rest => ({
  ...resting("ready", "slots-full", waitsFor),
  position,
});

test("an issue that waits for its first work is told once the wait has lasted, and that is no trace of a chain", async () => {
  const s = scene();
  const one = process(s);
  expect(await one.look(queued(2))).toBe(60_000);
  one.later(30);
  // Its place alone begins no other wait.
  expect(await one.look(queued(1))).toBe(30_000);
  expect(one.writes()).toEqual([]);
  one.later(30);
  await one.look(queued(1));
  expect(one.writes()).toEqual([CREATE]);
  const [written] = s.repository.comments.values();
  expect(written?.body).toContain("- Position: 1 of those that wait");
  const comment = { id: 1, body: written?.body ?? "", appId: 99, author: "x" };
  expect(foldLedger([comment], undefined, s.repository.issue, 99).beyond).toEqual([]);
});

test("another place in the queue is told a quarter of an hour later at the earliest, anything else at once", async () => {
  const s = scene();
  const one = process(s);
  await one.look(queued(9));
  one.later(60);
  await one.look(queued(9));
  expect(one.writes()).toEqual([CREATE]);
  one.later(121);
  // The list that would show a second one.
  await one.look(queued(9));
  one.later(778);
  expect(await one.look(queued(8, "a slot, by #4"))).toBeNull();
  expect(one.writes()).toEqual([]);
  one.later(1);
  await one.look(queued(8, "a slot, by #4"));
  expect(one.writes()).toEqual(["PATCH comment 1"]);
  one.later(120);
  await one.look(resting("idle", "nobody-asked"));
  expect(one.writes()).toEqual(["PATCH comment 1"]);
  expect(s.repository.comments.get(1)?.body).toMatch(/^\*\*Cairn: idle/);
});

test("of a thousand that wait twenty are told in a quarter of an hour, and no look comes for the others' sake", async () => {
  const ration = createRation();
  const all = Array.from({ length: 30 }, () => process(scene(), { ration }));
  const waits = await Promise.all(all.map((one) => one.look(queued(1))));
  expect(waits.filter((wait) => wait === 60_000)).toHaveLength(20);
  expect(waits.filter((wait) => wait === null)).toHaveLength(10);
  const [last] = all.slice(-1);
  last?.later(899);
  expect(await last?.look(queued(1))).toBeNull();
  last?.later(1);
  expect(await last?.look(queued(1))).toBe(null);
  expect(last?.writes()).toEqual([CREATE]);
});
