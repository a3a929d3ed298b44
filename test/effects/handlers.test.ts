/** Each effect: where it is seen, and the one request by which it is sent. */
import { expect, test } from "vitest";
import { type EffectHandler, performOrRecover } from "../../src/barrier/index.ts";
import * as keys from "../../src/core/keys.ts";
import type { Effect, EffectKind, EffectOf } from "../../src/core/words.ts";
import {
  branchCreateHandler,
  branchPushHandler,
  branchUpdateHandler,
  ForeignBranch,
  mergeEnqueueHandler,
  mergeHandler,
  pullCloseHandler,
  pullCreateHandler,
  releaseAgent,
  reviewPostHandler,
  reviewRequestHandler,
  stillToAsk,
} from "../../src/effects/index.ts";
import { type Scene, scene } from "../memory/scene.ts";
import { refused } from "../memory/wire.ts";

const BRANCH = "cairn/12-g1";
const turn = { generation: 1, attempt: 1 };

/** A scene with a branch of the app and an open pull request of it: number 41. */
function opened(): Scene & { readonly head: string } {
  const s = scene();
  const main = s.repository.addCommit("main");
  s.repository.git.refs.set("refs/heads/main", main);
  const head = s.repository.addCommit(`work\n\n${keys.trailerOf(`branch.create:${BRANCH}`)}`, [main]);
  s.repository.git.refs.set(`refs/heads/${BRANCH}`, head);
  s.repository.pulls.open({ title: "t", body: "b", head: BRANCH, base: "main" });
  return { ...s, head };
}

/** Sends the effect as its owner, without a look beforehand. */
async function send<K extends EffectKind, M, V>(
  s: Scene,
  handler: EffectHandler<K, M, V>,
  effect: EffectOf<K>,
  material: M,
) {
  const { proof, claim } = await s.own([effect as Effect]);
  return handler.send(s.site, proof, claim, effect, material);
}

test("every handler says its kind, and that it is sent once; a branch, which GitHub does not make twice, again", () => {
  const told = [
    branchCreateHandler,
    branchPushHandler,
    branchUpdateHandler,
    mergeEnqueueHandler,
    mergeHandler,
    pullCloseHandler,
    pullCreateHandler,
    reviewPostHandler,
    reviewRequestHandler,
  ].map(({ kind, repeat }) => `${kind} ${repeat}`);
  expect(told).toEqual([
    "branch.create again",
    "branch.push once",
    "branch.update once",
    "merge.enqueue once",
    "merge once",
    "pull.close once",
    "pull.create once",
    "review.post once",
    "review.request once",
  ]);
});

test("branch.create: found is the app's branch by its key; somebody else's is left alone", async () => {
  const s = opened();
  const effect = keys.branchCreate(BRANCH);
  expect(await branchCreateHandler.probe(s.site, effect)).toEqual({ kind: "found", value: { sha: s.head } });
  const next = keys.branchCreate("cairn/12-g2");
  expect(await branchCreateHandler.probe(s.site, next)).toEqual({ kind: "absent" });
  expect(await send(s, branchCreateHandler, next, { commit: s.head })).toMatchObject({ kind: "applied" });
  expect(s.site.landed).toEqual(["POST refs/heads/cairn/12-g2"]);
  expect(s.repository.git.refs.get("refs/heads/cairn/12-g2")).toBe(s.head);
  const probe = branchCreateHandler.probe(s.site, next);
  await expect(probe).rejects.toBeInstanceOf(ForeignBranch);
  await expect(probe).rejects.toMatchObject({
    code: "not-owner",
    message: `branch cairn/12-g2 is at ${s.head}, which is not Cairn's commit`,
  });
});

