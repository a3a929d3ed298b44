/** Reads that lag: each class by its own distance, on the sandbox's clock (`docs/github.md`, "Reading"). */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { createQuota } from "../../src/sandbox/api/quota.ts";
import { createApiRouter } from "../../src/sandbox/api/routes.ts";
import { createClock } from "../../src/sandbox/clock.ts";
import { createFaults } from "../../src/sandbox/control/faults.ts";
import { readClassOf } from "../../src/sandbox/lag/classes.ts";
import { createLag } from "../../src/sandbox/lag/replicas.ts";
import { parseLag } from "../../src/sandbox/lag/settings.ts";
import { createDeliverer, overHttp } from "../../src/sandbox/webhooks/deliver.ts";
import { emptyWorld, type IssueComment } from "../../src/sandbox/world/state.ts";
import { type Call, type Fixture, receiver, start } from "./fixture.ts";

const require = createRequire(import.meta.url);

interface Ready extends AsyncDisposable {
  readonly fixture: Fixture;
  readonly app: Call;
  readonly people: Call;
  /** Through the control, as a program outside would. */
  lag(text: string): Promise<void>;
  pass(milliseconds: number): Promise<void>;
}

/** One issue, visible; time stands still unless `pass` moves it. */
async function ready(): Promise<Ready> {
  const fixture = await start({ clock: createClock("virtual") });
  const people = fixture.as(fixture.tokens.maintainer);
  await people("POST", "~/issues", { title: "first" });
  return {
    fixture,
    people,
    app: fixture.as(await fixture.installationToken()),
    lag: async (lag) => void expect((await people("POST", "/_sandbox/lag", { lag })).status).toBe(201),
    pass: async (advance) => void (await people("POST", "/_sandbox/clock", { advance })),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

test("lists, single objects, counts and refs lag each by their own time", async () => {
  await using world = await ready();
  const { app } = world;
  const { sha } = (await app("GET", "~/git/ref/heads/main")).body.object;
  await world.lag("list=2s,get=200ms,count=1s,ref=3s");
  const { id } = (await app("POST", "~/issues/1/comments", { body: "hello" })).body;
  await app("POST", "~/git/refs", { ref: "refs/heads/new", sha });
  const seen = async () => ({
    list: (await app("GET", "~/issues/1/comments")).body.length,
    get: (await app("GET", `~/issues/comments/${id}`)).status,
    count: (await app("GET", "~/issues/1")).body.comments,
    ref: (await app("GET", "~/git/ref/heads/new")).status,
    matching: (await app("GET", "~/git/matching-refs/heads/new")).body.length,
    branches: (await app("GET", "~/branches")).body.length,
    contents: (await app("GET", "~/contents/README.md?ref=new")).status,
  });
  const none = { list: 0, get: 404, count: 0, ref: 404, matching: 0, branches: 1, contents: 404 };
  expect(await seen()).toEqual(none);
  await world.pass(200);
  expect(await seen()).toEqual({ ...none, get: 200 });
  await world.pass(800);
  expect(await seen()).toEqual({ ...none, get: 200, count: 1 });
  await world.pass(1000);
  expect(await seen()).toEqual({ ...none, list: 1, get: 200, count: 1 });
  await world.pass(1000);
  expect(await seen()).toEqual({
    list: 1,
    get: 200,
    count: 1,
    ref: 200,
    matching: 1,
    branches: 2,
    contents: 200,
  });
});

test("a list is older than the count beside it, and total_count is a count", async () => {
  await using world = await ready();
  const { app, people, fixture } = world;
  await world.lag("list=5s");
  await people("POST", "~/issues/1/comments", { body: "one" });
  // A comment list shorter than the issue's own count is how a reader knows that the list is old.
  expect((await app("GET", "~/issues/1")).body.comments).toBe(1);
  expect((await app("GET", "~/issues/1/comments")).body).toEqual([]);
  const sha = fixture.repository.refs.get("refs/heads/main") ?? "";
  await app("POST", "~/check-runs", { name: "test", head_sha: sha });
  const checks = async () => (await app("GET", `~/commits/${sha}/check-runs`)).body;
  expect(await checks()).toMatchObject({ total_count: 1, check_runs: [] });
  await world.lag("count=5s");
  await app("POST", "~/check-runs", { name: "lint", head_sha: sha });
  expect(await checks()).toMatchObject({ total_count: 1, check_runs: [{ name: "test" }, { name: "lint" }] });
});

test("writes read through the primary, whatever lags", async () => {
  await using world = await ready();
  const { app, people } = world;
  const { sha } = (await app("GET", "~/git/ref/heads/main")).body.object;
  await world.lag("1m,ref=1m");
  const { number } = (await people("POST", "~/issues", { title: "second" })).body;
  expect((await app("GET", `~/issues/${number}`)).status).toBe(404);
  expect((await app("POST", `~/issues/${number}/comments`, { body: "at once" })).status).toBe(201);
  expect((await app("POST", "~/git/refs", { ref: "refs/cairn/2", sha })).status).toBe(201);
  expect((await app("GET", "~/git/ref/cairn/2")).status).toBe(404);
  // GitHub's OpenAPI description: 422 for a ref that is there.
  expect((await app("POST", "~/git/refs", { ref: "refs/cairn/2", sha })).body.message).toBe(
    "Reference already exists",
  );
  expect((await people("PATCH", `~/issues/${number}`, { title: "renamed" })).body.title).toBe("renamed");
});

test("a class shows one moment, and never an earlier one than before: not when the lag grows either", async () => {
  await using world = await ready();
  const { app, people } = world;
  await world.lag("list=1s");
  const shown = async () => {
    const [issue] = (await app("GET", "~/issues?state=all")).body;
    return [issue.title, issue.state, issue.labels.map((label: { name: string }) => label.name)];
  };
  await people("PATCH", "~/issues/1", { title: "second" });
  await world.pass(400);
  await people("POST", "~/issues/1/labels", { labels: ["new"] });
  await world.pass(400);
  await people("PATCH", "~/issues/1", { state: "closed" });
  expect(await shown()).toEqual(["first", "open", []]);
  await world.pass(200);
  expect(await shown()).toEqual(["second", "open", []]);
  await world.pass(400);
  expect(await shown()).toEqual(["second", "open", ["new"]]);
  await world.lag("list=10s");
  expect(await shown()).toEqual(["second", "open", ["new"]]);
  await world.pass(8600);
  expect(await shown()).toEqual(["second", "open", ["new"]]);
  await world.pass(800);
  expect(await shown()).toEqual(["second", "closed", ["new"]]);
  await people("DELETE", "/_sandbox/lag");
  await people("PATCH", "~/issues/1", { title: "third" });
  expect(await shown()).toEqual(["third", "closed", ["new"]]);
});

test("what GitHub does by itself lags from the moment of doing it: mergeable", async () => {
  await using world = await ready();
  const { app, people, fixture } = world;
  const { sha } = (await app("GET", "~/git/ref/heads/main")).body.object;
  await app("POST", "~/git/refs", { ref: "refs/heads/topic", sha });
  await people("PUT", "~/contents/new.txt", { message: "m", content: "bmV3", branch: "topic" });
  const pull = (await people("POST", "~/pulls", { title: "t", head: "topic", base: "main" })).body;
  await world.lag("get=1s");
  expect(pull.mergeable).toBeNull();
  // Computed a quarter of a second after the pull request was opened, in the middle of this step.
  await world.pass(1000);
  expect((await app("GET", `~/pulls/${pull.number}`)).body.mergeable).toBeNull();
  await world.pass(250);
  expect((await app("GET", `~/pulls/${pull.number}`)).body.mergeable).toBe(true);
  expect(fixture.sandbox.errors).toEqual([]);
});

test("a run that was dispatched shows in the list of runs only later, and by itself in between", async () => {
  await using world = await ready();
  const { people } = world;
  const file =
    "on: workflow_dispatch\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps: [{ run: 'true' }]\n";
  const content = Buffer.from(file).toString("base64");
  const put = await people("PUT", "~/contents/.github/workflows/w.yml", { message: "m", content });
  expect(put.status).toBe(201);
  await world.lag("list=3s,get=1s,count=2s");
  const asked = { ref: "main", return_run_details: true };
  const dispatched = await people("POST", "~/actions/workflows/w.yml/dispatches", asked);
  const id: number = dispatched.body.workflow_run_id;
  const seen = async () => {
    const { body } = await people("GET", "~/actions/runs");
    return [
      (await people("GET", `~/actions/runs/${id}`)).status,
      body.total_count,
      body.workflow_runs.length,
    ];
  };
  expect(await seen()).toEqual([404, 0, 0]);
  for (const now of [
    [200, 0, 0],
    [200, 1, 0],
    [200, 1, 1],
  ]) {
    await world.pass(1000);
    expect(await seen()).toEqual(now);
  }
});

test("a webhook comes before the data that it speaks of can be read", async () => {
  await using world = await ready();
  await using hooks = await receiver();
  const { app, people, fixture } = world;
  fixture.app.app.webhookUrl = hooks.url;
  await world.lag("list=2s,get=2s,count=2s");
  await people("POST", "~/issues/1/comments", { body: "hello" });
  const [hook] = await hooks.take(1);
  expect(hook?.payload).toMatchObject({
    action: "created",
    comment: { body: "hello" },
    issue: { comments: 1 },
  });
  const path = `~/issues/comments/${hook?.payload.comment.id}`;
  expect((await app("GET", path)).status).toBe(404);
  expect(fixture.sandbox.requestLog.at(-1)).toMatchObject({ status: 404, behind: expect.any(Number) });
  await world.pass(2000);
  expect((await app("GET", path)).body.body).toBe("hello");
  expect(fixture.sandbox.requestLog.at(-1)).not.toHaveProperty("behind");
});

test("a stale read that was asked for as a fault stands above the lag", async () => {
  await using world = await ready();
  const { app, people, fixture } = world;
  await world.lag("list=1s");
  fixture.sandbox.faults.add({ actor: "installation", fault: { kind: "stale" } });
  await people("POST", "~/issues/1/comments", { body: "hello" });
  await world.pass(1000);
  expect((await app("GET", "~/issues/1/comments")).body).toEqual([]);
  expect((await app("GET", "~/issues/1/comments")).body).toHaveLength(1);
});

test("a lag that cannot be read is refused with the place and what is allowed, and nothing changes", async () => {
  await using world = await ready();
  await world.lag("list=2s,get=200ms,count=1.5s");
  const wrong = async (lag: unknown) => {
    const { status, body } = await world.people("POST", "/_sandbox/lag", { lag });
    return [status, body.message];
  };
  expect(await wrong("list=2s,gets=1s")).toEqual([
    400,
    '"list=2s,gets=1s", character 9: there is no "gets": there are list, get, count, ref',
  ]);
  expect(await wrong("list=2")).toEqual([
    400,
    '"list=2", character 1: "2" is no time: a number with ms, s, m or h, or 0',
  ]);
  expect(await wrong("list=1s,list=2s")).toEqual([
    400,
    '"list=1s,list=2s", character 9: list is given twice',
  ]);
  expect(await wrong("list=")).toEqual([400, '"list=", character 1: a value is missing']);
  expect(await wrong(7)).toEqual([400, "lag must be a text"]);
  const { body } = await world.people("GET", "/_sandbox/lag");
  expect(body).toEqual({
    list: 2000,
    get: 200,
    count: 1500,
    ref: 0,
    lag: "list=2000ms,get=200ms,count=1500ms,ref=0",
  });
  expect(parseLag(body.lag)).toEqual({ list: 2000, get: 200, count: 1500, ref: 0 });
  expect(parseLag("2s,ref=1m")).toEqual({ list: 2000, get: 2000, count: 2000, ref: 60_000 });
});

test("many writes: only changes younger than the largest lag are kept, and replicas share their rows", () => {
  const world = emptyWorld();
  const clock = createClock("virtual");
  const lag = createLag(world, clock);
  lag.set(parseLag("list=2s,get=1s"));
  const most: number[] = [];
  for (let id = 1; id <= 1_000; id += 1) {
    const comment: IssueComment = {
      id,
      issueId: 1,
      body: `comment ${id}`,
      authorId: 1,
      viaAppId: null,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    };
    world.comments.set(id, comment);
    const first = world.comments.get(1);
    if (first) first.body = `edited ${id}`;
    lag.flush();
    clock.advance(100);
    most.push(lag.kept);
  }
  // Two rows changed every 100 ms: 2 s of them, and those of the step that is about to be applied.
  expect(Math.max(...most)).toBeLessThanOrEqual(42);
  const list = lag.read("list").world.comments;
  const get = lag.read("get").world.comments;
  expect([list.size, get.size]).toEqual([981, 991]);
  expect([list.get(1)?.body, get.get(1)?.body]).toEqual(["edited 981", "edited 991"]);
  for (let id = 2; id <= 981; id += 1) expect(list.get(id)).toBe(get.get(id));
});

test("what counts as a list is what GitHub's OpenAPI description answers with a list or a total_count", async () => {
  const world = emptyWorld();
  const clock = createClock("virtual");
  const deliverer = createDeliverer(world, clock, createFaults(world), overHttp);
  const { routes } = createApiRouter(createQuota(world, clock.now), deliverer);
  const file = require.resolve("@octokit/openapi/generated/api.github.com.deref.json");
  const { paths } = JSON.parse(await readFile(file, "utf8"));
  const unnamed = (template: string): string => template.replaceAll(/\{[^}]+\}/g, "{}");
  const known = new Map(Object.entries<Described>(paths).map(([path, methods]) => [unnamed(path), methods]));
  const compared = routes.flatMap(({ method, template }) => {
    const get = method === "GET" ? known.get(unnamed(template))?.get : undefined;
    const kind = readClassOf(template);
    if (!get || kind === "ref") return [];
    const schema = get.responses["200"]?.content?.["application/json"]?.schema;
    const described = schema?.type === "array" || schema?.properties?.total_count ? "list" : "get";
    return [{ template, kind, described }];
  });
  expect(compared.length).toBeGreaterThan(60);
  const wrong = compared.filter(({ kind, described }) => kind !== described);
  expect(wrong, "LISTS in src/sandbox/lag/classes.ts names the last parts of lists").toEqual([]);
});

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface Described {
  readonly get?: {
    readonly responses: Readonly<
      Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
    >;
  };
}
