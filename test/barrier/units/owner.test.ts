/** The owner of an intent: how it becomes it, how it knows that it still is, and what it leaves (I1, I2, I4). */
import { expect, test } from "vitest";
import {
  behind,
  checkClaim,
  checkFresh,
  claimIntent,
  claimOf,
  proveIntent,
  readChain,
  refreshed,
  stillOwner,
  writeResult,
} from "../../../src/barrier/index.ts";
import { branchCreate } from "../../../src/core/keys.ts";
import { decodeMarker } from "../../../src/core/marker.ts";
import type { RunId } from "../../../src/core/words.ts";
import { RUN, type Scene, scene } from "../../memory/scene.ts";
import { refused } from "../../memory/wire.ts";

const EFFECTS = [branchCreate("cairn/12-g1")];
const AGAIN: RunId = { id: 5, attempt: 2 };
const OTHER: RunId = { id: 6, attempt: 1 };
const REF = "refs/cairn/12";

async function proven(s: Scene) {
  const { comment } = await s.declare(EFFECTS);
  const proof = await proveIntent(s.site, comment);
  return { proof, comment };
}

test("the claim is one step on the head that was proven, and names run, edge and head", async () => {
  const s = scene();
  const { proof } = await proven(s);
  s.repository.clock.now = 30;
  const end = await claimIntent(s.site, proof, RUN);
  expect(end).toEqual({
    kind: "claimed",
    claim: {
      run: RUN,
      open: { ...proof.open, claim: RUN },
      head: s.repository.git.refs.get(REF),
      readAt: 30,
    },
  });
  expect(s.site.sent).toEqual(["POST commit", `PATCH ${REF}`]);
  expect((await s.sound()).record).toMatchObject({ steps: [{ step: "claim", run: RUN }], markers: [] });
});

test("whoever moved the head since makes the claim fail; a claim that is there is not taken over", async () => {
  const s = scene();
  const { proof, comment } = await proven(s);
  await s.step({ step: "claim", run: OTHER, digest: proof.open.digest });
  expect(await claimIntent(s.site, proof, RUN)).toEqual({ kind: "lost", owner: undefined });
  const later = await proveIntent(s.site, comment);
  const before = s.site.sent.length;
  expect(await claimIntent(s.site, later, RUN)).toEqual({ kind: "lost", owner: OTHER });
  expect(await claimIntent(s.site, later, { ...OTHER, attempt: 2 })).toEqual({ kind: "lost", owner: OTHER });
  // The same run in the same attempt: a later job of it, which sends nothing.
  expect(await claimIntent(s.site, later, OTHER)).toEqual({
    kind: "claimed",
    claim: { run: OTHER, open: later.open, head: later.view.head, readAt: later.readAt },
  });
  expect(s.site.sent).toHaveLength(before);
});

test("nobody knows: unsettled, with the reason; a refusal is told in GitHub's words", async () => {
  const lost = scene();
  const { proof } = await proven(lost);
  lost.site.faults.push("lost-unapplied", "lost-unapplied");
  expect(await claimIntent(lost.site, proof, RUN)).toEqual({
    kind: "unsettled",
    why: "the answer to POST commit is lost",
  });
  lost.site.faults.push(refused("Resource not accessible by integration", 403));
  expect(await claimIntent(lost.site, proof, RUN)).toEqual({
    kind: "unsettled",
    why: "Resource not accessible by integration",
  });
});

test("a limit is waited out and the step tried again on the same head, three times in all", async () => {
  const limit = refused("You have exceeded a secondary rate limit", 429);
  const second = scene();
  const { proof } = await proven(second);
  second.site.faults.push(limit, limit);
  expect((await claimIntent(second.site, proof, RUN)).kind).toBe("claimed");
  expect(second.site.sent).toEqual(["POST commit", "POST commit", "POST commit", `PATCH ${REF}`]);

  const never = scene();
  const other = await proven(never);
  never.site.faults.push(limit, limit, limit);
  expect(await claimIntent(never.site, other.proof, RUN)).toEqual({ kind: "unsettled", why: limit.message });
  expect(never.site.sent).toHaveLength(3);
  // Any other refusal is not tried again.
  const once = scene();
  const third = await proven(once);
  once.site.faults.push(refused("no", 403));
  await claimIntent(once.site, third.proof, RUN);
  expect(once.site.sent).toHaveLength(1);
});

