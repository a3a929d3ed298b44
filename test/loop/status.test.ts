/** The status comment over the whole loop: one, edited in place, for people alone (docs/adr/0016-status-comment.md). */
import { expect, test } from "vitest";
import { signed } from "../../src/core/status-sign.ts";
import type { IssueComment } from "../../src/sandbox/world/state.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  configure,
  done,
  expectOnce,
  fault,
  kinds,
  labelled,
  pass,
  REPO,
  request,
  runsOf,
} from "./observing.ts";

const COMMENTS = `${REPO}/issues/{issue_number}/comments`;

/** The app's comments that are no markers. */
const statuses = ({ stage }: Loop): IssueComment[] =>
  [...stage.sandbox.world.comments.values()].filter(
    (one) => one.viaAppId === stage.app.app.id && !one.body.includes("cairn:marker"),
  );

/** Waits until it says this in its first line. */
const says = (loop: Loop, state: string): Promise<string> =>
  loop.until(
    `a status that says ${state}`,
    () => statuses(loop).find(({ body }) => body.startsWith(`**Cairn: ${state}**`))?.body,
    { review: "no" },
  );

/** Every text that it had, in their order. */
const texts = ({ stage }: Loop): string[] =>
  [...stage.sandbox.world.contentEdits.values()]
    .filter(({ on, subjectId }) => on === "comment" && stage.sandbox.world.comments.has(subjectId))
    .map(({ body }) => body ?? "");

/** From the label to the pull request, with the status that tells of it. */
async function reviewed(loop: Loop): Promise<number> {
  const issue = await loop.issue();
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:reviewing", { review: "no" });
  await says(loop, "reviewing");
  return issue;
}

test("on the whole way there is one status comment, edited in place: implementing, reviewing, done", async () => {
  await using loop = await startLoop();
  const issue = await reviewed(loop);
  await done(loop, issue);
  const last = await says(loop, "done");
  const [pull] = loop.stage.sandbox.world.pulls.values();
  const run = runsOf(loop).at(-1);
  expect(statuses(loop)).toHaveLength(1);
  expect(texts(loop).map((text) => /^\*\*Cairn: (\w+)\*\*/.exec(text)?.[1])).toEqual([
    "implementing",
    "reviewing",
    "done",
  ]);
  expect(last).toContain(`- Pull request: #${pull?.number}`);
  expect(last).toContain(`/${loop.stage.name}/actions/runs/${run?.id}/attempts/1)`);
  expect(last).toMatch(/- Cost so far: \d+ min of the agent's work, in this generation\n/);
  expect(last.match(/^- \d.*Z: .*$/gm)).toHaveLength(4);
});

test.each<[string, Parameters<typeof fault>[1]["fault"]]>([
  ["is lost", { kind: "answer-lost" }],
  ["is lost, and it lands half a minute later", { kind: "applied-late", delayMs: 30_000 }],
])("the answer to its creation %s: it is found, and there is one", async (_how, what) => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
  // The intent's comment comes first.
  fault(loop, { method: "POST", path: COMMENTS, actor: "installation", after: 1, fault: what });
  const issue = await loop.issue();
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:reviewing", { review: "no" });
  await pass(loop, 31);
  await says(loop, "reviewing");
  await pass(loop, 125);
  await done(loop, issue);
  await says(loop, "done");
  expectOnce(loop);
  expect(statuses(loop)).toHaveLength(1);
});

test("a second one that slipped through is taken away: the lowest id is the one", async () => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
  const issue = await reviewed(loop);
  const [first] = statuses(loop);
  if (!first) throw new Error("there is none");
  // As another replica has written it, to which a list did not show the first.
  const { comments } = loop.stage.sandbox.world;
  comments.set(first.id + 1_000, { ...first, id: first.id + 1_000 });
  await pass(loop, 125);
  await done(loop, issue);
  await says(loop, "done");
  await loop.until("one", () => (statuses(loop).length === 1 ? true : undefined));
  expect(statuses(loop)[0]?.id).toBe(first.id);
  expectOnce(loop);
});

test("two replicas that hear of everything write one", async () => {
  await using loop = await startLoop();
  await loop.startApp({ CAIRN_SWEEP_SECONDS: "1" });
  const issue = await reviewed(loop);
  await done(loop, issue);
  await says(loop, "done");
  expectOnce(loop);
  expect(statuses(loop)).toHaveLength(1);
});

test("what a person writes into it changes nothing, and is overwritten with the next change", async () => {
  await using loop = await startLoop();
  const issue = await reviewed(loop);
  const [first] = statuses(loop);
  const id = { repository: loop.stage.repository.id, number: issue };
  const lies = `**Cairn: done** – merged.\n\n/cairn cancel\n\n- Pull request: #99\n- Generation: 7`;
  for (const body of [signed(lies, id), lies]) {
    expect(await request(loop, "PATCH", `${loop.repo}/issues/comments/${first?.id}`, { body })).toBe(200);
    await loop.app.sweep();
    await loop.app.idle();
    expect((await loop.shown(issue)).labels).toEqual(["cairn:reviewing"]);
  }
  await done(loop, issue);
  const last = await loop.until("the truth", () =>
    statuses(loop).find(({ body }) => body.includes("- Generation: 1,")),
  );
  expect(last.id).toBe(first?.id);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
  expect(loop.lines.filter(({ message }) => message.includes("looks like a marker"))).toEqual([]);
});

test("deleted by a person it is left out, and comes back with the next work", async () => {
  await using loop = await startLoop();
  const issue = await reviewed(loop);
  const [first] = statuses(loop);
  await request(loop, "DELETE", `${loop.repo}/issues/comments/${first?.id}`);
  await loop.app.sweep();
  await done(loop, issue);
  await loop.app.idle();
  expect(statuses(loop)).toEqual([]);
  await pass(loop, 125);
  await request(loop, "PATCH", `${loop.repo}/issues/${issue}`, { state: "open" });
  await loop.ready(issue);
  await loop.until("another one", () => (statuses(loop).length === 1 ? true : undefined));
  expectOnce(loop);
});

const LOCKED = { kind: "status", status: 403, message: "Unable to comment: it is locked" } as const;

test.each([
  // The intent's comment comes first.
  ["created", { method: "POST", path: COMMENTS, after: 1 }],
  ["edited", { method: "PATCH", path: `${REPO}/issues/comments/{comment_id}`, count: 99 }],
])("where it cannot be %s the work goes on", async (_how, where) => {
  await using loop = await startLoop();
  fault(loop, { ...where, actor: "installation", fault: LOCKED });
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
});

test("in a trial it tells how Cairn and people have decided before", async () => {
  await using loop = await startLoop();
  await configure(loop, { merge: "shadow" });
  await reviewed(loop);
  await loop.approve();
  const told = await loop.until("the trial", () =>
    statuses(loop).find(({ body }) => body.includes("\n\nTrial (`merge: shadow`): 0 agreed, 0 against.")),
  );
  expect(told.body).toMatch(/^\*\*Cairn: reviewing\*\*/);
  expect(kinds(loop)).not.toContain("merge");
});
