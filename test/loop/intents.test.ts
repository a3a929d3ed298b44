/** Scenarios 1 to 4 and 9: intents, crashes and races over the whole loop. */
import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";
import {
  done,
  expectOnce,
  fault,
  fenced,
  jobOf,
  kinds,
  landed,
  pass,
  REPO,
  request,
  runsOf,
} from "./observing.ts";

test("1: reads after the intent are old: no second agent, pull request or merge, and it does not get stuck", async () => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
  const issue = await loop.issue();
  const before = loop.stage.sandbox.faults.snapshot();
  // From here on the first reads of each kind show the issue as it was before the label.
  for (const path of [
    `${REPO}/issues/{issue_number}`,
    `${REPO}/issues/{issue_number}/comments`,
    `${REPO}/issues/comments/{comment_id}`,
  ]) {
    fault(loop, { method: "GET", path, actor: "installation", count: 4, fault: { kind: "stale" } });
  }
  await loop.ready(issue);
  await loop.until("the first run", () => runsOf(loop)[0]);
  // Nor does the run see the comment that it was started for, and waits: no other has to be started in its place.
  fault(loop, {
    method: "GET",
    path: `${REPO}/issues/comments/{comment_id}`,
    actor: "installation",
    count: 2,
    fault: { kind: "stale", asOf: before },
  });
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop).filter((kind) => kind === "agent.run")).toHaveLength(1);
  // The merge tells that all is done before its run has ended.
  await loop.until("the end of the runs", () =>
    runsOf(loop).every(({ status }) => status === "completed") ? true : undefined,
  );
  expect(runsOf(loop).map(({ conclusion }) => conclusion)).toEqual(["success", "success"]);
});

test("2: the app dies after the intent, before the run: a later sweep starts it once", async () => {
  await using loop = await startLoop();
  fault(loop, {
    method: "POST",
    path: `${REPO}/actions/workflows/{workflow_id}/dispatches`,
    count: 50,
    fault: { kind: "request-lost" },
  });
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the intent", async () =>
    (await loop.shown(issue)).comments.length > 0 ? true : undefined,
  );
  await loop.app.stop();
  expect(landed(loop)).toEqual([]);
  loop.stage.sandbox.faults.clear();
  loop.app = await loop.startApp({ PORT: String(loop.port) });
  await done(loop, issue);
  expectOnce(loop);
});

test("3: the run dies after the pull request, before it could ask for a review: found, and only the rest is done", async () => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
  const issue = await loop.issue();
  // The job is kept busy in front of the request for a review, until its machine is gone.
  const path = `${REPO}/pulls/{pull_number}/reviews`;
  fault(loop, { method: "GET", path, actor: "installation", fault: { kind: "hang", ms: 4_000 } });
  await loop.ready(issue);
  await loop.until("the pull request", () => (kinds(loop).includes("pull.create") ? true : undefined));
  const run = runsOf(loop)[0];
  const effect = jobOf(run, "effect");
  loop.stage.sandbox.engine?.loseRunner(effect?.id ?? 0, 1_000);
  await loop.until("the end of the run", () => (run?.status === "completed" ? true : undefined));
  await fenced(loop);
  await pass(loop, 125);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
});

test("a finished issue costs a sweep nothing; asked for again, it is looked at", async () => {
  await using loop = await startLoop();
  const { sandbox, repository } = loop.stage;
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  const swept = async (): Promise<number> => {
    const before = sandbox.requestLog.length;
    await loop.app.sweep();
    await loop.app.idle();
    const own = `issue=${repository.id}/${issue})`;
    return sandbox.requestLog.slice(before).filter((entry) => entry.userAgent.includes(own)).length;
  };
  await loop.app.idle();
  sandbox.clock.advance(125_000);
  expect(await swept()).toBeGreaterThan(0);
  expect(await swept()).toBe(0);
  await request(loop, "PATCH", `${loop.repo}/issues/${issue}`, { state: "open" });
  await loop.ready(issue);
  await loop.until("the next generation", () =>
    landed(loop).includes(`agent.run:${issue}#g2a1`) ? true : undefined,
  );
});

test("4: more runs for the same intent: one claims, the others end neutral and write nothing", async () => {
  await using loop = await startLoop({ agent: "sleep 2; echo more >> README.md" });
  const { sandbox, app, installation, repository } = loop.stage;
  const issue = await loop.issue();
  await loop.ready(issue);
  const first = await loop.until("the first run", () => runsOf(loop)[0]);
  const intent = /intent (\d+)/.exec(first.displayTitle)?.[1] ?? "";
  const found = sandbox.actionsHost.repository(repository.id);
  const bot = sandbox.world.users.get(app.app.botId);
  if (!found || !bot || !installation) throw new Error("no scene");
  const sha = repository.refs.get("refs/heads/main") ?? "";
  const others = await Promise.all(
    Array.from({ length: 5 }, () =>
      sandbox.engine?.trigger({
        repository: found,
        name: "workflow_dispatch",
        ref: "refs/heads/main",
        sha,
        headBranch: "main",
        headSha: sha,
        actor: { id: bot.id, login: bot.login, type: "Bot" },
        payload: { sender: { id: bot.id, login: bot.login } },
        workflowPath: ".github/workflows/cairn.yml",
        inputs: { issue: String(issue), intent },
      }),
    ),
  );
  await done(loop, issue);
  expectOnce(loop);
  const ids = new Set([first.id, ...others.flatMap((runs) => runs?.map((run) => run.id) ?? [])]);
  const raced = runsOf(loop).filter((run) => ids.has(run.id));
  expect(raced).toHaveLength(6);
  const owners = raced.filter((run) => jobOf(run, "agent.run")?.conclusion === "success");
  expect(owners).toHaveLength(1);
  for (const run of raced.filter((one) => one !== owners[0])) expect(run.conclusion).toBe("success");
});

test("9: two replicas of the app: one step of the chain, one of each effect", async () => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
  await loop.startApp();
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  const { sandbox, repository } = loop.stage;
  const store = sandbox.services.stores.get(repository.id);
  const chain = (await store?.log(repository.refs.get(`refs/cairn/${issue}`) ?? "", { limit: 20 })) ?? [];
  expect(chain.map((commit) => commit.message.split("\n")[0]?.replace(/\d{5,}/g, "N")).reverse()).toEqual([
    "generation 1 raised by act N; implement/1 of generation 1 declared",
    "claimed by run N attempt 1",
    "implement/1 settled as applied; merge/1 of generation 1 declared",
    "claimed by run N attempt 1",
  ]);
});