test("a later job owns only what its own run claimed in its own attempt, at that very head", async () => {
  const s = scene();
  const { claim } = await s.own(EFFECTS);
  s.repository.clock.now = 90;
  expect(await stillOwner(s.site, claim.head, RUN)).toEqual({ ...claim, readAt: 90 });
  const words = "owns the open edge, not run";
  await expect(stillOwner(s.site, claim.head, AGAIN)).rejects.toMatchObject({
    code: "not-owner",
    message: `run 5 attempt 1 ${words} 5 attempt 2`,
  });
  await expect(stillOwner(s.site, claim.head, OTHER)).rejects.toMatchObject({
    code: "not-owner",
    message: `run 5 attempt 1 ${words} 6 attempt 1`,
  });
  await expect(stillOwner(s.site, "0".repeat(40), RUN)).rejects.toMatchObject({
    code: "not-current",
    message: `the head is ${claim.head}, not the claim ${"0".repeat(40)}`,
  });
  await s.step({ step: "cancel", why: "act" });
  await expect(stillOwner(s.site, claim.head, RUN)).rejects.toMatchObject({
    code: "cancelled",
    message: "the edge was cancelled (act)",
  });
  await s.step({ step: "settle", edge: "implement", attempt: 1, as: "applied" });
  await expect(stillOwner(s.site, claim.head, RUN)).rejects.toMatchObject({
    code: "not-owner",
    message: `nobody ${words} 5 attempt 1`,
  });
});

test("an intent that nobody has claimed has no owner; a chain that is gone or foreign neither", async () => {
  const s = scene();
  const { proof } = await proven(s);
  await expect(stillOwner(s.site, proof.view.head, RUN)).rejects.toMatchObject({
    code: "not-owner",
    message: "nobody owns the open edge, not run 5 attempt 1",
  });
  const unsound = { code: "chain-unsound", message: "the chain is gone or not the app's" };
  s.repository.git.refs.set(REF, s.repository.addCommit("x"));
  await expect(stillOwner(s.site, "x", RUN)).rejects.toMatchObject(unsound);
  s.repository.git.refs.delete(REF);
  await expect(stillOwner(s.site, "x", RUN)).rejects.toMatchObject(unsound);
});

test("the claim out of a proof: only if the proof was read behind it", async () => {
  const s = scene();
  const { proof: before, claim } = await s.own(EFFECTS);
  expect(() => claimOf(before, claim.head, RUN)).toThrow("nobody owns the open edge");
  const proof = await proveIntent(s.site, before.comment);
  expect(claimOf(proof, claim.head, RUN)).toEqual({ ...claim, readAt: proof.readAt });
  expect(() => claimOf(proof, claim.head, OTHER)).toThrow("run 5 attempt 1 owns the open edge");
});

test("jobs that only ask whether they may go on: the same run, the same attempt, the head unmoved", async () => {
  const s = scene();
  const { claim } = await s.own(EFFECTS);
  await expect(checkClaim(s.site, claim.head, RUN, RUN)).resolves.toBeUndefined();
  await expect(checkClaim(s.site, claim.head, RUN, AGAIN)).rejects.toMatchObject({
    code: "not-owner",
    message: "attempt 1 of run 5 made the claim, this is attempt 2",
  });
  await expect(checkClaim(s.site, claim.head, OTHER, RUN)).rejects.toMatchObject({ code: "not-owner" });
  await s.step({ step: "cancel", why: "act" });
  const head = s.repository.git.refs.get(REF);
  await expect(checkClaim(s.site, claim.head, RUN, RUN)).rejects.toMatchObject({
    code: "not-current",
    message: `the head is ${head}, not the claim ${claim.head}`,
  });
  s.repository.git.refs.delete(REF);
  await expect(checkClaim(s.site, claim.head, RUN, RUN)).rejects.toMatchObject({
    message: `the head is gone, not the claim ${claim.head}`,
  });
});

