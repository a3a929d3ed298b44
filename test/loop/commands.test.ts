/** Scenarios 23 and 29: commands in comments, over the whole loop: which count, how often, and how they are answered. */
import { expect, test } from "vitest";
import { answered, markersOn, reactions, say, sweeps } from "./commanding.ts";
import { startLoop } from "./loop.ts";
import {
  chainOf,
  configure,
  done,
  expectOnce,
  fenced,
  holdOf,
  kinds,
  labelled,
  landed,
  pass,
  request,
  runsOf,
  waitsFor,
} from "./observing.ts";

test("23: the same command, read again by every sweep, is one generation: ready, hold, resume", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  const hold = await say(loop, issue, "Not yet.\n\n/cairn hold wait for the release on Friday");
  await labelled(loop, issue, "cairn:hold");
  await answered(loop, hold, "+1");
  expect((await markersOn(loop, issue, "hold")).map(({ reason, detail }) => [reason, detail])).toEqual([
    ["asked", "by @maya: wait for the release on Friday"],
  ]);
  const resume = await say(loop, issue, "/cairn resume");
  await done(loop, issue);
  await sweeps(loop);
  const state = await chainOf(loop, issue);
  expect([state.generation, state.acts]).toEqual([1, [-resume, -hold]]);
  expect(await reactions(loop, resume)).toEqual(["+1"]);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
  expect(await markersOn(loop, issue, "answer")).toEqual([]);
});

test("23: a command whose webhook was lost is found by a sweep, on an issue that nothing else shows", async () => {
  await using loop = await startLoop();
  loop.stage.sandbox.faults.add({
    count: 50,
    fault: { kind: "webhook", event: "issue_comment", mode: "drop" },
  });
  const issue = await loop.issue();
  const ready = await say(loop, issue, "/cairn ready");
  await sweeps(loop);
  await done(loop, issue);
  expect((await chainOf(loop, issue)).acts).toEqual([-ready]);
  expectOnce(loop);
});

test("29: commands in quotes and code, edited ones, and what Cairn itself wrote, ask for nothing", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await say(
    loop,
    issue,
    "> /cairn ready\n\n```\n/cairn ready\n```\n\n    /cairn ready\n\n <!--\n/cairn ready\n-->",
  );
  await say(loop, issue, "As I said:\n> /cairn ready\n/cairn ready");
  const help = await say(loop, issue, "/cairn help");
  await loop.until("the help", async () =>
    (await markersOn(loop, issue, "answer")).length > 0 ? true : undefined,
  );
  const { comments } = await loop.shown(issue);
  // Cairn's own words, said again by a person: they are in code and in lists there.
  await say(loop, issue, comments.at(-1)?.body ?? "");
  const edited = await loop.maintainer.post<{ id: number }>(`${loop.repo}/issues/${issue}/comments`, {
    body: "I wonder.",
  });
  await request(loop, "PATCH", `${loop.repo}/issues/comments/${edited.id}`, { body: "/cairn ready" });
  await sweeps(loop);
  expect(landed(loop)).toEqual([]);
  expect((await loop.shown(issue)).labels).toEqual([]);
  const state = await chainOf(loop, issue);
  expect([state.generation, state.acts]).toEqual([0, [-help]]);
  expect(await reactions(loop, help)).toEqual(["eyes"]);
  expect(await reactions(loop, edited.id)).toEqual([]);
  expect(await markersOn(loop, issue, "answer")).toMatchObject([{ says: [{ about: "help" }] }]);
});

test("29: a command by somebody without the right is refused once, with a word who can; nothing else happens", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "read");
  const command = await say(loop, issue, "/cairn ready", loop.outsider);
  await answered(loop, command, "-1");
  await sweeps(loop);
  expect(landed(loop)).toEqual([]);
  const refusals = await markersOn(loop, issue, "refusal");
  expect(refusals.map(({ act, reason }) => [act, reason])).toEqual([[-command, "no-right"]]);
  expect(refusals[0]?.detail).toMatch(
    /^@oda wrote \/cairn ready; `ready` needs write permission on this repository, and oda has read\. Somebody with write permission can do it\.$/,
  );
  expect((await loop.shown(issue)).comments).toHaveLength(2);
});

test("29: somebody without the right has one refusal for the same reason, whatever they write, and a reaction for each", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "read");
  const lines = ["/cairn help", "/cairn ready", "/cairn help", "/cairn hold it", "/cairn redy"];
  const written: number[] = [];
  for (const line of lines) written.push(await say(loop, issue, line, loop.outsider));
  for (const comment of written) await answered(loop, comment, "-1");
  await sweeps(loop);
  expect(await markersOn(loop, issue, "refusal")).toMatchObject([{ act: -(written[0] ?? 0) }]);
  expect((await loop.shown(issue)).comments).toHaveLength(lines.length + 1);
  // Each is consumed all the same: none counts when they have the right.
  expect((await chainOf(loop, issue)).acts).toEqual(written.map((comment) => -comment).reverse());
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "write");
  await sweeps(loop);
  expect(landed(loop)).toEqual([]);
});

test("29: what cannot be read is answered once, and so is what has nothing to do", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  const wrong = await say(loop, issue, "/cairn redy");
  await answered(loop, wrong, "confused");
  const resume = await say(loop, issue, "/cairn resume");
  await answered(loop, resume, "eyes");
  await sweeps(loop);
  expect(await markersOn(loop, issue, "answer")).toMatchObject([
    { act: -wrong, says: [{ about: "problems", problems: [{ code: "verb-unknown", nearest: "ready" }] }] },
    { act: -resume, says: [{ about: "nothing", why: expect.stringMatching(/^nothing is held here/) }] },
  ]);
  expect(landed(loop)).toEqual([]);
});

