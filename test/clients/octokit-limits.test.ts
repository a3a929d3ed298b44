/** Octokit's plugins against refusals, failures and conditional requests of the sandbox. The waits run on its clock. */
import { afterEach, expect, test, vi } from "vitest";
import type { FaultRule } from "../../src/sandbox/control/faults.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";
import { asInstallation, asToken, type Client } from "./octokit.ts";

const here = { owner: "acme", repo: "tools" };
const LABELS = "/repos/{owner}/{repo}/issues/{issue_number}/labels";
const COMMENTS = "/repos/{owner}/{repo}/issues/{issue_number}/comments";

const open: Fixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture[Symbol.asyncDispose]();
});

async function sandbox(options: Parameters<typeof start>[0] = {}): Promise<Fixture> {
  const fixture = await start(options);
  open.push(fixture);
  await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" });
  return fixture;
}

/** Handlers that agree to try again, and let the time pass that the sandbox asks for: a second is a tenth of a millisecond. */
function patient(fixture: Fixture) {
  const wait = (seconds: number): true => {
    fixture.sandbox.clock.advance(seconds * 1000);
    return true;
  };
  const onSecondaryRateLimit = vi.fn(wait);
  const onRateLimit = vi.fn(wait);
  // The plugin spaces the writes of all clients of one `id`.
  const throttle = { id: fixture.sandbox.url, onSecondaryRateLimit, onRateLimit, retryAfterBaseValue: 0.1 };
  return { throttle, onSecondaryRateLimit, onRateLimit };
}

/** What came of the requests to a route, in order. */
const statuses = ({ sandbox: { requestLog } }: Fixture, route: string): number[] =>
  requestLog.filter((entry) => entry.route === route).map(({ status }) => status);

const comment = (client: Client) => client.rest.issues.createComment({ ...here, issue_number: 1, body: "b" });

test("the secondary limit is waited out as long as it says, and the write is then made once", async () => {
  const fixture = await sandbox();
  const app = fixture.as(await fixture.installationToken());
  // 900 points a minute; a write has 5.
  for (let batch = 0; batch < 3; batch += 1)
    await Promise.all(Array.from({ length: 60 }, () => app("POST", "~/issues/1/labels", { labels: ["a"] })));
  const { throttle, onSecondaryRateLimit, onRateLimit } = patient(fixture);
  const { rest } = asInstallation(fixture, { throttle });
  const { data } = await rest.issues.addLabels({ ...here, issue_number: 1, labels: ["b"] });
  expect(data.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(onSecondaryRateLimit).toHaveBeenCalledExactlyOnceWith(60, expect.anything(), expect.anything(), 0);
  expect(onRateLimit).not.toHaveBeenCalled();
  expect(statuses(fixture, LABELS).slice(180)).toEqual([403, 200]);
});

test("the primary limit is waited out until its reset", async () => {
  const fixture = await sandbox();
  await fixture.sandbox.createRepository("acme", "open", { files: { a: "a" } });
  const anybody = fixture.as(undefined);
  await Promise.all(Array.from({ length: 60 }, () => anybody("GET", "/repos/acme/open")));
  const { throttle, onSecondaryRateLimit, onRateLimit } = patient(fixture);
  const client = asToken(fixture, undefined, { throttle });
  const { headers } = await client.rest.repos.get({ owner: "acme", repo: "open" });
  const [seconds] = onRateLimit.mock.calls[0] ?? [0];
  expect(seconds).toBeGreaterThan(3590);
  expect(seconds).toBeLessThanOrEqual(3602);
  expect(onSecondaryRateLimit).not.toHaveBeenCalled();
  expect(headers).toMatchObject({ "x-ratelimit-limit": "60", "x-ratelimit-remaining": "59" });
});

test("how much is left can be asked without cost, also when nothing is left", async () => {
  const fixture = await sandbox();
  const nobody = asToken(fixture, undefined);
  const core = async () => (await nobody.rest.rateLimit.get()).data.resources.core;
  expect(await core()).toMatchObject({ limit: 60, used: 0 });
  await Promise.all(Array.from({ length: 60 }, () => nobody.rest.meta.getZen()));
  await expect(nobody.rest.meta.getZen()).rejects.toMatchObject({ status: 403 });
  expect(await core()).toMatchObject({ used: 60, remaining: 0 });
});

test("a 429 is a limit too, and without retry-after a minute is waited", async () => {
  const fixture = await sandbox();
  const message = "You have exceeded a secondary rate limit.";
  fixture.sandbox.faults.add({ path: COMMENTS, fault: { kind: "status", status: 429, message } });
  const { throttle, onSecondaryRateLimit } = patient(fixture);
  const client = asInstallation(fixture, { throttle, retry: { enabled: false } });
  await client.rest.issues.listComments({ ...here, issue_number: 1 });
  expect(onSecondaryRateLimit).toHaveBeenCalledExactlyOnceWith(60, expect.anything(), expect.anything(), 0);
});

test("a permission that is missing is no limit: nobody waits", async () => {
  const fixture = await sandbox();
  const { throttle, onSecondaryRateLimit, onRateLimit } = patient(fixture);
  const token = await fixture.installationToken({ permissions: { issues: "read" } });
  await expect(comment(asToken(fixture, token, { throttle }))).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining("Resource not accessible by integration"),
  });
  expect(onSecondaryRateLimit).not.toHaveBeenCalled();
  expect(onRateLimit).not.toHaveBeenCalled();
});

