/** Pull requests, reviews and their comments (docs: REST "Pulls"). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PullScene, pullScene } from "./scene.ts";

let scene: PullScene;
let pull: string;

beforeAll(async () => {
  scene = await pullScene();
  pull = `~/pulls/${scene.number}`;
});
afterAll(() => scene[Symbol.asyncDispose]());

test("a pull request tells its files, and that it is not merged", async () => {
  const files = (await scene.maya("GET", `${pull}/files`)).body;
  expect(files).toMatchObject([{ filename: "src/new.js", status: "added", additions: 2, deletions: 0 }]);
  expect((await scene.maya("GET", `${pull}/merge`)).status).toBe(404);
});

test("a reviewer is asked, listed, and asked no longer", async () => {
  const reviewers = `${pull}/requested_reviewers`;
  await scene.app("POST", reviewers, { reviewers: ["rui"] });
  expect((await scene.maya("GET", reviewers)).body).toMatchObject({ users: [{ login: "rui" }], teams: [] });
  const removed = await scene.app("DELETE", reviewers, { reviewers: ["rui"] });
  expect([removed.status, removed.body.requested_reviewers]).toEqual([200, []]);
});

test("a pending review is its author's until it is submitted, and can be thrown away before", async () => {
  const { rui, maya } = scene;
  const first = (await rui("POST", `${pull}/reviews`, { body: "draft" })).body;
  expect(first.state).toBe("PENDING");
  expect((await maya("GET", `${pull}/reviews/${first.id}`)).status).toBe(404);
  expect((await rui("DELETE", `${pull}/reviews/${first.id}`)).body.id).toBe(first.id);
  const comments = [{ path: "src/new.js", line: 1, side: "RIGHT", body: "here" }];
  const { id } = (await rui("POST", `${pull}/reviews`, { body: "draft", comments })).body;
  const sent = await rui("POST", `${pull}/reviews/${id}/events`, { event: "COMMENT", body: "done" });
  expect(sent.body).toMatchObject({ state: "COMMENTED", body: "done" });
  expect((await rui("PUT", `${pull}/reviews/${id}`, { body: "Done." })).body.body).toBe("Done.");
  expect((await maya("GET", `${pull}/reviews/${id}`)).body.body).toBe("Done.");
  expect((await maya("GET", `${pull}/reviews/${id}/comments`)).body).toMatchObject([{ body: "here" }]);
});

test("a comment on a line is answered, listed and read", async () => {
  const { rui, maya, sha } = scene;
  const given = { body: "why?", commit_id: sha, path: "src/new.js", line: 2, side: "RIGHT" };
  const made = await rui("POST", `${pull}/comments`, given);
  expect([made.status, made.body]).toMatchObject([201, { line: 2, commit_id: sha, subject_type: "line" }]);
  const { id } = made.body;
  const reply = await maya("POST", `${pull}/comments/${id}/replies`, { body: "because" });
  expect([reply.status, reply.body]).toMatchObject([201, { in_reply_to_id: id, path: "src/new.js" }]);
  const listed = (await maya("GET", `${pull}/comments`)).body;
  expect(listed.map((one: { body: string }) => one.body)).toEqual(
    expect.arrayContaining(["why?", "because"]),
  );
  expect((await maya("GET", `~/pulls/comments/${id}`)).body.body).toBe("why?");
  const nowhere = await rui("POST", `${pull}/comments`, { ...given, path: "README.md" });
  expect(nowhere.status).toBe(422);
});

test("an approval is dismissed with its reason; the timeline shows reviews", async () => {
  const { rui, maya } = scene;
  const { id } = (await rui("POST", `${pull}/reviews`, { event: "APPROVE" })).body;
  const dismissed = await maya("PUT", `${pull}/reviews/${id}/dismissals`, { message: "too early" });
  expect(dismissed.body.state).toBe("DISMISSED");
  const timeline = (await maya("GET", `~/issues/${scene.number}/timeline`)).body;
  const kinds = timeline.map((one: { event: string }) => one.event);
  expect(kinds).toEqual(expect.arrayContaining(["reviewed", "review_dismissed"]));
});

test("after the merge it is merged", async () => {
  const { maya } = scene;
  await expect.poll(async () => (await maya("GET", pull)).body.mergeable).toBe(true);
  expect((await maya("PUT", `${pull}/merge`, {})).status).toBe(200);
  expect((await maya("GET", `${pull}/merge`)).status).toBe(204);
});
