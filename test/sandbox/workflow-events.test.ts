import { expect, test } from "vitest";
import type { ActionsEngine, TriggerEvent } from "../../src/sandbox/actions/port.ts";
import { type Fixture, start } from "./fixture.ts";

/** An engine that only notes what it is told. */
function recordingEngine(events: TriggerEvent[]): ActionsEngine {
  const engine: Pick<ActionsEngine, "trigger" | "stop" | "handle"> = {
    trigger: async (event) => {
      events.push(event);
      return [];
    },
    handle: async () => undefined,
    stop: async () => undefined,
  };
  return engine as ActionsEngine;
}

async function withEngine(): Promise<{ fixture: Fixture; events: TriggerEvent[] } & AsyncDisposable> {
  const events: TriggerEvent[] = [];
  const fixture = await start({ createEngine: () => recordingEngine(events) });
  await fixture.sandbox.waitIdle();
  events.length = 0;
  return { fixture, events, [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose]() };
}

const told = (events: readonly TriggerEvent[]): string[] =>
  events.map((event) => (event.action ? `${event.name}.${event.action}` : event.name));

test("what an app's installation token does starts workflows, what a job's token does starts none", async () => {
  await using world = await withEngine();
  const { fixture, events } = world;
  const { sandbox, repository } = fixture;
  const job = sandbox.actionsHost.mintJobToken({
    repositoryId: repository.id,
    permissions: { contents: "write", issues: "write" },
    runId: 1,
    jobId: 1,
  });
  const act = async (token: string, branch: string): Promise<string[]> => {
    const call = fixture.as(token);
    const sha = (await call("GET", "~/git/ref/heads/main")).body.object.sha;
    expect((await call("POST", "~/issues", { title: branch })).status).toBe(201);
    expect((await call("POST", "~/git/refs", { ref: `refs/heads/${branch}`, sha })).status).toBe(201);
    await sandbox.waitIdle();
    return told(events.splice(0));
  };
  expect(await act(await fixture.installationToken(), "app")).toEqual(["issues.opened", "create", "push"]);
  expect(await act(job, "job")).toEqual([]);
});

test("issue events run on the default branch, pushes on their own commit", async () => {
  await using world = await withEngine();
  const { fixture, events } = world;
  const call = fixture.as(fixture.tokens.maintainer);
  const main = (await call("GET", "~/git/ref/heads/main")).body.object.sha;
  await call("POST", "~/issues", { title: "t" });
  const { commit } = (await call("PUT", "~/contents/a.txt", { message: "a", content: "eA==" })).body;
  await fixture.sandbox.waitIdle();
  expect(events[0]).toMatchObject({
    name: "issues",
    ref: "refs/heads/main",
    sha: main,
    actor: { login: "maya" },
  });
  expect(events[1]).toMatchObject({
    name: "push",
    ref: "refs/heads/main",
    sha: commit.sha,
    payload: { before: main, after: commit.sha },
  });
});

test("a job's token is gone with its job, and its permissions are the API's words for the workflow's", async () => {
  await using world = await withEngine();
  const { actionsHost } = world.fixture.sandbox;
  const token = actionsHost.mintJobToken({
    repositoryId: world.fixture.repository.id,
    permissions: { "pull-requests": "read", issues: "none" },
    runId: 1,
    jobId: 1,
  });
  const call = world.fixture.as(token);
  expect((await call("GET", "~")).status).toBe(200);
  expect((await call("GET", "~/contents/README.md")).status).toBe(403);
  expect((await call("GET", "~/issues")).status).toBe(200); // pull_requests: read opens the list too
  actionsHost.revokeJobToken(token);
  expect((await call("GET", "~")).status).toBe(401);
});

test("a job that starts with agent.run:KEY in its name is a landing under that key", async () => {
  await using world = await withEngine();
  const { sandbox, repository } = world.fixture;
  const run = { id: 5, repositoryId: repository.id } as Parameters<
    typeof sandbox.actionsHost.onJobStarted
  >[0];
  const job = (name: string) => ({ id: 6, name }) as Parameters<typeof sandbox.actionsHost.onJobStarted>[1];
  sandbox.actionsHost.onJobStarted(run, job("cairn / gate"));
  sandbox.actionsHost.onJobStarted(run, job("cairn / agent.run:12#g1a1 (x)"));
  expect(sandbox.landed).toMatchObject([
    { kind: "agent.run", key: "agent.run:12#g1a1", actor: { kind: "job" } },
  ]);
});
