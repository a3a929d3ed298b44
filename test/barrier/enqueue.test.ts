/** Scenario 7 of a merge queue, which GraphQL alone enters: whatever becomes of the answer, it is entered once (I3, I4). */
import { expect, test } from "vitest";
import { performOrRecover } from "../../src/barrier/index.ts";
import { mergeEnqueue } from "../../src/core/keys.ts";
import { mergeEnqueueHandler } from "../../src/effects/index.ts";
import type { FaultRule } from "../../src/sandbox/control/faults.ts";
import { queueRuleset } from "../sandbox/graphql/queue-scene.ts";
import { patient, type Scene, scene } from "./scene.ts";

/** A base whose queue merges nothing by itself, and its owner, who may put one head into it. */
async function owner(s: Scene) {
  const maintainer = s.fixture.as(s.fixture.tokens.maintainer);
  const made = await maintainer("POST", "~/rulesets", queueRuleset({ min_entries_to_merge: 5 }));
  expect(made.status).toBe(201);
  const { number, head } = await s.openPull();
  const effect = mergeEnqueue(number, head, { generation: 1, attempt: 1 });
  const { proof, claim } = await s.own([effect]);
  const nodeId = (await s.site.reads.pull(number))?.value.nodeId ?? "";
  const perform = () =>
    performOrRecover(patient(s), proof, claim, mergeEnqueueHandler, effect, async () => ({ nodeId }));
  const byHand = () => s.fixture.as(s.fixture.tokens.maintainer)("POST", "/graphql", handed(nodeId));
  return { effect, perform, byHand };
}

const handed = (id: string) => ({
  query:
    "mutation ($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { mergeQueueEntry { id } } }",
  variables: { id },
});

/** Behind the query that looks whether it is in the queue comes the mutation. */
const onMutation = (s: Scene, fault: FaultRule["fault"]): void => {
  s.fixture.sandbox.faults.add({ method: "POST", path: "/graphql", actor: "installation", after: 1, fault });
};

const entered = (s: Scene): number =>
  s.fixture.sandbox.landed.filter(({ kind }) => kind === "merge.enqueue").length;

test.each<[string, FaultRule["fault"]]>([
  ["the connection is reset", { kind: "answer-lost" }],
  ["502", { kind: "status-after", status: 502 }],
  ["half a body", { kind: "half-body" }],
])("entered, and the answer is lost (%s): found, and not sent again", async (_what, fault) => {
  await using s = await scene();
  const { perform } = await owner(s);
  onMutation(s, fault);
  expect(await perform()).toMatchObject({ kind: "applied", how: "found" });
  expect(await perform()).toMatchObject({ kind: "applied", how: "found" });
  expect(entered(s)).toBe(1);
});

test("lost and nowhere to be seen: unknown, and not sent again", async () => {
  await using s = await scene();
  const { perform } = await owner(s);
  onMutation(s, { kind: "request-lost" });
  expect((await perform()).kind).toBe("unknown");
  expect(entered(s)).toBe(0);
});

test("lost, and a person puts it in meanwhile: unknown, as its own request may still land", async () => {
  await using s = await scene();
  const { perform, byHand } = await owner(s);
  onMutation(s, { kind: "applied-late", delayMs: 60_000 });
  const performing = perform();
  const isAsked = () => s.fixture.sandbox.requestLog.some(({ path }) => path === "/graphql");
  await expect.poll(isAsked, { timeout: 5_000 }).toBe(true);
  expect((await byHand()).body).toMatchObject({ data: { enqueuePullRequest: {} } });
  expect((await performing).kind).toBe("unknown");
});

test("GitHub refuses in GraphQL's way, under 200: surely not done, in its words", async () => {
  await using s = await scene();
  const { perform } = await owner(s);
  const close = { state: "closed" };
  const closed = await s.fixture.as(s.fixture.tokens.maintainer)("PATCH", "~/pulls/2", close);
  expect(closed.status).toBe(200);
  const message = "Pull request is not open";
  expect(await perform()).toEqual({ kind: "not-sent", status: 422, message });
  expect(entered(s)).toBe(0);
});