test("branch.push: found is the app's commit by its key, be it that people pushed behind it; anything else is not it", async () => {
  const s = opened();
  const { git } = s.repository;
  const ref = `refs/heads/${BRANCH}`;
  const effect = keys.branchPush(BRANCH, 41, s.head, { generation: 1, round: 1 });
  const probe = () => branchPushHandler.probe(s.site, effect);
  expect(await probe()).toEqual({ kind: "absent" });
  const theirs = s.repository.addCommit("mine", [s.head]);
  git.refs.set(ref, theirs);
  expect(await probe()).toEqual({ kind: "absent" });
  git.refs.set(ref, s.head);
  const mended = s.repository.addCommit(`mended\n\n${keys.trailerOf(effect.key)}`, [s.head]);
  expect(await send(s, branchPushHandler, effect, { commit: mended })).toEqual({
    kind: "applied",
    status: 200,
    value: { sha: mended },
  });
  expect(git.refs.get(ref)).toBe(mended);
  expect(await probe()).toEqual({ kind: "found", value: { sha: mended } });
  git.refs.set(ref, s.repository.addCommit("behind it", [mended]));
  expect(await probe()).toEqual({ kind: "found", value: { sha: mended } });
  const forged = [s.head];
  git.refs.set(
    ref,
    s.repository.addCommit(`x\n\n${keys.trailerOf(effect.key)}`, forged, { verified: false }),
  );
  expect(await probe()).toEqual({ kind: "absent" });
  git.refs.delete(ref);
  expect(await probe()).toEqual({ kind: "absent" });
});

test("branch.push: what is no fast-forward is refused, and the branch stays where somebody has moved it", async () => {
  const s = opened();
  const theirs = s.repository.addCommit("mine", [s.head]);
  s.repository.git.refs.set(`refs/heads/${BRANCH}`, theirs);
  const effect = keys.branchPush(BRANCH, 41, s.head, { generation: 1, round: 1 });
  const mended = s.repository.addCommit("mended", [s.head]);
  expect(await send(s, branchPushHandler, effect, { commit: mended })).toMatchObject({
    kind: "refused",
    status: 422,
  });
  expect(s.repository.git.refs.get(`refs/heads/${BRANCH}`)).toBe(theirs);
});

test("branch.update: found is any other head than the one that it was declared for", async () => {
  const s = opened();
  const effect = keys.branchUpdate(41, s.head, turn);
  expect(await branchUpdateHandler.probe(s.site, effect)).toEqual({ kind: "absent" });
  expect(await branchUpdateHandler.probe(s.site, keys.branchUpdate(99, s.head, turn))).toEqual({
    kind: "absent",
  });
  expect(await send(s, branchUpdateHandler, effect, undefined)).toEqual({
    kind: "applied",
    status: 200,
    value: { head: null },
  });
  const head = s.repository.pulls.all.get(41)?.headSha;
  expect(head).not.toBe(s.head);
  expect(await branchUpdateHandler.probe(s.site, effect)).toEqual({ kind: "found", value: { head } });
  const late = opened();
  const moved = keys.branchUpdate(41, "0".repeat(40), turn);
  expect(await send(late, branchUpdateHandler, moved, undefined)).toMatchObject({
    kind: "refused",
    status: 422,
  });
  expect(late.repository.pulls.all.get(41)?.headSha).toBe(late.head);
});

test("merge: found is merged, by anybody; sent is one head by one method, with the key under the message", async () => {
  const s = opened();
  const effect = keys.merge(41, s.head, "squash", turn);
  expect(await mergeHandler.probe(s.site, effect)).toEqual({ kind: "absent" });
  expect(await mergeHandler.probe(s.site, keys.merge(99, s.head, "merge", turn))).toEqual({ kind: "absent" });
  const end = await send(s, mergeHandler, effect, { title: "Add it (#41)", message: "Closes #12\n\n" });
  const sha = s.repository.pulls.all.get(41)?.mergeCommitSha;
  expect(end).toMatchObject({ kind: "applied", value: { sha } });
  expect(s.site.landed).toEqual(["PUT merge 41 (squash)"]);
  expect(s.repository.git.commits.get(sha ?? "")?.message).toBe(
    `Add it (#41)\n\nCloses #12\n\nCairn-Effect: merge:pull/41@${s.head}#g1a1`,
  );
  expect(await mergeHandler.probe(s.site, effect)).toEqual({ kind: "found", value: { sha } });
  // Closed without a merge is none.
  const closed = opened();
  closed.repository.pulls.close(41);
  expect(await mergeHandler.probe(closed.site, keys.merge(41, closed.head, "merge", turn))).toEqual({
    kind: "absent",
  });
  expect(
    await send(closed, mergeHandler, keys.merge(41, "0".repeat(40), "merge", turn), {
      title: "t",
      message: "m",
    }),
  ).toMatchObject({ kind: "refused", status: 405 });
});

