/** Sub-issues and dependencies (docs: REST "Sub-issues", "Issue dependencies"; webhooks `sub_issues`, `issue_dependencies`). */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Call } from "./fixture.ts";
import { type Hearing, hearing } from "./hearing.ts";

let fixture: Hearing;
let maya: Call;
let app: Call;

beforeAll(async () => {
  fixture = await hearing("sub_issues", "issue_dependencies");
  maya = fixture.as(fixture.tokens.maintainer);
  app = fixture.as(await fixture.installationToken());
  // A hundred sub-issues in a minute are more than GitHub takes.
  await maya("POST", "/_sandbox/limits", { limits: "off" });
});
beforeEach(() => fixture.heard());
afterAll(() => fixture[Symbol.asyncDispose]());

interface Made {
  readonly number: number;
  readonly id: number;
}

async function issue(title = "t"): Promise<Made> {
  const { number, id } = (await maya("POST", "~/issues", { title })).body;
  return { number, id };
}

const issues = (count: number): Promise<Made[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => issue(`t${at}`)));

const adopt = (parent: Made, child: Made, more = {}) =>
  app("POST", `~/issues/${parent.number}/sub_issues`, { sub_issue_id: child.id, ...more });

const block = (blocked: Made, blocker: Made) =>
  app("POST", `~/issues/${blocked.number}/dependencies/blocked_by`, { issue_id: blocker.id });

const numbers = (list: readonly Made[]): number[] => list.map(({ number }) => number);

const tellsOf = (heard: Awaited<ReturnType<Hearing["heard"]>>, event: string) =>
  heard.filter(({ name }) => name.startsWith(event));

test("a sub-issue has one parent, which says so to both sides' history and webhooks", async () => {
  const [parent, child] = (await issues(2)) as [Made, Made];
  await fixture.heard();
  const added = await adopt(parent, child);
  expect(added.status).toBe(201);
  expect(added.headers.get("location")).toBe(added.body.url);
  expect(added.body).toMatchObject({ number: parent.number, sub_issues_summary: { total: 1, completed: 0 } });
  expect((await app("GET", `~/issues/${child.number}/parent`)).body.number).toBe(parent.number);
  expect((await app("GET", `~/issues/${child.number}`)).body.parent_issue_url).toBe(added.body.url);

  // Fields: GitHub's webhook descriptions `sub-issues-sub-issue-added` and `sub-issues-parent-issue-added`.
  const [toParent, toChild] = tellsOf(await fixture.heard(), "sub_issues");
  expect(toParent).toMatchObject({
    name: "sub_issues.sub_issue_added",
    payload: {
      parent_issue_id: parent.id,
      parent_issue: { number: parent.number },
      sub_issue_id: child.id,
      sub_issue: { number: child.number },
      sub_issue_repo: { full_name: "acme/tools" },
    },
  });
  expect(toParent?.payload.parent_issue_repo).toBeUndefined();
  expect(toChild).toMatchObject({
    name: "sub_issues.parent_issue_added",
    payload: { parent_issue_repo: { full_name: "acme/tools" }, sub_issue_id: child.id },
  });
  expect((await app("GET", `~/issues/${parent.number}/events`)).body).toMatchObject([
    { event: "sub_issue_added", sub_issue: { number: child.number, state: "open", issue_type: null } },
  ]);
  expect((await app("GET", `~/issues/${child.number}/timeline`)).body).toMatchObject([
    { event: "parent_issue_added", parent_issue: { number: parent.number } },
  ]);

  const removed = await app("DELETE", `~/issues/${parent.number}/sub_issue`, { sub_issue_id: child.id });
  expect([removed.status, removed.body.sub_issues_summary.total]).toEqual([200, 0]);
  expect(tellsOf(await fixture.heard(), "sub_issues").map(({ name }) => name)).toEqual([
    "sub_issues.sub_issue_removed",
    "sub_issues.parent_issue_removed",
  ]);
  const orphan = await app("GET", `~/issues/${child.number}/parent`);
  expect([orphan.status, orphan.body.message]).toEqual([404, "No parent issue found"]);
  const again = await app("DELETE", `~/issues/${parent.number}/sub_issue`, { sub_issue_id: child.id });
  expect(again.status).toBe(404);
});

