/** Signals: each behind a step of a chain that was read lately, and each one request. */
import { expect, test } from "vitest";
import { type Behind, behind, readChain } from "../../src/barrier/index.ts";
import { agentRun } from "../../src/core/keys.ts";
import { type AlarmMarker, decodeMarker } from "../../src/core/marker.ts";
import { alarm, announce, cancelRun, closeIssue, setLabels, startRun } from "../../src/effects/index.ts";
import { RUN, type Scene, scene } from "../memory/scene.ts";
import { refused } from "../memory/wire.ts";

const EFFECTS = [agentRun(12, { generation: 1, attempt: 1 })];
const START = { workflowFile: "cairn.yml", ref: "main", comment: 77 };

async function follow(s: Scene): Promise<Behind> {
  const step = behind(await readChain(s.site));
  if (!step) throw new Error("no step");
  s.site.sent.length = 0;
  return step;
}

test("behind a head that was read too long ago no signal is sent", async () => {
  const s = scene();
  const { marker } = await s.declare(EFFECTS);
  const step = await follow(s);
  s.repository.clock.now += 5_001;
  const old = expect.objectContaining({ code: "not-current" });
  expect(() => announce(s.site, step, marker)).toThrow(old);
  expect(() => closeIssue(s.site, step)).toThrow(old);
  expect(() => cancelRun(s.site, step, RUN)).toThrow(old);
  expect(() => startRun(s.site, step, START)).toThrow(old);
  await expect(setLabels(s.site, step, { add: ["x"], remove: [] })).rejects.toEqual(old);
  expect(s.site.sent).toEqual([]);
});

test("a marker is announced only if the head's step declares it", async () => {
  const s = scene();
  const { marker } = await s.declare(EFFECTS);
  const step = await follow(s);
  await announce(s.site, step, marker);
  expect(s.site.landed).toContain("POST comment on 12");
  const body = s.repository.comments.get(2)?.body ?? "";
  expect(decodeMarker(body)).toMatchObject({ kind: "marker", marker });
  expect(body).toMatch(/^\*\*Cairn will implement this\*\*/);
  expect(() => announce(s.site, step, { ...marker, why: "more" })).toThrow(
    expect.objectContaining({ code: "undeclared", message: "the chain's head does not declare this marker" }),
  );
});

test("a run is started for an open intent that nobody has claimed, with the issue and the marker's comment", async () => {
  const s = scene();
  await s.declare(EFFECTS);
  await startRun(s.site, await follow(s), START);
  expect(s.site.sent).toEqual([
    'dispatch {"workflowFile":"cairn.yml","ref":"main","inputs":{"issue":"12","intent":"77"}}',
  ]);
  const none = expect.objectContaining({ code: "nothing-open", message: "no intent waits to be claimed" });
  await s.step({ step: "claim", run: RUN, digest: (await s.sound()).state.open?.digest ?? "" });
  const claimed = await follow(s);
  expect(() => startRun(s.site, claimed, START)).toThrow(none);
  await s.step({ step: "settle", edge: "implement", attempt: 1, as: "applied" });
  const settled = await follow(s);
  expect(() => startRun(s.site, settled, START)).toThrow(none);
});

test("a run is asked to stop only behind the chain's cancel", async () => {
  const s = scene();
  await s.own(EFFECTS);
  const none = expect.objectContaining({ code: "nothing-open", message: "the chain does not say cancel" });
  const claimed = await follow(s);
  expect(() => cancelRun(s.site, claimed, RUN)).toThrow(none);
  await s.step({ step: "cancel", why: "act" });
  await cancelRun(s.site, await follow(s), RUN);
  expect(s.site.sent).toEqual(["cancel run 5"]);
  await s.step({ step: "settle", edge: "implement", attempt: 1, as: "applied" });
  const settled = await follow(s);
  expect(() => cancelRun(s.site, settled, RUN)).toThrow(none);
});

test("the issue is closed as completed", async () => {
  const s = scene();
  await s.declare(EFFECTS);
  expect(await closeIssue(s.site, await follow(s))).toMatchObject({ kind: "applied" });
  expect(s.site.sent).toEqual(["close issue 12 as completed"]);
});

test("labels: the new one first, then the old ones go; what was refused ends it", async () => {
  const s = scene();
  await s.declare(EFFECTS);
  const step = await follow(s);
  expect(await setLabels(s.site, step, { add: ["cairn:done"], remove: ["a", "b"] })).toEqual({
    kind: "applied",
    status: 200,
    value: null,
  });
  expect(s.site.sent).toEqual(["POST labels cairn:done", "DELETE label a", "DELETE label b"]);
  s.site.sent.length = 0;
  await setLabels(s.site, step, { add: [], remove: ["a"] });
  expect(s.site.sent).toEqual(["DELETE label a"]);

  const no = refused("Resource not accessible by integration", 403);
  s.site.sent.length = 0;
  s.site.faults.push(no);
  expect(await setLabels(s.site, step, { add: ["x"], remove: ["a"] })).toBe(no);
  s.site.faults.push("none", no);
  expect(await setLabels(s.site, step, { add: ["x"], remove: ["a", "b"] })).toBe(no);
  expect(s.site.sent).toEqual(["POST labels x", "POST labels x", "DELETE label a"]);
});

test("a chain that is not trusted has no step to follow: its label and its alarm are set all the same", async () => {
  const s = scene();
  s.repository.clock.now = 1e9;
  await setLabels(s.site, "distrusted", { add: ["cairn:hold"], remove: [] });
  const marker: AlarmMarker = {
    v: 1,
    type: "alarm",
    issue: s.repository.issue,
    seq: 1,
    reason: "chain-foreign",
    detail: "x",
    head: "h",
  };
  await alarm(s.site, marker);
  expect(s.site.sent).toEqual(["POST labels cairn:hold", "POST comment on 12"]);
  const body = s.repository.comments.get(1)?.body ?? "";
  expect(decodeMarker(body)).toMatchObject({ kind: "marker", marker });
  expect(body).toMatch(/^\*\*On hold\*\*/);
});