test("a read of the head permits for five seconds, and not one ms more (I1)", async () => {
  const s = scene();
  s.repository.clock.now = 90_000;
  const { claim } = await s.own(EFFECTS);
  s.repository.git.refs.delete(REF);
  s.repository.clock.now = claim.readAt + 5_000;
  expect(await refreshed(s.site, claim)).toBe(claim);
  s.repository.clock.now += 1;
  await expect(refreshed(s.site, claim)).rejects.toMatchObject({ code: "chain-unsound" });
});

test("a signal follows a step of a sound chain that was read within five seconds", async () => {
  const s = scene();
  await s.declare(EFFECTS);
  s.repository.clock.now = 10;
  const read = await readChain(s.site);
  const step = behind(read);
  if (!step) throw new Error("no step");
  expect(step).toEqual({ view: read.value, readAt: 10 });
  s.repository.clock.now = 5_010;
  expect(() => checkFresh(s.site, step)).not.toThrow();
  s.repository.clock.now = 5_011;
  expect(() => checkFresh(s.site, step)).toThrow("the chain's head was read too long ago");
  expect(() => checkFresh(s.site, step)).toThrow(expect.objectContaining({ code: "not-current" }));
  expect(behind({ ...read, value: { kind: "absent" } })).toBeUndefined();
  expect(behind({ ...read, value: { kind: "foreign", head: "x", why: "y" } })).toBeUndefined();
});

const INPUT = {
  reason: "no-change",
  detail: "two\nlines",
  effects: { "agent.run:12#g1a1": "applied" },
} as const;

test("the owner's word: a step on its claim, then the marker that the step declares", async () => {
  const s = scene();
  const { claim } = await s.own(EFFECTS);
  const end = await writeResult(s.site, claim, INPUT);
  const { state } = await s.sound();
  const body = s.repository.comments.get(2)?.body ?? "";
  const decoded = decodeMarker(body);
  expect(end).toMatchObject({ kind: "made", state });
  expect(decoded).toMatchObject({
    kind: "marker",
    marker: {
      v: 1,
      type: "result",
      issue: s.repository.issue,
      seq: 4,
      edge: "implement",
      generation: 1,
      attempt: 1,
      run: RUN,
      reason: "no-change",
      detail: "two lines",
      effects: INPUT.effects,
    },
  });
  const digest = decoded.kind === "marker" ? decoded.digest : "";
  expect(state.open?.result).toEqual({ reason: "no-change", digest, effects: INPUT.effects });
  expect(state).toMatchObject({ seq: 4, declared: [state.open?.digest, digest] });
  expect((await s.sound()).record.markers).toHaveLength(1);
  expect(body).toMatch(/^\*\*implement\/1 was not done\*\*/);
  expect(s.site.sent).toEqual(["POST commit", `PATCH ${REF}`, "POST comment on 12"]);
});

test("which files a check refused stands in the step and in its marker", async () => {
  const s = scene();
  const { claim } = await s.own(EFFECTS);
  await writeResult(s.site, claim, { ...INPUT, reason: "check-red", tree: "t".repeat(40) });
  expect((await s.sound()).state.open?.result).toMatchObject({ reason: "check-red", tree: "t".repeat(40) });
  const decoded = decodeMarker(s.repository.comments.get(2)?.body ?? "");
  expect(decoded).toMatchObject({ marker: { tree: "t".repeat(40) } });
});

test("a step that was not made leaves no marker; a chain that has moved on takes no word", async () => {
  const s = scene();
  const { claim } = await s.own(EFFECTS);
  s.site.faults.push(refused("no", 403));
  expect((await writeResult(s.site, claim, INPUT)).kind).toBe("refused");
  expect(s.repository.comments.size).toBe(1);
  await s.step({ step: "cancel", why: "act" });
  const moved = { code: "not-current", message: "the chain has moved on from this run's claim" };
  await expect(writeResult(s.site, claim, INPUT)).rejects.toMatchObject(moved);
  s.repository.git.refs.delete(REF);
  await expect(writeResult(s.site, claim, INPUT)).rejects.toMatchObject(moved);
  expect(s.repository.comments.size).toBe(1);
});