test("merge.enqueue: found is this head in the queue, or merged, whoever put it in; its own trace the app's alone", async () => {
  const s = opened();
  const effect = keys.mergeEnqueue(41, s.head, turn);
  const probe = () => mergeEnqueueHandler.probe(s.site, effect);
  const trace = () => mergeEnqueueHandler.ownTrace?.(s.site, effect);
  const [absent, found] = [{ kind: "absent" }, { kind: "found", value: null }];
  expect(await probe()).toEqual(absent);
  expect(await mergeEnqueueHandler.probe(s.site, keys.mergeEnqueue(99, s.head, turn))).toEqual(absent);
  // What the queue shows of a pull request that cannot be read is of no head.
  s.repository.pulls.places.set(99, { position: 1, history: [] });
  expect(await mergeEnqueueHandler.probe(s.site, keys.mergeEnqueue(99, s.head, turn))).toEqual(absent);
  s.repository.pulls.enqueue("PR_41", s.head, 3);
  expect([await probe(), await trace()]).toEqual([found, absent]);
  // Its history may be older than its place, or of a time before this entry.
  s.repository.pulls.places.set(41, { position: 1, history: [] });
  expect(await trace()).toEqual(absent);
  const bot = s.site.app.botId;
  const added = (by: number) => ({ kind: "added", at: 0, by, reason: null }) as const;
  const removed = { kind: "removed", at: 0, by: 3, reason: null } as const;
  s.repository.pulls.places.set(41, { position: 1, history: [added(bot), removed] });
  expect(await trace()).toEqual(found);
  s.repository.pulls.places.set(41, { position: 1, history: [added(bot), added(3)] });
  expect(await trace()).toEqual(absent);
  // Another head is none of this effect's.
  const older = keys.mergeEnqueue(41, "0".repeat(40), turn);
  expect(await mergeEnqueueHandler.probe(s.site, older)).toEqual(absent);
  s.repository.pulls.dequeue("PR_41");
  expect([await probe(), await trace()]).toEqual([absent, absent]);
  const { proof, claim } = await s.own([older, effect]);
  const enqueue = (one: typeof effect) =>
    mergeEnqueueHandler.send(s.site, proof, claim, one, { nodeId: "PR_41" });
  expect(await enqueue(older)).toMatchObject({ kind: "refused" });
  expect(await enqueue(effect)).toMatchObject({ kind: "applied" });
  expect(s.site.sent.filter((one) => one.startsWith("enqueue"))).toEqual(["enqueue PR_41", "enqueue PR_41"]);
  expect([await probe(), await trace()]).toEqual([found, found]);
  s.repository.pulls.merge(41, s.head, "by the queue");
  s.repository.pulls.dequeue("PR_41");
  expect(await probe()).toEqual(found);
});

test("pull.close: found is anything but open", async () => {
  const s = opened();
  const effect = keys.pullClose(41, turn);
  expect(await pullCloseHandler.probe(s.site, effect)).toEqual({ kind: "absent" });
  expect(await send(s, pullCloseHandler, effect, undefined)).toMatchObject({ kind: "applied" });
  expect(s.site.landed).toEqual(["close pull 41"]);
  expect(await pullCloseHandler.probe(s.site, effect)).toEqual({ kind: "found", value: null });
  expect(await pullCloseHandler.probe(s.site, keys.pullClose(99, turn))).toEqual({
    kind: "found",
    value: null,
  });
});

test("pull.create: found is one of the branch in any state; sent with the words that were made for it", async () => {
  const s = opened();
  const effect = keys.pullCreate(BRANCH, "main");
  expect(await pullCreateHandler.probe(s.site, effect)).toEqual({ kind: "found", value: { number: 41 } });
  s.repository.pulls.close(41);
  expect(await pullCreateHandler.probe(s.site, effect)).toEqual({ kind: "found", value: { number: 41 } });
  const next = keys.pullCreate("cairn/12-g2", "trunk");
  expect(await pullCreateHandler.probe(s.site, next)).toEqual({ kind: "absent" });
  expect(await send(s, pullCreateHandler, next, { title: "Title", body: "Body" })).toMatchObject({
    value: { number: 42 },
  });
  expect(s.repository.pulls.all.get(42)).toMatchObject({
    title: "Title",
    body: "Body",
    headRef: "cairn/12-g2",
    baseRef: "trunk",
    draft: false,
  });
  const other = opened();
  const draft = keys.pullCreate("cairn/12-g3", "main", { draft: true });
  await send(other, pullCreateHandler, draft, { title: "Title", body: "Body" });
  expect(other.repository.pulls.all.get(42)).toMatchObject({ headRef: "cairn/12-g3", draft: true });
});

