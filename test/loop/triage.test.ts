/** Scenario 24: an issue that is not taken as it stands is asked about once, visibly, and taken when it is there. */
import { expect, test } from "vitest";
import { SAMPLE_ISSUE } from "../../src/cli/sample.ts";
import { decodeMarker, type QuestionMarker } from "../../src/core/marker.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  configure,
  done,
  expectOnce,
  fault,
  holdOf,
  kinds,
  labelled,
  pass,
  REPO,
  request,
  runsOf,
  waitsFor,
} from "./observing.ts";

const THIN = { title: "Greet several people at once", body: "Take lists." };

async function questions(loop: Loop, issue: number): Promise<readonly QuestionMarker[]> {
  const { comments } = await loop.shown(issue);
  return comments.flatMap(({ body }) => {
    const found = decodeMarker(body);
    return found.kind === "marker" && found.marker.type === "question" ? [found.marker] : [];
  });
}

const codes = async (loop: Loop, issue: number): Promise<string[][]> =>
  (await questions(loop, issue)).map(({ findings }) => findings.map(({ code }) => code));

const edit = (loop: Loop, issue: number, fields: Record<string, unknown>): Promise<number> =>
  request(loop, "PATCH", `${loop.repo}/issues/${issue}`, fields);

/** Puts `blocker` on GitHub's own list of what the issue depends on. */
async function blockedBy(loop: Loop, issue: number, blocker: number): Promise<void> {
  const { id } = await loop.maintainer.get<{ id: number }>(`${loop.repo}/issues/${blocker}`);
  await loop.maintainer.post(`${loop.repo}/issues/${issue}/dependencies/blocked_by`, { issue_id: id });
}

test("24: a thin issue is asked about once, however often it is looked at; an edit brings it back", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue(THIN);
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:hold");
  await waitsFor(loop, /^hold: The text is too short.*11 of 140 characters.*how one could tell/);
  await edit(loop, issue, { body: "Take lists. Soon." });
  await waitsFor(loop, /17 of 140 characters/);
  // One of two gaps is mended, then the other alone: neither is asked for again.
  await edit(loop, issue, { body: "They should take lists." });
  await waitsFor(loop, /^hold: The text is too short.*23 of 140 characters$/);
  await edit(loop, issue, { body: `${"Take lists of names. ".repeat(8)}` });
  await waitsFor(loop, /^hold: Nothing says how one could tell/);
  for (let sweep = 0; sweep < 3; sweep += 1) await pass(loop, 600);
  await loop.app.idle();
  expect(await codes(loop, issue)).toEqual([["too-short", "no-acceptance"]]);
  expect(runsOf(loop)).toEqual([]);
  await edit(loop, issue, { body: SAMPLE_ISSUE.body });
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
  expect(await codes(loop, issue)).toHaveLength(1);
});

test("24: an answer by somebody with the right brings it back, and the agent reads it; one by others does not", async () => {
  const agent = `grep -q '^## Answer by @maya$' "$CAIRN_ISSUE_FILE" && cp "$CAIRN_ISSUE_FILE" answer.md`;
  await using loop = await startLoop({ agent });
  const issue = await loop.issue(THIN);
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:hold");
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "read");
  await loop.outsider.post(`${loop.repo}/issues/${issue}/comments`, { body: SAMPLE_ISSUE.body });
  await pass(loop, 600);
  await loop.app.idle();
  expect(runsOf(loop)).toEqual([]);
  await loop.maintainer.post(`${loop.repo}/issues/${issue}/comments`, { body: SAMPLE_ISSUE.body });
  await done(loop, issue);
  expectOnce(loop);
  expect(await codes(loop, issue)).toHaveLength(1);
});

test("24: an answer with a command below it is an answer, and the agent reads it without the command", async () => {
  await using loop = await startLoop({ agent: 'cp "$CAIRN_ISSUE_FILE" answer.md' });
  const issue = await loop.issue(THIN);
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:hold");
  const body = `${SAMPLE_ISSUE.body}\n\n/cairn ready`;
  await loop.maintainer.post(`${loop.repo}/issues/${issue}/comments`, { body });
  await done(loop, issue);
  expectOnce(loop);
  expect(await codes(loop, issue)).toHaveLength(1);
  const { content } = await loop.maintainer.get<{ content: string }>(`${loop.repo}/contents/answer.md`);
  const read = Buffer.from(content, "base64").toString();
  expect(read).toContain(`## Answer by @maya\n\n${SAMPLE_ISSUE.body}`);
  expect(read).not.toContain("/cairn");
});

test("24: an answer that is edited before the agent begins stops the work, which begins anew when somebody asks", async () => {
  const agent = 'cp "$CAIRN_ISSUE_FILE" answer.md';
  await using loop = await startLoop({ agent });
  const issue = await loop.issue(THIN);
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:hold");
  // The first start is lost: there is time to think better of it.
  const path = `${REPO}/actions/workflows/{workflow_id}/dispatches`;
  fault(loop, { method: "POST", path, fault: { kind: "request-lost" } });
  const comments = `${loop.repo}/issues/${issue}/comments`;
  const { id } = await loop.maintainer.post<{ id: number }>(comments, { body: SAMPLE_ISSUE.body });
  await waitsFor(loop, "a run to take up implement/1");
  const better = `${SAMPLE_ISSUE.body}\n\n- [ ] it should be friendly`;
  expect(await request(loop, "PATCH", `${loop.repo}/issues/comments/${id}`, { body: better })).toBe(200);
  await pass(loop, 61);
  await loop.until("the hold", async () =>
    (await chainOf(loop, issue)).hold?.reason === "text-changed" ? true : undefined,
  );
  expect(runsOf(loop)).toHaveLength(1);
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  const { content } = await loop.maintainer.get<{ content: string }>(`${loop.repo}/contents/answer.md`);
  expect(Buffer.from(content, "base64").toString()).toContain("it should be friendly");
}, 120_000);

