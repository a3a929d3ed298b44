/** The only way to an effect: probe, look at the head, send once, look again (I1, I3, I4). */
import { expect, test } from "vitest";
import { type EffectHandler, fateOf, performOrRecover, Refusal } from "../../../src/barrier/index.ts";
import { agentRun, branchCreate, pullClose, pullCreate } from "../../../src/core/keys.ts";
import {
  branchCreateHandler,
  mergeEnqueueHandler,
  mergeHandler,
  pullCloseHandler,
  pullCreateHandler,
} from "../../../src/effects/index.ts";
import { RUN, type Scene, scene } from "../../memory/scene.ts";
import { type Fault, refused } from "../../memory/wire.ts";

const BRANCH = "cairn/12-g1";
const EFFECT = pullCreate(BRANCH, "main");
const material = async () => ({ title: "t", body: "b" });

/** How often the effect was looked for. */
const looks = new WeakMap<Scene, number>();

const open = async (s: Scene, ...faults: readonly Fault[]) => {
  const { proof, claim } = await s.own([EFFECT]);
  s.site.faults.push(...faults);
  const handler: typeof pullCreateHandler = {
    ...pullCreateHandler,
    probe(...args) {
      looks.set(s, (looks.get(s) ?? 0) + 1);
      return pullCreateHandler.probe(...args);
    },
  };
  return performOrRecover(s.site, proof, claim, handler, EFFECT, material);
};

test("sent once, and what GitHub answered is the value", async () => {
  const s = scene();
  expect(await open(s)).toEqual({ kind: "applied", value: { number: 41 }, how: "sent" });
  expect(s.site.sent).toEqual([`POST pull of ${BRANCH} into main`]);
});

test("found beforehand: nothing is prepared and nothing sent, whoever owns it now", async () => {
  const s = scene();
  const { proof, claim } = await s.own([EFFECT]);
  s.repository.pulls.open({ title: "t", body: "b", head: BRANCH, base: "main" });
  await s.step({ step: "cancel", why: "act" });
  let prepared = 0;
  const end = await performOrRecover(s.site, proof, claim, pullCreateHandler, EFFECT, async () => {
    prepared += 1;
    return material();
  });
  expect(end).toEqual({ kind: "applied", value: { number: 41 }, how: "found" });
  expect([prepared, s.site.sent]).toEqual([0, []]);
});

test("an effect that the intent does not name, and a claim of another intent, are refused before any look", async () => {
  const s = scene();
  const { proof, claim } = await s.own([agentRun(12, { generation: 1, attempt: 1 }), EFFECT]);
  const other = pullCreate("cairn/12-g2", "main");
  const end = performOrRecover(s.site, proof, claim, pullCreateHandler, other, material);
  await expect(end).rejects.toMatchObject({
    code: "not-intended",
    message: "the intent does not name pull.create:cairn/12-g2",
  });
  const elsewhere = { ...claim, open: { ...claim.open, digest: "another" } };
  await expect(
    performOrRecover(s.site, proof, elsewhere, pullCreateHandler, EFFECT, material),
  ).rejects.toMatchObject({ code: "not-current", message: "the claim is of another intent" });
  expect(s.site.sent).toEqual([]);
});

test("the head is looked at before each send: behind a cancel nothing is sent", async () => {
  const s = scene();
  const { proof, claim } = await s.own([EFFECT]);
  const end = performOrRecover(s.site, proof, claim, pullCreateHandler, EFFECT, async () => {
    await s.step({ step: "cancel", why: "act" });
    return material();
  });
  await expect(end).rejects.toBeInstanceOf(Refusal);
  expect(s.site.sent).toEqual([]);
});

test("the answer is lost: found by its key at the first look that shows it", async () => {
  const s = scene();
  expect(await open(s, "lost-applied")).toEqual({ kind: "applied", value: { number: 41 }, how: "found" });
  expect(s.repository.clock.now).toBe(0);

  const late = scene();
  const { sleep } = late.site.clock;
  late.site.clock.sleep = async (ms) => {
    await sleep(ms);
    if (late.repository.clock.now === 1_300) {
      late.repository.pulls.open({ title: "t", body: "b", head: BRANCH, base: "main" });
    }
  };
  expect(await open(late, "lost-unapplied")).toMatchObject({ kind: "applied", how: "found" });
  // 300 ms and 1,000 ms.
  expect(late.repository.clock.now).toBe(1_300);
});

