/** Signals: each behind a step of a chain that was read lately, and each one request. */
import { expect, test } from "vitest";
import { type Behind, behind, readChain } from "../../src/barrier/index.ts";
import { agentRun, mergeEnqueue, pullClose } from "../../src/core/keys.ts";
import { type AlarmMarker, type AnswerMarker, decodeMarker } from "../../src/core/marker.ts";
import { signed } from "../../src/core/status-sign.ts";
import { VERDICT_CHECK, type Verdict } from "../../src/core/verdict.ts";
import {
  alarm,
  announce,
  CONFIG_CHECK,
  cancelRun,
  closeIssue,
  createStatus,
  deleteStatus,
  dequeue,
  editStatus,
  react,
  setLabels,
  showConfigCheck,
  showVerdict,
  startRun,
  writeNote,
} from "../../src/effects/index.ts";
import { RUN, type Scene, scene } from "../memory/scene.ts";
import { refused } from "../memory/wire.ts";

const EFFECTS = [agentRun(12, { generation: 1, attempt: 1 })];
const HEAD = "a".repeat(40);
const VERDICT: Verdict = {
  conclusion: null,
  title: "It waits",
  summary: "For a review.",
  says: "review-missing x",
};
const START = { workflowFile: "cairn.yml", ref: "main", comment: 77 };

async function follow(s: Scene): Promise<Behind> {
  const step = behind(await readChain(s.site));
  if (!step) throw new Error("no step");
  s.site.sent.length = 0;
  return step;
}

const answer = (s: Scene): AnswerMarker => ({
  v: 1,
  type: "answer",
  issue: s.repository.issue,
  seq: 2,
  act: -7,
  says: [{ about: "help" }],
});

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
  expect(() => showVerdict(s.site, step, { head: HEAD, shown: null, verdict: VERDICT })).toThrow(old);
  expect(() => writeNote(s.site, step, answer(s))).toThrow(old);
  expect(() => createStatus(s.site, step, "text")).toThrow(old);
  expect(() => editStatus(s.site, step, 2, "text")).toThrow(old);
  expect(() => deleteStatus(s.site, step, 2)).toThrow(old);
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

test("the verdict is a check run on the head: made once, and then written over", async () => {
  const s = scene();
  await s.declare(EFFECTS);
  const step = await follow(s);
  const content = {
    conclusion: null,
    title: "It waits",
    summary: "For a review.",
    externalId: "review-missing x",
  };
  expect(await showVerdict(s.site, step, { head: HEAD, shown: null, verdict: VERDICT })).toMatchObject({
    value: { id: 301 },
  });
  const shown = { id: 301, says: "before" };
  await showVerdict(s.site, step, { head: HEAD, shown, verdict: VERDICT });
  expect(s.site.sent).toEqual([
    `POST check ${JSON.stringify({ name: VERDICT_CHECK, head: HEAD, ...content })}`,
    `PATCH check 301 ${JSON.stringify(content)}`,
  ]);
});

test("what entered a merge queue is taken out behind a cancel of the edge that put it in, and no other", async () => {
  const s = scene();
  s.repository.pulls.open({ title: "t", body: "b", head: "cairn/12-g1", base: "main" });
  const turn = { generation: 1, attempt: 1 };
  await s.own([mergeEnqueue(41, HEAD, turn), mergeEnqueue(43, HEAD, turn), pullClose(40, turn)]);
  const refused = { code: "nothing-open", message: "the chain does not give it up" };
  await expect(dequeue(s.site, await follow(s), 41)).rejects.toMatchObject(refused);
  await s.step({ step: "cancel", why: "act" });
  for (const other of [40, 42])
    await expect(dequeue(s.site, await follow(s), other)).rejects.toMatchObject(refused);
  await expect(dequeue(s.site, await follow(s), 43)).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("#43: it was there, and cannot be seen now"),
  });
  const step = await follow(s);
  expect(await dequeue(s.site, step, 41)).toMatchObject({ kind: "applied" });
  expect(s.site.sent).toEqual(["dequeue PR_41"]);
  s.repository.clock.now += 5_001;
  await expect(dequeue(s.site, step, 41)).rejects.toMatchObject({ code: "not-current" });
  expect(s.site.sent).toEqual(["dequeue PR_41"]);
  await s.step({ step: "settle", edge: "implement", attempt: 1, as: "applied" });
  await expect(dequeue(s.site, await follow(s), 41)).rejects.toMatchObject(refused);
});

test("what a pull request makes of the configuration is a check run of its own, behind no step", async () => {
  const s = scene();
  s.repository.clock.now = 1e9;
  const content = { conclusion: "success", title: "t", summary: "s", externalId: "ok" } as const;
  await showConfigCheck(s.site, HEAD, null, content);
  await showConfigCheck(s.site, HEAD, 9, content);
  expect(CONFIG_CHECK).toBe("Cairn configuration");
  expect(s.site.sent).toEqual([
    `POST check ${JSON.stringify({ name: CONFIG_CHECK, head: HEAD, ...content })}`,
    `PATCH check 9 ${JSON.stringify(content)}`,
  ]);
});

test("a note is a comment with its marker, and a reaction needs no step", async () => {
  const s = scene();
  await s.declare(EFFECTS);
  await writeNote(s.site, await follow(s), answer(s));
  const body = s.repository.comments.get(2)?.body ?? "";
  expect(decodeMarker(body)).toMatchObject({ kind: "marker", marker: answer(s) });
  expect(body).toMatch(/^\*\*Commands\*\*/);
  s.repository.clock.now = 1e9;
  await react(s.site, 7, "eyes");
  expect(s.site.sent).toEqual(["POST comment on 12", "POST eyes on comment 7"]);
});

test("the status comment is written, over and away behind a step; over and away also where the chain is not to be trusted", async () => {
  const s = scene();
  await s.declare(EFFECTS);
  const step = await follow(s);
  const bodyOf = (id: number) => s.repository.comments.get(id)?.body;
  expect(await createStatus(s.site, step, "one")).toMatchObject({ value: { id: 2 } });
  expect(bodyOf(2)).toBe(signed("one", s.repository.issue));
  await editStatus(s.site, step, 2, "two");
  expect(bodyOf(2)).toBe(signed("two", s.repository.issue));
  s.repository.clock.now = 1e9;
  await editStatus(s.site, "distrusted", 2, "three");
  expect(bodyOf(2)).toBe(signed("three", s.repository.issue));
  await deleteStatus(s.site, "distrusted", 2);
  expect(bodyOf(2)).toBeUndefined();
  s.repository.addComment("again");
  await deleteStatus(s.site, await follow(s), 2);
  expect(bodyOf(2)).toBeUndefined();
});
