/** A job keeps to its share of the intent's allowance: what goes beyond it is not sent (I11). */
import { expect, test } from "vitest";
import { keepTo } from "../../action/allowance.ts";
import { allowanceOf } from "../../src/core/allowance.ts";
import { agentRun, branchCreate, merge, pullClose, pullCreate, reviewRequest } from "../../src/core/keys.ts";
import { createGovernor, GitHubError, realClock } from "../../src/github/index.ts";
import { connectTo, scripted } from "../github/connection.ts";

const governor = () => createGovernor({ clock: realClock });
const spent = { kind: "allowance-spent" };

test("what is spent is spent: requests, writes and content each end for themselves, before anything is sent", async () => {
  await using github = await scripted(() => ({ status: 201, body: { id: 7, state: "closed", number: 1 } }));
  const keeping = keepTo(governor(), { requests: 5, writes: 2, content: 1 });
  const { reads, writes } = await connectTo(github, { governor: keeping });
  await writes.createComment(1, "x");
  await expect(writes.createComment(1, "y")).rejects.toMatchObject(spent);
  await writes.closePull(1);
  await expect(writes.closePull(1)).rejects.toThrow("the intent allows this job 2 writes");
  for (let index = 0; index < 3; index += 1) await reads.ref("heads/main").catch(() => undefined);
  await expect(reads.ref("heads/main")).rejects.toMatchObject(spent);
  expect(github.arrived).toHaveLength(5);
});

test("a read that is repeated counts each time", async () => {
  await using github = await scripted(() => ({ status: 502 }));
  const keeping = keepTo(governor(), { requests: 2, writes: 0, content: 0 });
  const { reads } = await connectTo(github, { governor: keeping });
  await expect(reads.ref("heads/main")).rejects.toThrow();
  expect(github.arrived).toHaveLength(2);
});

test("what GitHub refused has notified nobody, and may be sent again", async () => {
  let asked = 0;
  await using github = await scripted(() => {
    asked += 1;
    return asked === 1 ? { status: 422, body: { message: "no" } } : { status: 201, body: { id: 7 } };
  });
  const keeping = keepTo(governor(), { requests: 9, writes: 9, content: 1 });
  const { writes } = await connectTo(github, { governor: keeping });
  expect(await writes.createComment(1, "x")).toMatchObject({ kind: "refused" });
  expect(await writes.createComment(1, "x")).toMatchObject({ kind: "applied" });
  await expect(writes.createComment(1, "x")).rejects.toMatchObject(spent);
});

test("what a limit kept from being sent is not counted", async () => {
  const inner = governor();
  inner.limited(60_000);
  const keeping = keepTo(inner, { requests: 1, writes: 0, content: 0 });
  for (let index = 0; index < 3; index += 1) {
    const error = await keeping.admit("read", "GET x").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GitHubError);
    expect(error).toMatchObject({ kind: "rate-limited" });
  }
});

test("once the intent is proved its share counts, with what was spent before", async () => {
  const keeping = keepTo(governor(), { requests: 1, writes: 0, content: 0 });
  (await keeping.admit("read", "GET x"))();
  await expect(keeping.admit("read", "GET x")).rejects.toMatchObject(spent);
  await expect(keeping.admit("write", "POST x")).rejects.toMatchObject(spent);
  keeping.allow({ requests: 2, writes: 1, content: 0 });
  (await keeping.admit("write", "POST x"))();
  await expect(keeping.admit("read", "GET x")).rejects.toMatchObject(spent);
  keeping.extend({ requests: 1, writes: 1, content: 0 });
  (await keeping.admit("write", "POST x"))();
});

const turn = { generation: 1, attempt: 1 };
const branch = "cairn/12-g1";

test("an intent allows of content exactly what may land: one for each effect that notifies people, and a result", () => {
  const implement = allowanceOf([
    pullClose(3, turn),
    agentRun(12, turn),
    branchCreate(branch),
    pullCreate(branch, "main"),
    reviewRequest(branch, ["robin"], turn),
  ]);
  expect([implement.gate.content, implement.effect.content, implement.conclude.content]).toEqual([0, 2, 1]);
  const merging = allowanceOf([merge(4, "a".repeat(40), "merge", turn)]);
  expect([merging.gate.content, merging.effect.content]).toEqual([1, 0]);
  // What is left of a lost attempt needs no agent: the gate performs it, and gets the share for it.
  const rest = allowanceOf([pullCreate(branch, "main"), reviewRequest(branch, ["robin"], turn)]);
  expect([rest.gate.content, rest.effect.requests]).toEqual([2, 0]);
});