test("lost and nowhere to be seen: unknown after the last look, never sent again under its key (I4)", async () => {
  const s = scene();
  expect(await open(s, "lost-unapplied")).toEqual({
    kind: "unknown",
    message: `the answer to POST pull of ${BRANCH} into main is lost`,
  });
  expect(s.site.sent).toHaveLength(1);
  expect([s.repository.clock.now, looks.get(s)]).toEqual([4_300, 5]);
});

test("refused: surely not sent, with GitHub's words, and no waiting", async () => {
  const s = scene();
  expect(await open(s, refused("No commits between main and cairn/12-g1"))).toEqual({
    kind: "not-sent",
    message: "No commits between main and cairn/12-g1",
    status: 422,
  });
  // Once before, and once behind it: a refusal may be the answer to what landed before.
  expect([s.site.sent.length, s.repository.clock.now, looks.get(s)]).toEqual([1, 0, 2]);
});

test("refused because it landed before: found", async () => {
  const s = scene();
  const { proof, claim } = await s.own([EFFECT]);
  const end = await performOrRecover(s.site, proof, claim, pullCreateHandler, EFFECT, async () => {
    s.repository.pulls.open({ title: "t", body: "b", head: BRANCH, base: "main" });
    return material();
  });
  // GitHub: 422 `A pull request already exists for acme:cairn/12-g1.`
  expect(end).toEqual({ kind: "applied", value: { number: 41 }, how: "found" });
  expect(s.site.landed).toEqual([]);
});

test("a limit refuses before anything begins: sent again behind it, three times in all", async () => {
  const limit = refused("You have exceeded a secondary rate limit", 429);
  const s = scene();
  expect(await open(s, limit, limit)).toMatchObject({ kind: "applied", how: "sent" });
  expect(s.site.sent).toHaveLength(3);
  const never = scene();
  expect(await open(never, limit, limit, limit)).toEqual({
    kind: "not-sent",
    message: limit.message,
    status: 429,
  });
  expect(never.site.sent).toHaveLength(3);
});

test("a limit, then a cancel: not sent again", async () => {
  const s = scene();
  const { proof, claim } = await s.own([EFFECT]);
  const handler: typeof pullCreateHandler = {
    ...pullCreateHandler,
    async send(...args) {
      const end = await pullCreateHandler.send(...args);
      await s.step({ step: "cancel", why: "act" });
      return end;
    },
  };
  s.site.faults.push(refused("wait", 429));
  const end = performOrRecover(s.site, proof, claim, handler, EFFECT, material);
  await expect(end).rejects.toMatchObject({ code: "cancelled" });
  expect(s.site.sent).toHaveLength(1);
});

test("only what GitHub refuses to repeat is sent again after a lost answer, three times in all", async () => {
  const branch = branchCreate(BRANCH);
  const tried = async (...faults: readonly Fault[]) => {
    const s = scene();
    const { proof, claim } = await s.own([branch]);
    const commit = s.repository.addCommit(`work\n\nCairn-Effect: ${branch.key}`);
    s.site.faults.push(...faults);
    const end = await performOrRecover(s.site, proof, claim, branchCreateHandler, branch, async () => ({
      commit,
    }));
    return { end, sent: s.site.sent.length, seconds: s.repository.clock.now / 1_000 };
  };
  // Each time only when what was sent before it cannot land any more.
  expect(await tried("lost-unapplied", "lost-unapplied")).toMatchObject({
    end: { kind: "applied", how: "sent" },
    sent: 3,
    seconds: 2 * (4.3 + 122),
  });
  expect(await tried("lost-unapplied", "lost-unapplied", "lost-unapplied")).toMatchObject({
    end: { kind: "unknown" },
    sent: 3,
  });
  // A refusal answers its own request: of the one before it nobody knows.
  const no = refused("Resource not accessible by integration", 403);
  expect(await tried("lost-unapplied", no)).toMatchObject({
    end: { kind: "unknown", message: no.message },
    sent: 2,
  });
  const limit = refused("wait", 429);
  expect(await tried("lost-unapplied", limit, limit)).toMatchObject({ end: { kind: "unknown" }, sent: 3 });
  expect(await tried(limit, no)).toMatchObject({ end: { kind: "not-sent" }, sent: 2 });
});