test("review.request: found is every reviewer asked, or answered; logins have no case", async () => {
  const s = opened();
  const effect = keys.reviewRequest(BRANCH, ["Robin", "rui"], turn);
  const probe = () => reviewRequestHandler.probe(s.site, effect);
  expect(await probe()).toEqual({ kind: "absent" });
  expect(await reviewRequestHandler.probe(s.site, keys.reviewRequest("cairn/12-g2", [], turn))).toEqual({
    kind: "absent",
  });
  s.repository.pulls.request(41, ["ROBIN"]);
  expect(await probe()).toEqual({ kind: "absent" });
  const author = { id: 3, login: "Rui", type: "User" } as const;
  s.repository.pulls.reviews.set(41, [
    { id: 1, author, state: "APPROVED", commitId: null, submittedAt: 0, body: "" },
  ]);
  expect(await probe()).toEqual({ kind: "found", value: null });
  expect(await send(s, reviewRequestHandler, effect, { pull: 41 })).toMatchObject({ kind: "applied" });
  expect(s.site.landed).toEqual(["ask Robin,rui for 41"]);
});

test("review.request: its own trace is what the app asked for itself, whatever people ask, answer or withdraw", async () => {
  const s = opened();
  const effect = keys.reviewRequest(BRANCH, ["Robin", "rui"], turn);
  const trace = () => reviewRequestHandler.ownTrace?.(s.site, effect);
  const none = keys.reviewRequest("cairn/12-g2", [], turn);
  expect(await reviewRequestHandler.ownTrace?.(s.site, none)).toEqual({ kind: "absent" });
  expect(await trace()).toEqual({ kind: "absent" });
  // A person asked the same people: found by everybody, and no trace of the app's.
  s.repository.pulls.request(41, ["robin", "rui"]);
  expect(await reviewRequestHandler.probe(s.site, effect)).toEqual({ kind: "found", value: null });
  expect(await trace()).toEqual({ kind: "absent" });
  // What the app did to the pull request otherwise names no reviewer, or is no request.
  const [one] = s.repository.pulls.events.get(41) ?? [];
  if (!one) throw new Error("no event");
  const byApp = { ...one, appId: s.site.app.appId };
  s.repository.pulls.events.set(41, [
    { ...byApp, event: "labeled", reviewer: null, label: "bug" },
    { ...byApp, event: "review_requested", reviewer: null },
    { ...byApp, event: "review_request_removed", reviewer: "robin" },
    { ...byApp, event: "review_request_removed", reviewer: "rui" },
  ]);
  expect(await trace()).toEqual({ kind: "absent" });
  // One of two is not all.
  s.repository.pulls.request(41, ["ROBIN"], s.site.app.appId);
  expect(await trace()).toEqual({ kind: "absent" });
  s.repository.pulls.request(41, ["rui"], s.site.app.appId);
  expect(await trace()).toEqual({ kind: "found", value: null });
  // Of the first request any time will do: there was none before it.
  const events = s.repository.pulls.events.get(41) ?? [];
  s.repository.pulls.events.set(
    41,
    events.map((event) => ({ ...event, createdAt: -1 })),
  );
  expect(await trace()).toEqual({ kind: "found", value: null });
});

/** Robin and Rui asked for changes on the head; a round has put another one on it. */
function mended() {
  const s = opened();
  const { pulls } = s.repository;
  const effect = keys.reviewAgain(BRANCH, ["Robin", "rui"], s.head, { generation: 1, round: 1 });
  const by = (login: string, commitId: string, id = 1) =>
    ({
      ...{ id, commitId, submittedAt: 0, body: "" },
      author: { id: login.length, login, type: "User" },
      state: "CHANGES_REQUESTED",
    }) as const;
  pulls.reviews.set(41, [by("robin", s.head), by("Rui", "older")]);
  const next = s.repository.addCommit("mended", [s.head]);
  const pull = pulls.all.get(41);
  if (!pull) throw new Error("no pull request");
  pull.headSha = next;
  return { ...s, effect, by, next, pull, pulls };
}