test("24: words that an outsider wrote after the label are not worked on until somebody with the right asks again", async () => {
  await using loop = await startLoop();
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "read");
  const { number: issue } = await loop.outsider.post<{ number: number }>(`${loop.repo}/issues`, THIN);
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:hold");
  const by = loop.stage.tokens.outsider;
  expect(await request(loop, "PATCH", `${loop.repo}/issues/${issue}`, { body: SAMPLE_ISSUE.body }, by)).toBe(
    200,
  );
  await waitsFor(
    loop,
    /^hold: Somebody without write access changed the issue's text after work was asked for/,
  );
  expect(await holdOf(loop, issue)).toBe("text-unseen");
  const said = (await loop.shown(issue)).comments.map(({ body }) => body).join("\n");
  // The question has said what such an edit comes to, and the hold says what it is.
  expect(said).toContain(
    "by somebody without write access, somebody who has it reads the text and sets the label again",
  );
  expect(said).not.toContain("after work was declared");
  await pass(loop, 600);
  await loop.app.idle();
  expect(runsOf(loop)).toEqual([]);
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
});

test("24: an issue that belongs to another repository is not taken here, and is once its label is off", async () => {
  await using loop = await startLoop();
  await configure(loop, { repositories: { "area-billing": "acme/billing" } });
  const issue = await loop.issue();
  await loop.maintainer.post(`${loop.repo}/issues/${issue}/labels`, {
    labels: ["area-billing", "cairn:ready"],
  });
  await labelled(loop, issue, "cairn:hold");
  expect(await codes(loop, issue)).toEqual([["other-repository"]]);
  expect((await loop.shown(issue)).comments.at(-1)?.body).toContain(
    "- A label says that this belongs to another repository. `area-billing: acme/billing`",
  );
  await pass(loop, 600);
  await loop.app.idle();
  expect(runsOf(loop)).toEqual([]);
  expect(await request(loop, "DELETE", `${loop.repo}/issues/${issue}/labels/area-billing`)).toBe(200);
  await done(loop, issue);
  expectOnce(loop);
  expect(await codes(loop, issue)).toHaveLength(1);
});

test("24: what is reserved for people is handed to them, and dependencies are waited for", async () => {
  await using loop = await startLoop();
  await configure(loop, { "reserved-labels": ["legal"] });
  const reserved = await loop.issue({ title: "For people" });
  await loop.maintainer.post(`${loop.repo}/issues/${reserved}/labels`, { labels: ["legal", "cairn:ready"] });
  await labelled(loop, reserved, "cairn:hold");
  expect(await codes(loop, reserved)).toEqual([["reserved-label"]]);
  const first = await loop.issue({ title: "First" });
  const second = await loop.issue({ body: `${SAMPLE_ISSUE.body}\n\nBlocked by: #${first}` });
  await loop.ready(second);
  await waitsFor(loop, `#${first} to be closed`);
  expect(runsOf(loop)).toEqual([]);
  expect(await edit(loop, first, { state: "closed" })).toBe(200);
  await pass(loop, 600);
  await done(loop, second);
  expectOnce(loop);
  expect(await codes(loop, second)).toEqual([]);
});

test("24: an issue that names what no patch may touch is asked about, and no agent is spent on it", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue({
    body: `${SAMPLE_ISSUE.body}\n\nChange \`.github/workflows/ci.yml\` as well.`,
  });
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:hold");
  expect(await codes(loop, issue)).toEqual([["reserved-path"]]);
  expect(runsOf(loop)).toEqual([]);
  await edit(loop, issue, { body: SAMPLE_ISSUE.body });
  await done(loop, issue);
  expectOnce(loop);
});

test("24: dependencies that cannot end are named: a circle, an issue that is not there, more than are looked at", async () => {
  await using loop = await startLoop();
  const first = await loop.issue({ title: "First" });
  const second = await loop.issue({ title: "Second", body: `${SAMPLE_ISSUE.body}\n\nBlocked by: #${first}` });
  const third = await loop.issue({ title: "Third" });
  await blockedBy(loop, third, second);
  // Its own text names one of them; the way back goes through GitHub's list.
  await edit(loop, first, { body: `${SAMPLE_ISSUE.body}\n\n- [ ] Blocked by: #${third}, #999` });
  await loop.ready(first);
  await waitsFor(
    loop,
    `#${third} (which waits for this issue in a circle: #${first}, #${third}, #${second}, #${first}), #999 (there is no such issue: correct the line that names it) to be closed`,
  );
  await edit(loop, first, { state: "closed" });
  const many: number[] = [];
  for (let at = 0; at < 21; at += 1) many.push(await loop.issue({ title: `Number ${at}` }));
  for (const one of many.slice(0, -1)) await edit(loop, one, { state: "closed" });
  const last = await loop.issue({ body: `${SAMPLE_ISSUE.body}\n\nBlocked by: #${many.join(", #")}` });
  await loop.ready(last);
  await waitsFor(loop, "1 more (the text names 21, and 20 are looked at: name fewer) to be closed");
  expect(runsOf(loop)).toEqual([]);
}, 120_000);

test("24: what GitHub's own list says of dependencies is waited for", async () => {
  await using loop = await startLoop();
  const first = await loop.issue({ title: "First" });
  const second = await loop.issue();
  await blockedBy(loop, second, first);
  await loop.ready(second);
  await waitsFor(loop, `#${first} to be closed`);
  expect(runsOf(loop)).toEqual([]);
  await edit(loop, first, { state: "closed" });
  await pass(loop, 600);
  await done(loop, second);
  expectOnce(loop);
});