test("a read is repeated after 5xx and lost connections; what is refused is not", async () => {
  const fixture = await sandbox();
  const client = asInstallation(fixture);
  const path = "/repos/{owner}/{repo}/issues/{issue_number}";
  for (const fault of [
    { kind: "status", status: 502 },
    { kind: "request-lost" },
    { kind: "answer-lost" },
  ] as const)
    fixture.sandbox.faults.add({ path, fault } satisfies FaultRule);
  expect((await client.rest.issues.get({ ...here, issue_number: 1 })).data.title).toBe("t");
  expect(statuses(fixture, path)).toEqual([502, 0, 0, 200]);
  fixture.sandbox.faults.clear();
  await expect(client.rest.issues.get({ ...here, issue_number: 7 })).rejects.toMatchObject({ status: 404 });
  expect(statuses(fixture, path)).toHaveLength(5);
});

test("a write whose answer is lost is made again by the retry plugin, unless it is told not to", async () => {
  const fixture = await sandbox();
  const client = asInstallation(fixture);
  fixture.sandbox.faults.add({ method: "POST", path: COMMENTS, fault: { kind: "answer-lost" } });
  await comment(client);
  expect(fixture.sandbox.world.comments.size).toBe(2);
  fixture.sandbox.faults.add({ method: "POST", path: COMMENTS, fault: { kind: "answer-lost" } });
  const once = { ...here, issue_number: 1, body: "b", request: { retries: 0 } };
  await expect(client.rest.issues.createComment(once)).rejects.toMatchObject({ status: 500 });
  expect(fixture.sandbox.world.comments.size).toBe(3);
});

test("what is unchanged is 304 and costs nothing, to those who say who they are, with the same token", async () => {
  const fixture = await sandbox();
  const client = asInstallation(fixture);
  const used = async () => (await client.rest.rateLimit.get()).data.resources.core.used;
  const get = (headers: Readonly<Record<string, string | undefined>>) =>
    client.rest.issues.get({ ...here, issue_number: 1, headers });
  const first = await get({});
  const { etag = "", "last-modified": modified = "" } = first.headers;
  expect(modified).toBe(new Date(first.data.updated_at).toUTCString());
  const before = await used();
  await expect(get({ "if-none-match": etag })).rejects.toMatchObject({ status: 304 });
  await expect(get({ "if-none-match": `"other", ${etag.replace("W/", "")}` })).rejects.toMatchObject({
    status: 304,
  });
  await expect(get({ "if-modified-since": modified })).rejects.toMatchObject({ status: 304 });
  expect(await used()).toBe(before);

  // github/docs#34689: another token, another etag, whatever the content.
  const other = asToken(fixture, await fixture.installationToken());
  const again = await other.rest.issues.get({ ...here, issue_number: 1, headers: { "if-none-match": etag } });
  expect(again.data).toEqual(first.data);
  fixture.sandbox.clock.advance(2000);
  await client.rest.issues.update({ ...here, issue_number: 1, title: "changed" });
  for (const condition of [{ "if-none-match": etag }, { "if-modified-since": modified }])
    expect((await get(condition)).data.title).toBe("changed");
});

test("to nobody, what is unchanged costs as much as what is new", async () => {
  const fixture = await sandbox();
  await fixture.sandbox.createRepository("acme", "open", { files: { a: "a" } });
  const nobody = asToken(fixture, undefined);
  const open = { owner: "acme", repo: "open" };
  const { etag = "" } = (await nobody.rest.repos.get(open)).headers;
  await expect(nobody.rest.repos.get({ ...open, headers: { "if-none-match": etag } })).rejects.toMatchObject({
    status: 304,
    response: { headers: { "x-ratelimit-used": "2" } },
  });
});
