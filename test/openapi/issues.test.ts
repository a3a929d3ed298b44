/** Issues and what hangs on them (docs: REST "Issues", "Labels", "Reactions", "Sub-issues", "Issue dependencies"). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Call, type Fixture, start } from "../sandbox/fixture.ts";

let fixture: Fixture;
let maya: Call;
let app: Call;

beforeAll(async () => {
  fixture = await start();
  maya = fixture.as(fixture.tokens.maintainer);
  app = fixture.as(await fixture.installationToken());
});
afterAll(() => fixture[Symbol.asyncDispose]());

const open = async (title: string) => (await app("POST", "~/issues", { title })).body;
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

test("labels of a repository are made, renamed, listed and taken away, and issues follow", async () => {
  const { number } = await open("labels");
  const made = await maya("POST", "~/labels", { name: "bug", color: "ff0000", description: "broken" });
  expect([made.status, made.body]).toMatchObject([201, { name: "bug", color: "ff0000", default: false }]);
  const again = await maya("POST", "~/labels", { name: "BUG" });
  expect([again.status, again.body.errors[0].code]).toEqual([422, "already_exists"]);
  await app("POST", `~/issues/${number}/labels`, { labels: ["bug", "help"] });
  expect((await maya("PATCH", "~/labels/bug", { new_name: "defect" })).body.name).toBe("defect");
  expect(names((await maya("GET", `~/issues/${number}/labels`)).body)).toEqual(["defect", "help"]);
  expect((await maya("GET", "~/labels/defect")).body.description).toBe("broken");
  expect(names((await maya("GET", "~/labels")).body)).toContain("help");
  expect((await maya("DELETE", "~/labels/defect")).status).toBe(204);
  expect(names((await maya("GET", `~/issues/${number}/labels`)).body)).toEqual(["help"]);
  expect((await maya("DELETE", `~/issues/${number}/labels`)).status).toBe(204);
  expect((await maya("GET", `~/issues/${number}`)).body.labels).toEqual([]);
});

test("assignees are added and removed", async () => {
  const { number } = await open("assignees");
  const added = await maya("POST", `~/issues/${number}/assignees`, { assignees: ["rui"] });
  expect(added.status).toBe(201);
  expect(added.body.assignees.map((user: { login: string }) => user.login)).toEqual(["rui"]);
  const removed = await maya("DELETE", `~/issues/${number}/assignees`, { assignees: ["rui"] });
  expect([removed.status, removed.body.assignees]).toEqual([200, []]);
});

test("a lock is set with its reason and taken off, and the timeline tells of all that happened", async () => {
  const { number } = await open("history");
  await app("POST", `~/issues/${number}/comments`, { body: "first" });
  expect((await maya("PUT", `~/issues/${number}/lock`, { lock_reason: "resolved" })).status).toBe(204);
  expect((await maya("DELETE", `~/issues/${number}/lock`)).status).toBe(204);
  await maya("POST", `~/issues/${number}/labels`, { labels: ["seen"] });
  await maya("POST", `~/issues/${number}/assignees`, { assignees: ["rui"] });
  await maya("PATCH", `~/issues/${number}`, { title: "History" });
  await maya("PATCH", `~/issues/${number}`, { state: "closed", state_reason: "not_planned" });
  const kinds = (list: readonly { event: string }[]) => list.map(({ event }) => event);
  const events = ["locked", "unlocked", "labeled", "assigned", "renamed", "closed"];
  expect(kinds((await maya("GET", `~/issues/${number}/timeline`)).body)).toEqual(["commented", ...events]);
  expect(kinds((await maya("GET", `~/issues/${number}/events`)).body)).toEqual(events);
  const [last] = (await maya("GET", "~/issues/events?per_page=1")).body;
  expect(last.event).toBe("closed");
  expect((await maya("GET", `~/issues/events/${last.id}`)).body.issue.number).toBe(number);
});

test("comments of a whole repository are listed and read one by one", async () => {
  const { number } = await open("comments");
  const { id } = (await app("POST", `~/issues/${number}/comments`, { body: "hello" })).body;
  expect((await maya("GET", `~/issues/comments/${id}`)).body).toMatchObject({ id, body: "hello" });
  const all = (await maya("GET", "~/issues/comments?sort=created&direction=desc")).body;
  expect(all[0].id).toBe(id);
});

test("reactions to issues and comments are listed, counted and taken back", async () => {
  const { number } = await open("reactions");
  const { id } = (await app("POST", `~/issues/${number}/comments`, { body: "hello" })).body;
  for (const place of [`~/issues/${number}`, `~/issues/comments/${id}`]) {
    const made = await maya("POST", `${place}/reactions`, { content: "rocket" });
    expect(made.status).toBe(201);
    // docs: REST "Reactions": 200 where the reaction was there already.
    expect((await maya("POST", `${place}/reactions`, { content: "rocket" })).status).toBe(200);
    expect((await maya("GET", `${place}/reactions?content=rocket`)).body).toHaveLength(1);
    expect((await maya("GET", `${place}/reactions?content=heart`)).body).toEqual([]);
    expect((await maya("GET", place)).body.reactions).toMatchObject({ rocket: 1, total_count: 1 });
    expect((await maya("DELETE", `${place}/reactions/${made.body.id}`)).status).toBe(204);
  }
});

test("a sub-issue has its parent until it is taken out; a blocker blocks until it is taken off", async () => {
  const [parent, child] = [await open("parent"), await open("child")];
  await maya("POST", `~/issues/${parent.number}/sub_issues`, { sub_issue_id: child.id });
  expect((await maya("GET", `~/issues/${child.number}/parent`)).body.number).toBe(parent.number);
  const removed = await maya("DELETE", `~/issues/${parent.number}/sub_issue`, { sub_issue_id: child.id });
  expect([removed.status, removed.body.number]).toEqual([200, parent.number]);
  expect((await maya("GET", `~/issues/${child.number}/parent`)).status).toBe(404);
  const blockers = `~/issues/${child.number}/dependencies/blocked_by`;
  await maya("POST", blockers, { issue_id: parent.id });
  expect((await maya("GET", blockers)).body.map((one: { id: number }) => one.id)).toEqual([parent.id]);
  expect((await maya("DELETE", `${blockers}/${parent.id}`)).status).toBe(200);
  expect((await maya("GET", blockers)).body).toEqual([]);
});
