/** Scenario 7: the answer to a write is lost, in every way, for every effect kind: it lands once (I3, I4). */
import { describe, expect, test } from "vitest";
import {
  type Claim,
  type Performed,
  type Proof,
  performOrRecover,
  Refusal,
} from "../../src/barrier/index.ts";
import {
  branchCreate,
  branchPush,
  branchUpdate,
  merge,
  pullClose,
  pullCreate,
  reviewPost,
  reviewRequest,
  trailerOf,
} from "../../src/core/keys.ts";
import type { Effect, EffectOf } from "../../src/core/words.ts";
import {
  branchCreateHandler,
  branchPushHandler,
  branchUpdateHandler,
  mergeHandler,
  pullCloseHandler,
  pullCreateHandler,
  reviewPostHandler,
  reviewRequestHandler,
} from "../../src/effects/index.ts";
import type { FaultRule } from "../../src/sandbox/control/faults.ts";
import { patient, type Scene, scene } from "./scene.ts";

const BRANCH = "cairn/1-g1";
const turn = { generation: 1, attempt: 1 };
const nothing = async () => undefined;

interface Case {
  readonly kind: Effect["kind"];
  readonly route: Pick<FaultRule, "method" | "path">;
  /** What has to be there, and the effect. */
  readonly prepare: (s: Scene) => Promise<Effect>;
  readonly perform: (s: Scene, proof: Proof, claim: Claim, effect: never) => Promise<Performed<unknown>>;
  readonly landed: RegExp;
}

const openPull = (s: Scene) => s.openPull(`work\n\n${trailerOf(branchCreate(BRANCH).key)}`, BRANCH);

const CASES: readonly Case[] = [
  {
    kind: "branch.create",
    route: { method: "POST", path: "/repos/{owner}/{repo}/git/refs" },
    prepare: async () => branchCreate(BRANCH),
    perform: (s, proof, claim, effect) =>
      performOrRecover(patient(s), proof, claim, branchCreateHandler, effect, async () => ({
        commit: await s.branchCommit(`work\n\n${trailerOf(branchCreate(BRANCH).key)}`),
      })),
    landed: /^branch\.create:/,
  },
  {
    kind: "pull.create",
    route: { method: "POST", path: "/repos/{owner}/{repo}/pulls" },
    prepare: async (s) => {
      await s.site.writes.createRef(`refs/heads/${BRANCH}`, await s.branchCommit("work"));
      return pullCreate(BRANCH, "main");
    },
    perform: (s, proof, claim, effect) =>
      performOrRecover(s.site, proof, claim, pullCreateHandler, effect, async () => ({
        title: "t",
        body: "b",
      })),
    landed: /^pull\.create:/,
  },
  {
    kind: "review.request",
    route: { method: "POST", path: "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers" },
    prepare: async (s) => {
      await openPull(s);
      return reviewRequest(BRANCH, ["rui"], turn);
    },
    perform: (s, proof, claim, effect) =>
      performOrRecover(s.site, proof, claim, reviewRequestHandler, effect, async () => ({ pull: 2 })),
    landed: /^review\.request:/,
  },
  {
    kind: "review.post",
    route: { method: "POST", path: "/repos/{owner}/{repo}/pulls/{pull_number}/reviews" },
    prepare: async (s) => {
      const { number, head } = await openPull(s);
      return reviewPost(number, head, { generation: 1, look: 1 });
    },
    perform: (s, proof, claim, effect: EffectOf<"review.post">) =>
      performOrRecover(s.site, proof, claim, reviewPostHandler, effect, async () => ({
        body: `read\n\n${trailerOf(effect.key)}`,
      })),
    landed: /^review\.post:/,
  },
  {
    kind: "pull.close",
    route: { method: "PATCH", path: "/repos/{owner}/{repo}/pulls/{pull_number}" },
    prepare: async (s) => pullClose((await openPull(s)).number, turn),
    perform: (s, proof, claim, effect) =>
      performOrRecover(s.site, proof, claim, pullCloseHandler, effect, nothing),
    landed: /^pull\.close:/,
  },
  {
    kind: "branch.push",
    route: { method: "PATCH", path: "/repos/{owner}/{repo}/git/refs/{ref}" },
    prepare: async (s) => {
      const { number, head } = await openPull(s);
      return branchPush(BRANCH, number, head, { generation: 1, round: 1 });
    },
    perform: (s, proof, claim, effect: EffectOf<"branch.push">) =>
      performOrRecover(s.site, proof, claim, branchPushHandler, effect, async () => ({
        commit: await s.branchCommit(`mended\n\n${trailerOf(effect.key)}`, "mended.txt", effect.head),
      })),
    landed: /^branch\.update:cairn/,
  },
  {
    kind: "branch.update",
    route: { method: "PUT", path: "/repos/{owner}/{repo}/pulls/{pull_number}/update-branch" },
    prepare: async (s) => {
      const { number, head } = await openPull(s);
      const commit = await s.branchCommit("meanwhile", "other.txt");
      await s.site.writes.updateRef("refs/heads/main", commit);
      return branchUpdate(number, head, turn);
    },
    perform: (s, proof, claim, effect) =>
      performOrRecover(s.site, proof, claim, branchUpdateHandler, effect, nothing),
    landed: /^branch\.update:cairn/,
  },
  {
    kind: "merge",
    route: { method: "PUT", path: "/repos/{owner}/{repo}/pulls/{pull_number}/merge" },
    prepare: async (s) => {
      const { number, head } = await openPull(s);
      return merge(number, head, "merge", turn);
    },
    perform: (s, proof, claim, effect) =>
      performOrRecover(s.site, proof, claim, mergeHandler, effect, async () => ({
        title: "t",
        message: "m",
      })),
    landed: /^merge:/,
  },
];

