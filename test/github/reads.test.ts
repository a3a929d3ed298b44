/** Reads are GET only, repeated where that helps, and a list says whether it is whole (I6). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "../../src/github/client.ts";
import { connect, createGovernor, GitHubError, type GitHubReads, realClock } from "../../src/github/index.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";

let fixture: Fixture;
let reads: GitHubReads;

beforeAll(async () => {
  fixture = await start();
  const token = await fixture.installationToken();
  reads = connect({
    apiUrl: fixture.sandbox.url,
    address: () => ({ owner: "acme", repo: "tools" }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => token,
  }).reads;
});
afterAll(() => fixture[Symbol.asyncDispose]());

const newIssue = async (): Promise<number> =>
  (await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" })).body.number;

test("250 comments are read over three pages, last to first, and one deleted between two reads is not missed", async () => {
  const issue = await newIssue();
  const maya = fixture.as(fixture.tokens.maintainer);
  const ids: number[] = [];
  for (let index = 0; index < 250; index += 1) {
    ids.push((await maya("POST", `~/issues/${issue}/comments`, { body: `comment ${index}` })).body.id);
  }
  const before = fixture.sandbox.requestLog.length;
  const whole = await reads.comments(issue, 250);
  expect(whole.value).toMatchObject({ kind: "complete" });
  expect(whole.value.items.map(({ id }) => id)).toEqual(ids);
  expect(fixture.sandbox.requestLog.length - before).toBe(3);
  // Slow down the reads after the first page, and delete an early comment meanwhile.
  fixture.sandbox.faults.add({
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    after: 1,
    count: 2,
    fault: { kind: "hang", ms: 150 },
  });
  const reading = reads.comments(issue, 250);
  await new Promise((resolve) => setTimeout(resolve, 60));
  await maya("DELETE", `~/issues/comments/${ids[0]}`);
  const { value } = await reading;
  const found = new Set(value.items.map(({ id }) => id));
  expect(ids.slice(1).every((id) => found.has(id))).toBe(true);
  fixture.sandbox.faults.clear();
});

test("a list that is shorter than GitHub's own count says so", async () => {
  const issue = await newIssue();
  await fixture.as(fixture.tokens.maintainer)("POST", `~/issues/${issue}/comments`, { body: "one" });
  expect((await reads.comments(issue, 2)).value).toMatchObject({ kind: "short", expected: 2 });
});

test("a read is repeated after a 502, within bounds", async () => {
  const issue = await newIssue();
  const fault = { method: "GET", path: "/repos/{owner}/{repo}/issues/{issue_number}" };
  fixture.sandbox.faults.add({ ...fault, count: 1, fault: { kind: "status", status: 502 } });
  expect((await reads.issue(issue))?.value.number).toBe(issue);
  fixture.sandbox.faults.add({ ...fault, count: 50, fault: { kind: "status", status: 502 } });
  await expect(reads.issue(issue)).rejects.toMatchObject({ kind: "unavailable" });
  fixture.sandbox.faults.clear();
});

test("what is not there is undefined; what may not be seen is an error with the next step", async () => {
  expect(await reads.issue(9_999)).toBeUndefined();
  expect(await reads.ref("cairn/9999")).toBeUndefined();
  expect(await reads.permission("nobody-here")).toMatchObject({ value: "none" });
  expect(await reads.permission("rui")).toMatchObject({ value: "write" });
  const error = new GitHubError("forbidden", "GET /x", "403 no");
  expect(error.message).toBe("GET /x: 403 no; check the App's permissions on this repository");
});

test("the reading client can send nothing but GET", async () => {
  const token = await fixture.installationToken();
  const client = createClient({
    apiUrl: fixture.sandbox.url,
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => token,
  });
  const before = fixture.sandbox.requestLog.length;
  await client.get("/repos/{owner}/{repo}", { owner: "acme", repo: "tools" });
  expect(fixture.sandbox.requestLog.slice(before).map(({ method }) => method)).toEqual(["GET"]);
});