test("another review: found is whoever is asked now, or has looked at the new head; an older review is no answer", async () => {
  const { site, effect, by, next, pull, pulls, head } = mended();
  const ask = async () => (await stillToAsk(site, effect))?.logins;
  const probe = async () => (await reviewRequestHandler.probe(site, effect)).kind;
  expect([await ask(), await probe()]).toEqual([["Robin", "rui"], "absent"]);
  pulls.request(41, ["ROBIN"]);
  expect([await ask(), await probe()]).toEqual([["rui"], "absent"]);
  pulls.reviews.set(41, [by("robin", head), by("Rui", next, 2)]);
  expect([await ask(), await probe()]).toEqual([[], "found"]);
  // A list that shows the older head yet tells of no answer to the new one.
  pull.headSha = head;
  pull.requestedReviewers = [];
  expect(await ask()).toEqual(["Robin", "rui"]);
  // Nobody looks at what is closed.
  pulls.close(41);
  expect([await ask(), await probe()]).toEqual([[], "found"]);
  const elsewhere = { ...effect, branch: "cairn/12-g2" };
  expect(await reviewRequestHandler.probe(site, elsewhere)).toEqual({ kind: "absent" });
});

test("another review: those are asked who are not yet", async () => {
  const s = mended();
  const end = await send(s, reviewRequestHandler, s.effect, { pull: 41, reviewers: ["rui"] });
  expect(end).toMatchObject({ kind: "applied" });
  expect(s.site.landed).toEqual(["ask rui for 41"]);
});

test("another review: its own trace is what the app asked for since the head was made, and not what it asked for before", async () => {
  const { site, effect, next, pull, pulls, repository } = mended();
  const trace = async () => (await reviewRequestHandler.ownTrace?.(site, effect))?.kind;
  const since = repository.git.commits.get(next)?.authorDate ?? 0;
  const requested = (reviewer: string, createdAt: number, appId: number | null = site.app.appId) => ({
    ...{ id: createdAt, event: "review_requested", actor: null, appId },
    ...{ label: null, reviewer, title: null, createdAt },
  });
  const cases: [ReturnType<typeof requested>[], string][] = [
    [[], "absent"],
    [[requested("robin", since - 1), requested("rui", since - 1)], "absent"],
    [[requested("robin", since), requested("rui", since, null)], "absent"],
    [[requested("robin", since), { ...requested("rui", since), event: "review_request_removed" }], "absent"],
    [[requested("robin", since), requested("rui", since + 1)], "found"],
  ];
  for (const [events, kind] of cases) {
    pulls.events.set(41, events);
    expect(await trace()).toBe(kind);
  }
  // A head that cannot be read says nothing of when.
  pull.headSha = "gone";
  expect(await trace()).toBe("absent");
  const elsewhere = { ...effect, branch: "cairn/12-g2" };
  expect(await reviewRequestHandler.ownTrace?.(site, elsewhere)).toEqual({ kind: "absent" });
});

test("whatever GitHub refuses comes back as it is", async () => {
  const s = opened();
  const forbidden = refused("Resource not accessible by integration", 403);
  const effect = keys.branchUpdate(41, s.head, turn);
  const { proof, claim } = await s.own([effect]);
  s.site.faults.push(forbidden);
  expect(await branchUpdateHandler.send(s.site, proof, claim, effect, undefined)).toBe(forbidden);
});

test("agent.run: the job's name is the key, given to the owner of an intent that names it, while it owns", async () => {
  const s = scene();
  const effect = keys.agentRun(12, turn);
  const { proof, claim } = await s.own([effect]);
  expect(await releaseAgent(s.site, proof, claim, effect)).toBe("agent.run:12#g1a1");
  const other = keys.agentRun(12, { generation: 1, attempt: 2 });
  await expect(releaseAgent(s.site, proof, claim, other)).rejects.toMatchObject({
    code: "not-intended",
    message: "the intent does not name agent.run:12#g1a2",
  });
  await s.step({ step: "cancel", why: "act" });
  s.repository.clock.now += 5_001;
  await expect(releaseAgent(s.site, proof, claim, effect)).rejects.toMatchObject({ code: "cancelled" });
});

test("one of several effects is enough for the intent to name it", async () => {
  const s = scene();
  const effect = keys.agentRun(12, turn);
  const { proof, claim } = await s.own([keys.branchCreate(BRANCH), effect, keys.pullCreate(BRANCH, "main")]);
  expect(await releaseAgent(s.site, proof, claim, effect)).toBe(effect.key);
  const pull = keys.pullCreate(BRANCH, "main");
  const end = performOrRecover(s.site, proof, claim, pullCreateHandler, pull, async () => ({
    title: "",
    body: "",
  }));
  expect((await end).kind).toBe("applied");
});