test("a second parent is refused unless it replaces the first, which hears of it", async () => {
  const [first, second, child] = (await issues(3)) as [Made, Made, Made];
  await adopt(first, child);
  const words = "An error occurred while adding the sub-issue to the parent issue.";
  expect((await adopt(first, child)).body.message).toBe(
    `${words} Issue may not contain duplicate sub-issues and Sub issue may only have one parent`,
  );
  const other = await adopt(second, child);
  expect([other.status, other.body.message]).toEqual([422, `${words} Sub issue may only have one parent`]);
  await fixture.heard();
  expect((await adopt(second, child, { replace_parent: true })).status).toBe(201);
  expect(
    tellsOf(await fixture.heard(), "sub_issues").map(({ name, payload }) => [
      name,
      payload.parent_issue.number,
    ]),
  ).toEqual([
    ["sub_issues.sub_issue_removed", first.number],
    ["sub_issues.parent_issue_removed", first.number],
    ["sub_issues.sub_issue_added", second.number],
    ["sub_issues.parent_issue_added", second.number],
  ]);
  expect((await app("GET", `~/issues/${first.number}/sub_issues`)).body).toEqual([]);
});

test("sub-issues keep the order that they are put into", async () => {
  const [parent, a, b, c] = (await issues(4)) as [Made, Made, Made, Made];
  for (const child of [a, b, c]) await adopt(parent, child);
  const order = async () => numbers((await app("GET", `~/issues/${parent.number}/sub_issues`)).body);
  const put = (body: Record<string, number>) =>
    app("PATCH", `~/issues/${parent.number}/sub_issues/priority`, body);
  expect(await order()).toEqual(numbers([a, b, c]));
  expect((await put({ sub_issue_id: a.id, after_id: b.id })).status).toBe(200);
  expect(await order()).toEqual(numbers([b, a, c]));
  await put({ sub_issue_id: c.id, before_id: b.id });
  expect(await order()).toEqual(numbers([c, b, a]));
  expect((await put({ sub_issue_id: a.id })).status).toBe(422);
  expect((await put({ sub_issue_id: a.id, after_id: parent.id })).status).toBe(404);
});

test("a parent takes a hundred sub-issues, and a tree has eight levels and no circle", async () => {
  const chain = (await issues(9)).sort((a, b) => a.number - b.number);
  for (let at = 0; at < 7; at += 1) expect((await adopt(chain[at]!, chain[at + 1]!)).status).toBe(201);
  const deep = await adopt(chain[7]!, chain[8]!);
  expect([deep.status, deep.body.message]).toEqual([
    422,
    expect.stringContaining("You cannot add more than 7 layers of sub-issues."),
  ]);
  expect((await adopt(chain[7]!, chain[0]!)).status).toBe(422);
  expect((await adopt(chain[8]!, chain[8]!)).status).toBe(422);
  const crowd = await issues(101);
  for (const child of crowd.slice(0, 100)) expect((await adopt(chain[8]!, child)).status).toBe(201);
  const last = await adopt(chain[8]!, crowd[100]!);
  expect([last.status, last.body.message]).toEqual([
    422,
    expect.stringContaining("Parent cannot have more than 100 sub-issues"),
  ]);
  expect((await app("GET", `~/issues/${chain[8]!.number}/sub_issues?per_page=100`)).body).toHaveLength(100);
});