test("each handler says whether it may be repeated: a branch alone", async () => {
  const handlers: readonly Pick<EffectHandler<never, never, never>, "kind" | "repeat">[] = [
    branchCreateHandler,
    pullCreateHandler,
    pullCloseHandler,
  ] as never;
  expect(handlers.map(({ kind, repeat }) => [kind, repeat])).toEqual([
    ["branch.create", "again"],
    ["pull.create", "once"],
    ["pull.close", "once"],
  ]);
});

test("what shows late, behind the first looks and before it is surely over, is found and not sent again", async () => {
  const s = scene();
  const branch = branchCreate(BRANCH);
  const { proof, claim } = await s.own([branch]);
  s.site.faults.push("lost-unapplied");
  // One look before, four behind the request, and the second of those that wait it out.
  const shown = 7;
  let count = 0;
  const handler: typeof branchCreateHandler = {
    ...branchCreateHandler,
    async probe() {
      count += 1;
      return count < shown ? { kind: "absent" } : { kind: "found", value: { sha: "landed" } };
    },
  };
  const commit = s.repository.addCommit("work");
  const end = await performOrRecover(s.site, proof, claim, handler, branch, async () => ({ commit }));
  expect(end).toEqual({ kind: "applied", value: { sha: "landed" }, how: "found" });
  expect(s.site.sent).toEqual([`POST refs/heads/${BRANCH}`]);
  expect(s.repository.clock.now).toBe(4_300 + 10_000);
});

test("an end is a fate", async () => {
  const s = scene();
  const close = pullClose(9, { generation: 1, attempt: 1 });
  const { proof, claim } = await s.own([close], RUN);
  // There is no such pull request: nothing is open that could be closed.
  const end = await performOrRecover(s.site, proof, claim, pullCloseHandler, close, async () => undefined);
  expect(fateOf(end)).toBe("applied");
  expect(fateOf({ kind: "unknown", message: "" })).toBe("unknown");
});

test("a head that was read slowly is read again until it was read within five seconds (I1)", async () => {
  const timed = async (...delays: readonly number[]) => {
    const s = scene();
    const { proof, claim } = await s.own([EFFECT]);
    const { ref } = s.site.reads;
    const left = [...delays];
    let reads = 0;
    s.site.reads.ref = async (name) => {
      reads += 1;
      const read = await ref(name);
      s.repository.clock.now += left.shift() ?? 0;
      return read;
    };
    const end = await performOrRecover(s.site, proof, claim, pullCreateHandler, EFFECT, material);
    return [end.kind, reads];
  };
  expect(await timed(5_000)).toEqual(["applied", 1]);
  expect(await timed(5_001)).toEqual(["applied", 2]);
  expect(await timed(9_000, 9_000)).toEqual(["applied", 3]);
});

test.each([
  mergeHandler,
  mergeEnqueueHandler,
])("$kind: its gate is read anew where it was read over two minutes before it is sent", async ({
  staleAfter = 0,
}) => {
  const timed = async (...delays: readonly number[]) => {
    const s = scene();
    const { proof, claim } = await s.own([EFFECT]);
    const left = [...delays];
    let prepared = 0;
    const end = await performOrRecover(
      s.site,
      proof,
      claim,
      { ...pullCreateHandler, staleAfter },
      EFFECT,
      async () => {
        prepared += 1;
        s.repository.clock.now += left.shift() ?? 0;
        return material();
      },
    );
    return [end.kind, prepared];
  };
  expect(await timed(120_000)).toEqual(["applied", 1]);
  expect(await timed(120_001)).toEqual(["applied", 2]);
  expect(await timed(150_000, 150_000)).toEqual(["applied", 3]);
});

test("behind a limit that was waited out it is judged anew, and one that says no sends nothing", async () => {
  const s = scene();
  const { proof, claim } = await s.own([EFFECT]);
  s.site.faults.push(refused("wait", 429));
  let prepared = 0;
  const handler = {
    ...pullCreateHandler,
    staleAfter: 60_000,
    async send(...args: Parameters<typeof pullCreateHandler.send>) {
      const end = await pullCreateHandler.send(...args);
      s.repository.clock.now += 300_000;
      return end;
    },
  };
  const end = performOrRecover(s.site, proof, claim, handler, EFFECT, async () => {
    prepared += 1;
    if (prepared > 1) throw new Error("quiet hours have begun");
    return material();
  });
  await expect(end).rejects.toThrow("quiet hours have begun");
  expect(s.site.sent).toHaveLength(1);
});