const LOST: readonly (readonly [string, FaultRule["fault"]])[] = [
  ["applied, then the connection is reset", { kind: "answer-lost" }],
  ["applied, answered with 502", { kind: "status-after", status: 502 }],
  ["applied, answered with half a body", { kind: "half-body" }],
];

const landedOf = (s: Scene, pattern: RegExp): number =>
  s.fixture.sandbox.landed.filter((entry) => pattern.test(entry.key)).length;

const arrivedAt = (s: Scene, { method, path }: Case["route"]): number =>
  s.fixture.sandbox.requestLog.filter((entry) => entry.method === method && entry.route === path).length;

describe.each(CASES)("$kind", ({ route, prepare, perform, landed }) => {
  test.each(LOST)("%s: found by its key, sent once", async (_what, fault) => {
    await using s = await scene();
    const effect = await prepare(s);
    const { proof, claim } = await s.own([effect]);
    const before = arrivedAt(s, route);
    s.fixture.sandbox.faults.add({ ...route, fault });
    const end = await perform(s, proof, claim, effect as never);
    expect(end).toMatchObject({ kind: "applied", how: "found" });
    expect(arrivedAt(s, route) - before).toBe(1);
    expect(landedOf(s, landed)).toBe(1);
    // Asked again, by the same owner, it is found before anything is sent.
    expect(await perform(s, proof, claim, effect as never)).toMatchObject({ kind: "applied", how: "found" });
    expect(landedOf(s, landed)).toBe(1);
  });

  test("refused: surely not sent, with GitHub's words", async () => {
    await using s = await scene();
    const effect = await prepare(s);
    const { proof, claim } = await s.own([effect]);
    s.fixture.sandbox.faults.add({
      ...route,
      fault: { kind: "status", status: 403, message: "not for you" },
    });
    expect(await perform(s, proof, claim, effect as never)).toMatchObject({
      kind: "not-sent",
      message: "not for you",
    });
    expect(landedOf(s, landed)).toBe(0);
  });

  test("a cancel that moved the chain first stops the send (scenario 13)", async () => {
    await using s = await scene();
    const effect = await prepare(s);
    const { proof, claim } = await s.own([effect]);
    const { makeSteps, readChain } = await import("../../src/barrier/index.ts");
    const { value } = await readChain(s.site);
    if (value.kind !== "sound") throw new Error("no chain");
    await makeSteps(s.site, value, [{ step: "cancel", why: "act" }], []);
    const before = arrivedAt(s, route);
    await expect(perform(s, proof, claim, effect as never)).rejects.toBeInstanceOf(Refusal);
    expect(arrivedAt(s, route) - before).toBe(0);
  });
});

test("lost and nowhere to be seen: not sent again under its key; only a branch may be (I4)", async () => {
  await using s = await scene();
  await s.site.writes.createRef(`refs/heads/${BRANCH}`, await s.branchCommit("work"));
  const pull = pullCreate(BRANCH, "main");
  const { proof, claim } = await s.own([pull]);
  const route = { method: "POST", path: "/repos/{owner}/{repo}/pulls" };
  s.fixture.sandbox.faults.add({ ...route, fault: { kind: "request-lost" } });
  const end = await performOrRecover(s.site, proof, claim, pullCreateHandler, pull, async () => ({
    title: "t",
    body: "b",
  }));
  expect(end.kind).toBe("unknown");
  expect(arrivedAt(s, route)).toBeLessThanOrEqual(1);
  expect(landedOf(s, /^pull\.create/)).toBe(0);
});

test("a lost branch create is sent again: GitHub itself refuses a second one", async () => {
  await using s = await scene();
  const branch = branchCreate(BRANCH);
  const { proof, claim } = await s.own([branch]);
  s.fixture.sandbox.faults.add({
    method: "POST",
    path: "/repos/{owner}/{repo}/git/refs",
    fault: { kind: "request-lost" },
  });
  const prepare = async () => ({ commit: await s.branchCommit(`work\n\n${trailerOf(branch.key)}`) });
  const end = await performOrRecover(patient(s), proof, claim, branchCreateHandler, branch, prepare);
  expect(end).toMatchObject({ kind: "applied", how: "sent" });
  expect(landedOf(s, /^branch\.create/)).toBe(1);
});

