/** The check itself: what is wrong is seen, and told with its place. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { start } from "../sandbox/fixture.ts";
import { check } from "./check.ts";
import type { ObservedEvent, ObservedExchange } from "./observed.ts";

const ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}";

/** What a sandbox answers to a read of an issue, with something changed. */
async function issueRead(change: (body: Record<string, unknown>) => void): Promise<ObservedExchange> {
  await using fixture = await start();
  const call = fixture.as(fixture.tokens.maintainer);
  await call("POST", "~/issues", { title: "t" });
  const { body } = await call("GET", "~/issues/1");
  change(body);
  return {
    kind: "exchange",
    method: "GET",
    template: ISSUE,
    params: { owner: "acme", repo: "tools", issue_number: "1" },
    query: {},
    sent: "",
    status: 200,
    type: "application/json; charset=utf-8",
    body: JSON.stringify(body),
    fault: undefined,
  };
}

const told = async (...seen: Parameters<typeof check>) =>
  (await check(...seen)).violations.map(({ where, pointer, says }) => [where, pointer, says]);

test("an answer with a field of its own, without a required one, or with a wrong type is told of", async () => {
  const where = `answer GET ${ISSUE} 200`;
  expect(await told(await issueRead(() => undefined))).toEqual([]);
  const fake = await issueRead((body) => Object.assign(body, { priority: "high" }));
  expect((await check(fake)).violations).toEqual([
    { where, pointer: "/priority", found: '"high"', says: "no such field" },
  ]);
  const bare = await issueRead((body) => {
    delete body.labels;
    body.number = "1";
    Object.assign(body.user as object, { nick: "m" });
  });
  expect((await told(bare)).sort()).toEqual([
    [where, "/labels", "a required field"],
    [where, "/number", "must be integer"],
    [where, "/user/nick", "no such field"],
  ]);
});

test("a status, a parameter or a body that is not described is told of", async () => {
  const seen = await issueRead(() => undefined);
  expect(await told({ ...seen, status: 418 })).toEqual([[`answer GET ${ISSUE} 418`, "", "no such status"]]);
  expect(await told({ ...seen, query: { expand: "all" } })).toEqual([
    [`parameters GET ${ISSUE}`, "/query/expand", "no such field"],
  ]);
  const params = { ...seen.params, issue_number: "one" };
  expect(await told({ ...seen, params })).toEqual([
    [`parameters GET ${ISSUE}`, "/path/issue_number", "must be integer"],
  ]);
  const patch = { ...seen, method: "PATCH", sent: JSON.stringify({ state: "done" }) };
  expect(await told(patch)).toEqual([[`request PATCH ${ISSUE}`, "/state", 'one of ["open","closed"]']]);
  expect((await told({ ...seen, body: "<html>" }))[0]?.[2]).toBe("must be object");
});

test("a refusal has GitHub's words for it, also where the operation describes none", async () => {
  const seen = await issueRead(() => undefined);
  const refusal = { message: "Bad credentials", documentation_url: "https://docs.github.com/rest" };
  const refused = (body: object) => ({ ...seen, status: 401, body: JSON.stringify(body) });
  expect(await told(refused(refusal))).toEqual([]);
  expect(await told(refused({ ...refusal, reason: "expired" }))).toEqual([
    ["refusal", "/reason", "no such field"],
  ]);
});

test("an event is held against the payload of its action", async () => {
  const event: ObservedEvent = { kind: "event", event: "issues", action: "vanished", payload: "{}" };
  expect(await told(event)).toEqual([["event issues-vanished", "", "no such event"]]);
  const deleted = (await told({ ...event, event: "label", action: "deleted" })).map(([, pointer]) => pointer);
  expect(deleted).toEqual(["/action", "/label", "/repository", "/sender"]);
});

test("of many alternatives the nearest is told of", async () => {
  const seen = await issueRead(() => undefined);
  const labeled = { event: "labeled", label: { name: "bug", color: 7 } };
  const rest = { id: 1, node_id: "x", url: "x", commit_id: null, commit_url: null, created_at: "x" };
  const entry = { ...rest, ...labeled, actor: JSON.parse(seen.body).user, performed_via_github_app: null };
  const timeline = { ...seen, template: `${ISSUE}/timeline`, body: JSON.stringify([entry]) };
  expect(await told(timeline)).toEqual([
    [`answer GET ${ISSUE}/timeline 200`, "/0/label/color", "must be string"],
  ]);
});

test("a sandbox in a process of its own is looked at too", async () => {
  const sandbox = new URL("../../src/sandbox/index.ts", import.meta.url);
  const script = `import { startSandbox } from "${sandbox}";
    await using own = await startSandbox();
    await fetch(own.url + "/zen");`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  const lines = readFileSync(process.env.CAIRN_TEST_OBSERVED ?? "", "utf8")
    .trim()
    .split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { method: "GET", template: "/zen", status: 200 },
  ]);
});