test("29: while a run works, status is answered without a step; cancel wins against what has not landed", async () => {
  await using loop = await startLoop({ agent: "sleep 60", env: { CAIRN_SWEEP_SECONDS: "1" } });
  const issue = await loop.issue();
  await say(loop, issue, "/cairn ready");
  await loop.until("the agent", () => (kinds(loop).includes("agent.run") ? true : undefined));
  await labelled(loop, issue, "cairn:implementing");
  const head = loop.stage.repository.refs.get(`refs/cairn/${issue}`);
  const status = await say(loop, issue, "/cairn status");
  await loop.until("the answer", async () =>
    (await markersOn(loop, issue, "answer")).length > 0 ? true : undefined,
  );
  expect(loop.stage.repository.refs.get(`refs/cairn/${issue}`)).toBe(head);
  const cancel = await say(loop, issue, "/cairn cancel");
  const run = runsOf(loop)[0];
  await loop.until("the end of the run", () => (run?.status === "completed" ? true : undefined));
  await fenced(loop);
  await pass(loop, 125);
  await loop.until("no label", async () =>
    (await loop.shown(issue)).labels.length === 0 ? true : undefined,
  );
  await sweeps(loop);
  expect(kinds(loop)).toEqual(["agent.run"]);
  expect(await markersOn(loop, issue, "hold")).toMatchObject([
    { reason: "cancelled", detail: "@maya wrote /cairn cancel" },
  ]);
  expect(await markersOn(loop, issue, "answer")).toMatchObject([
    {
      act: -status,
      says: [{ about: "status", detail: expect.stringMatching(/^run \d+ \(in_progress\)/) }],
    },
  ]);
  const state = await chainOf(loop, issue);
  expect([state.generation, state.open, state.acts.includes(-cancel)]).toEqual([1, null, true]);
});

test("29: cancel in review: Cairn merges nothing any more; ready begins anew and closes what was left open", async () => {
  await using loop = await startLoop({ agent: 'echo "$CAIRN_GENERATION" > who.txt' });
  const issue = await loop.issue();
  await say(loop, issue, "/cairn ready");
  await labelled(loop, issue, "cairn:reviewing", { review: "no" });
  await say(loop, issue, "/cairn cancel");
  await loop.until(
    "no label",
    async () => ((await loop.shown(issue)).labels.length === 0 ? true : undefined),
    {
      review: "no",
    },
  );
  await loop.approve();
  await sweeps(loop);
  expect(kinds(loop)).not.toContain("merge");
  await say(loop, issue, "/cairn ready");
  await done(loop, issue);
  expectOnce(loop);
  expect(landed(loop).filter((key) => key.startsWith("pull.close"))).toHaveLength(1);
  const merged = await say(loop, issue, "/cairn cancel");
  await answered(loop, merged, "+1");
  await waitsFor(loop, /^done: nothing: #\d+ is merged/);
  await loop.until("an answer", async () => (await markersOn(loop, issue, "answer"))[0]);
  expect((await loop.shown(issue)).labels).toEqual(["cairn:done"]);
});

test("29: whoever takes away the label that shows the work gives it up, like a cancel", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:reviewing", { review: "no" });
  await loop.app.idle();
  await request(loop, "DELETE", `${loop.repo}/issues/${issue}/labels/cairn:reviewing`);
  await loop.until("it is given up", async () => (await markersOn(loop, issue, "hold"))[0], { review: "no" });
  await loop.approve();
  await sweeps(loop);
  expect(kinds(loop)).not.toContain("merge");
  expect(await markersOn(loop, issue, "hold")).toMatchObject([
    { reason: "cancelled", detail: "@maya removed cairn:reviewing" },
  ]);
  expect((await loop.shown(issue)).labels).toEqual([]);
});

test("29: a level that only suggests: nothing is published before somebody approves, and then as a draft", async () => {
  await using loop = await startLoop();
  await configure(loop, { autonomy: "suggest", reviewers: ["rui"] });
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("only-suggests");
  expect(kinds(loop)).toEqual([]);
  const approve = await say(loop, issue, "/cairn approve");
  await answered(loop, approve, "+1");
  await waitsFor(loop, /^reviewing: #\d+ to leave draft/);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create"]);
  const state = await chainOf(loop, issue);
  expect([state.generation, state.approved]).toEqual([1, true]);
  const again = await say(loop, issue, "/cairn approve");
  await answered(loop, again, "eyes");
  const answer = await loop.until("an answer", async () => (await markersOn(loop, issue, "answer"))[0]);
  expect(answer).toMatchObject({ act: -again, says: [{ about: "nothing", wrote: "/cairn approve" }] });
});

test("29: ready on a closed issue: it is said once that somebody has to open it, and then it counts without another word", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  const state = (to: "open" | "closed"): Promise<number> =>
    request(loop, "PATCH", `${loop.repo}/issues/${issue}`, { state: to });
  expect(await state("closed")).toBe(200);
  const ready = await say(loop, issue, "/cairn ready");
  await answered(loop, ready, "+1");
  await loop.until("the answer", async () => (await markersOn(loop, issue, "answer"))[0]);
  await sweeps(loop);
  const next = "Somebody opens the issue again.";
  expect(await markersOn(loop, issue, "answer")).toMatchObject([{ act: -ready, says: [{ next }] }]);
  expect(landed(loop)).toEqual([]);
  expect((await chainOf(loop, issue)).acts).toEqual([]);
  expect(await state("open")).toBe(200);
  await done(loop, issue);
  expectOnce(loop);
  expect((await chainOf(loop, issue)).acts).toContain(-ready);
  expect(await markersOn(loop, issue, "answer")).toHaveLength(1);
});