test("a branch that lands late is waited for: sent again, it would come back once a person has deleted it", async () => {
  await using s = await scene();
  const branch = branchCreate(BRANCH);
  const { proof, claim } = await s.own([branch]);
  const route = { method: "POST", path: "/repos/{owner}/{repo}/git/refs" };
  s.fixture.sandbox.faults.add({ ...route, fault: { kind: "applied-late", delayMs: 50_000 } });
  const before = arrivedAt(s, route);
  const prepare = async () => ({ commit: await s.branchCommit(`work\n\n${trailerOf(branch.key)}`) });
  const end = await performOrRecover(patient(s), proof, claim, branchCreateHandler, branch, prepare);
  expect(end).toMatchObject({ kind: "applied", how: "found" });
  expect(arrivedAt(s, route) - before).toBeLessThanOrEqual(1);
  expect(landedOf(s, /^branch\.create/)).toBe(1);
});

test("a lost review request is not found in what people asked and gave meanwhile: it may still land", async () => {
  await using s = await scene();
  await openPull(s);
  const effect = reviewRequest(BRANCH, ["rui"], turn);
  const { proof, claim } = await s.own([effect]);
  const path = "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";
  const late = { kind: "applied-late", delayMs: 60_000 } as const;
  s.fixture.sandbox.faults.add({ method: "POST", path, actor: "installation", fault: late });
  // A person asks the same reviewer between the look before and the sending.
  const prepare = async () => {
    const asked = await s.fixture.as(s.fixture.tokens.maintainer)("POST", "~/pulls/2/requested_reviewers", {
      reviewers: ["rui"],
    });
    expect(asked.status).toBe(201);
    return { pull: 2 };
  };
  const end = await performOrRecover(s.site, proof, claim, reviewRequestHandler, effect, prepare);
  expect(end.kind).toBe("unknown");
  expect(await reviewRequestHandler.probe(s.site, effect)).toMatchObject({ kind: "found" });
});

test("a branch that was refused after a request without an answer is unknown: the first may still land (I4)", async () => {
  await using s = await scene();
  const branch = branchCreate(BRANCH);
  const { proof, claim } = await s.own([branch]);
  const route = { method: "POST", path: "/repos/{owner}/{repo}/git/refs" };
  // Longer than anything should take: what is assumed of time must not decide what is said to be known.
  s.fixture.sandbox.faults.add({ ...route, fault: { kind: "applied-late", delayMs: 180_000 } });
  s.fixture.sandbox.faults.add({ ...route, fault: { kind: "status", status: 403, message: "not for you" } });
  const prepare = async () => ({ commit: await s.branchCommit(`work\n\n${trailerOf(branch.key)}`) });
  const end = await performOrRecover(patient(s), proof, claim, branchCreateHandler, branch, prepare);
  expect(end.kind).toBe("unknown");
  s.fixture.sandbox.clock.advance(181_000);
  await expect.poll(() => landedOf(s, /^branch\.create/)).toBe(1);
});

test("a head whose read took longer than it may permit is read again before anything is sent (I1)", async () => {
  await using s = await scene();
  await s.site.writes.createRef(`refs/heads/${BRANCH}`, await s.branchCommit("work"));
  const pull = pullCreate(BRANCH, "main");
  const { proof, claim } = await s.own([pull]);
  let ahead = 0;
  let heads = 0;
  const site: Scene["site"] = {
    ...s.site,
    clock: { ...s.site.clock, now: () => s.site.clock.now() + ahead },
    reads: {
      ...s.site.reads,
      ref: async (name) => {
        const sentAt = site.clock.now();
        const read = await s.site.reads.ref(name);
        if (name !== `cairn/${s.issue}`) return read;
        heads += 1;
        // The first two answers take almost as long as a request may.
        if (heads <= 2) ahead += 14_000;
        return read && { ...read, readAt: sentAt };
      },
    },
  };
  const material = async () => ({ title: "t", body: "b" });
  const end = await performOrRecover(site, proof, claim, pullCreateHandler, pull, material);
  expect(end).toMatchObject({ kind: "applied", how: "sent" });
  expect(heads).toBe(3);
});

test("an effect that the intent does not name is refused", async () => {
  await using s = await scene();
  const { proof, claim } = await s.own([branchCreate(BRANCH)]);
  const other = pullCreate("cairn/1-g2", "main");
  const end = performOrRecover(s.site, proof, claim, pullCreateHandler, other, async () => ({
    title: "t",
    body: "b",
  }));
  await expect(end).rejects.toMatchObject({ code: "not-intended" });
});

test("somebody else's branch of that name is left alone", async () => {
  await using s = await scene();
  const main = s.fixture.repository.refs.get("refs/heads/main");
  await s.fixture.as(s.fixture.tokens.maintainer)("POST", "~/git/refs", {
    ref: `refs/heads/${BRANCH}`,
    sha: main,
  });
  const branch = branchCreate(BRANCH);
  const { proof, claim } = await s.own([branch]);
  const end = performOrRecover(s.site, proof, claim, branchCreateHandler, branch, async () => ({
    commit: "x",
  }));
  await expect(end).rejects.toThrow(/not Cairn's commit/);
});