test("a blocker is told of on both sides, and a circle is refused", async () => {
  const [blocked, blocker, third] = (await issues(3)) as [Made, Made, Made];
  await fixture.heard();
  const added = await block(blocked, blocker);
  expect([added.status, added.body.number]).toEqual([201, blocker.number]);
  // Fields: GitHub's webhook descriptions `issue-dependencies-blocked-by-added` and `issue-dependencies-blocking-added`.
  expect(tellsOf(await fixture.heard(), "issue_dependencies")).toMatchObject([
    {
      name: "issue_dependencies.blocked_by_added",
      payload: {
        blocked_issue_id: blocked.id,
        blocked_issue: { number: blocked.number, issue_dependencies_summary: { blocked_by: 1 } },
        blocking_issue_id: blocker.id,
        blocking_issue: { number: blocker.number, issue_dependencies_summary: { blocking: 1 } },
        blocking_issue_repo: { full_name: "acme/tools" },
      },
    },
    {
      name: "issue_dependencies.blocking_added",
      payload: { blocked_issue_repo: { full_name: "acme/tools" } },
    },
  ]);
  expect((await block(blocked, blocker)).status).toBe(422);
  expect((await block(blocked, blocked)).status).toBe(422);
  await block(third, blocked);
  expect((await block(blocker, third)).status).toBe(422);
  expect(numbers((await app("GET", `~/issues/${blocker.number}/dependencies/blocking`)).body)).toEqual([
    blocked.number,
  ]);
  expect(numbers((await app("GET", `~/issues/${third.number}/dependencies/blocked_by`)).body)).toEqual([
    blocked.number,
  ]);
  // A closed blocker blocks no more, and is still counted in the total.
  await maya("PATCH", `~/issues/${blocker.number}`, { state: "closed" });
  expect((await app("GET", `~/issues/${blocked.number}`)).body.issue_dependencies_summary).toEqual({
    blocked_by: 0,
    total_blocked_by: 1,
    blocking: 1,
    total_blocking: 1,
  });
  await fixture.heard();
  const path = `~/issues/${blocked.number}/dependencies/blocked_by/${blocker.id}`;
  expect((await app("DELETE", path)).status).toBe(200);
  expect((await app("DELETE", path)).status).toBe(404);
  expect(tellsOf(await fixture.heard(), "issue_dependencies").map(({ name }) => name)).toEqual([
    "issue_dependencies.blocked_by_removed",
    "issue_dependencies.blocking_removed",
  ]);
  expect((await app("GET", `~/issues/${blocker.number}/events`)).body).toMatchObject([
    { event: "blocking_added", blocking: { number: blocked.number } },
    { event: "closed" },
    { event: "blocking_removed", blocking: { number: blocked.number } },
  ]);
});

test("ties reach over the repositories of one owner, and no further than their sender sees", async () => {
  const other = await fixture.sandbox.createRepository("acme", "secret", {
    private: true,
    files: { a: "a" },
  });
  fixture.sandbox.addCollaborator(other, "maya", "admin");
  const far = (await maya("POST", "/repos/acme/secret/issues", { title: "far" })).body as Made;
  const here = await issue();
  expect((await adopt(here, far)).status).toBe(201);
  const rui = fixture.as(fixture.tokens.reviewer);
  expect((await rui("GET", `~/issues/${here.number}/sub_issues`)).body).toEqual([]);
  const blind = await rui("POST", `~/issues/${here.number}/dependencies/blocked_by`, { issue_id: far.id });
  expect(blind.status).toBe(404);
  // By number, or by a text: GitHub wants the database id.
  const text = await app("POST", `~/issues/${here.number}/sub_issues`, { sub_issue_id: "12" });
  expect([text.status, text.body.message]).toEqual([422, expect.stringContaining("is not of type integer")]);
  expect((await adopt(here, { id: here.number, number: 0 })).status).toBe(404);
});

test("a deleted issue leaves its parent, its sub-issues and what it blocked", async () => {
  const [parent, middle, child, blocked] = (await issues(4)) as [Made, Made, Made, Made];
  await adopt(parent, middle);
  await adopt(middle, child);
  await block(blocked, middle);
  const removed = { repository: "acme/tools", by: "maya", number: middle.number };
  await maya("POST", "/_sandbox/issues/delete", removed);
  expect((await app("GET", `~/issues/${parent.number}/sub_issues`)).body).toEqual([]);
  expect((await app("GET", `~/issues/${child.number}/parent`)).status).toBe(404);
  expect((await app("GET", `~/issues/${blocked.number}`)).body.issue_dependencies_summary).toMatchObject({
    total_blocked_by: 0,
  });
});
