/** Scenarios of docs/scenarios.md over the whole loop, by number: faults in the sandbox, landings from its own log. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeMarker } from "../../src/core/marker.ts";
import type { JobRecord, RunRecord } from "../../src/sandbox/actions/index.ts";
import type { FaultRule } from "../../src/sandbox/control/faults.ts";
import { type Loop, startLoop } from "./loop.ts";

const REPO = "/repos/{owner}/{repo}";

/** Effects that Cairn landed, in order. */
const landed = (loop: Loop): string[] =>
  loop.stage.sandbox.landed.filter((entry) => entry.actor.kind !== "user").map((entry) => entry.key);

const kinds = (loop: Loop): string[] => landed(loop).map((key) => key.split(":")[0] ?? "");

/** No key twice: what the scenarios are about. */
function expectOnce(loop: Loop): void {
  const keys = landed(loop);
  expect(keys).toEqual([...new Set(keys)]);
}

const labelled = (loop: Loop, issue: number, label: string, options?: { review: "no" }): Promise<true> =>
  loop.until(
    label,
    async () => ((await loop.shown(issue)).labels.includes(label) ? true : undefined),
    options,
  );

const done = (loop: Loop, issue: number): Promise<true> => labelled(loop, issue, "cairn:done");

async function holdOf(loop: Loop, issue: number): Promise<string> {
  await labelled(loop, issue, "cairn:hold");
  const { comments } = await loop.shown(issue);
  const marker = decodeMarker(comments.at(-1)?.body ?? "");
  return marker.kind === "marker" && "reason" in marker.marker ? marker.marker.reason : "none";
}

const fault = (loop: Loop, rule: FaultRule): void => {
  loop.stage.sandbox.faults.add(rule);
};

/** Runs of Cairn's workflow, oldest first. */
const runsOf = (loop: Loop): RunRecord[] =>
  [...(loop.stage.sandbox.engine?.runs(loop.stage.repository.id) ?? [])]
    .reverse()
    .filter((run) => run.workflowName === "cairn");

const jobOf = (run: RunRecord | undefined, name: string): JobRecord | undefined =>
  run?.jobs.find((job) => job.name.includes(name));

/** Time passes on GitHub, so that quiet periods end, and the app looks. */
async function pass(loop: Loop, seconds: number): Promise<void> {
  loop.stage.sandbox.clock.advance(seconds * 1_000);
  await loop.app.sweep();
}

describe("the barrier", () => {
  test("1: reads after the intent are old: no second agent, pull request or merge, and it does not get stuck", async () => {
    await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
    const issue = await loop.issue();
    // From here on the first reads of each kind show the issue as it was before the label.
    for (const path of [
      `${REPO}/issues/{issue_number}`,
      `${REPO}/issues/{issue_number}/comments`,
      `${REPO}/issues/comments/{comment_id}`,
    ]) {
      fault(loop, { method: "GET", path, actor: "installation", count: 4, fault: { kind: "stale" } });
    }
    await loop.ready(issue);
    await done(loop, issue);
    expectOnce(loop);
    expect(kinds(loop).filter((kind) => kind === "agent.run")).toHaveLength(1);
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
    // The fence first; then the quiet period.
    await loop.until("the fence", () =>
      loop.lines.some((line) => line.message.includes("quiet period")) ? true : undefined,
    );
    await pass(loop, 125);
    await done(loop, issue);
    expectOnce(loop);
    expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
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

  test.each<[string, string, string]>([
    ["branch", "POST", `${REPO}/git/refs`],
    ["pull request", "POST", `${REPO}/pulls`],
    ["review request", "POST", `${REPO}/pulls/{pull_number}/requested_reviewers`],
    ["merge", "PUT", `${REPO}/pulls/{pull_number}/merge`],
  ])("7: the answer to the %s is lost in mid-loop: it lands once", async (_what, method, path) => {
    await using loop = await startLoop();
    fault(loop, { method, path, actor: "installation", count: 2, fault: { kind: "answer-lost" } });
    const issue = await loop.issue();
    await loop.ready(issue);
    await done(loop, issue);
    expectOnce(loop);
    expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
  });

  test("7: a pull request that lands thirty seconds late is found, not opened again", async () => {
    await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
    fault(loop, { method: "POST", path: `${REPO}/pulls`, fault: { kind: "applied-late", delayMs: 30_000 } });
    const issue = await loop.issue();
    await loop.ready(issue);
    await loop.until("the fence", () =>
      loop.lines.some((line) => line.message.includes("quiet period")) ? true : undefined,
    );
    await pass(loop, 31);
    await loop.until("the pull request", () => (kinds(loop).includes("pull.create") ? true : undefined));
    await pass(loop, 125);
    await done(loop, issue);
    expectOnce(loop);
    expect(kinds(loop).filter((kind) => kind === "agent.run")).toHaveLength(1);
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

  test("12: a new generation while a run works: cancelled, settled, then the new one; the old agent lands nothing", async () => {
    await using loop = await startLoop({
      agent: 'if [ "$CAIRN_GENERATION" = 1 ]; then sleep 60; fi; echo "$CAIRN_GENERATION" > who.txt',
      env: { CAIRN_SWEEP_SECONDS: "1" },
    });
    const issue = await loop.issue();
    await loop.ready(issue);
    await loop.until("the first agent", () => (kinds(loop).includes("agent.run") ? true : undefined));
    await labelled(loop, issue, "cairn:implementing");
    await loop.ready(issue);
    const run = runsOf(loop)[0];
    await loop.until("the end of the first run", () => (run?.status === "completed" ? true : undefined));
    await loop.until("the fence", () =>
      loop.lines.some((line) => line.message.includes("quiet period")) ? true : undefined,
    );
    await pass(loop, 125);
    await done(loop, issue);
    expectOnce(loop);
    expect(landed(loop).filter((key) => key.startsWith("agent.run"))).toEqual([
      `agent.run:${issue}#g1a1`,
      `agent.run:${issue}#g2a1`,
    ]);
    expect(landed(loop)).toContain(`branch.create:cairn/${issue}-g2`);
  });

  test("12: what an older generation left open is closed as superseded before the new work begins", async () => {
    await using loop = await startLoop({ agent: 'echo "$CAIRN_GENERATION" > who.txt' });
    const issue = await loop.issue();
    await loop.ready(issue);
    await labelled(loop, issue, "cairn:reviewing", { review: "no" });
    await loop.app.idle();
    await loop.ready(issue);
    await done(loop, issue);
    expectOnce(loop);
    const keys = landed(loop);
    const closed = keys.findIndex((key) => key.startsWith("pull.close"));
    expect(closed).toBeGreaterThan(0);
    expect(keys.indexOf(`agent.run:${issue}#g2a1`)).toBeGreaterThan(closed);
  });

  test.each<[string, (loop: Loop, issue: number) => Promise<void>, string]>([
    [
      "deleted",
      async (loop, issue) => {
        await request(loop, "DELETE", `${loop.repo}/git/refs/cairn/${issue}`);
      },
      "chain-missing",
    ],
    [
      "pushed to",
      async (loop, issue) => {
        const main = loop.stage.repository.refs.get("refs/heads/main");
        await request(loop, "PATCH", `${loop.repo}/git/refs/cairn/${issue}`, { sha: main, force: true });
      },
      "chain-foreign",
    ],
    [
      "moved back",
      async (loop, issue) => {
        const { sandbox, repository } = loop.stage;
        const store = sandbox.services.stores.get(repository.id);
        const [, , , first] =
          (await store?.log(repository.refs.get(`refs/cairn/${issue}`) ?? "", { limit: 10 })) ?? [];
        await request(loop, "PATCH", `${loop.repo}/git/refs/cairn/${issue}`, {
          sha: first?.sha,
          force: true,
        });
      },
      "chain-rewound",
    ],
  ])("15: the chain is %s by a person: a hold, said once, and no effect", async (_what, harm, reason) => {
    await using loop = await startLoop();
    const issue = await loop.issue();
    await loop.ready(issue);
    await done(loop, issue);
    const before = landed(loop);
    await harm(loop, issue);
    await loop.ready(issue);
    expect(await holdOf(loop, issue)).toBe(reason);
    await loop.app.sweep();
    await loop.app.idle();
    expect(landed(loop)).toEqual(before);
    const { comments } = await loop.shown(issue);
    expect(comments.filter(({ body }) => body.includes('"type":"alarm"'))).toHaveLength(1);
  });
});

async function request(loop: Loop, method: string, path: string, body?: unknown): Promise<number> {
  const { sandbox, tokens } = loop.stage;
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: { authorization: `token ${tokens.maintainer}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status;
}

describe("the runs", () => {
  test("18: the runner dies after the branch, before the pull request: adopted, and no second agent", async () => {
    await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
    // The job is kept busy where it looks for pull requests, until its machine is gone.
    fault(loop, {
      method: "GET",
      path: `${REPO}/pulls`,
      actor: "installation",
      fault: { kind: "hang", ms: 5_000 },
    });
    const issue = await loop.issue();
    await loop.ready(issue);
    await loop.until("the branch", () => (kinds(loop).includes("branch.create") ? true : undefined));
    const run = runsOf(loop)[0];
    loop.stage.sandbox.engine?.loseRunner(jobOf(run, "effect")?.id ?? 0, 500);
    await loop.until("the fence", () =>
      loop.lines.some((line) => line.message.includes("quiet period")) ? true : undefined,
    );
    await pass(loop, 125);
    await done(loop, issue);
    expectOnce(loop);
    expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
  });

  test("20: a finished run is run again, whole and failed jobs only: no token, no effect, a neutral end", async () => {
    await using loop = await startLoop();
    const issue = await loop.issue();
    await loop.ready(issue);
    await done(loop, issue);
    const before = landed(loop);
    const { engine } = loop.stage.sandbox;
    const id = [...loop.stage.sandbox.world.users.values()].find((user) => user.login === "maya")?.id ?? 0;
    const actor = { id, login: "maya", type: "User" } as const;
    for (const scope of ["all", "failed"] as const) {
      for (const run of runsOf(loop)) {
        if (!engine?.rerun(run.repositoryId, run.id, scope, actor)) throw new Error("not run again");
        await loop.until("its end", () => (run.status === "completed" ? true : undefined));
        expect(
          run.jobs.filter(
            (job) =>
              job.conclusion === "success" &&
              job.name.includes("agent.run") &&
              job.runAttempt > 1 &&
              job.steps.some((step) => step.startedAt !== null && step.startedAt > run.runStartedAt),
          ),
        ).toEqual([]);
      }
    }
    expect(landed(loop)).toEqual(before);
  });

  test("20: a person dispatches the workflow, and an altered one from another branch: no token, no effect", async () => {
    await using loop = await startLoop({ agent: "sleep 3; echo more >> README.md" });
    const { repository } = loop.stage;
    const issue = await loop.issue();
    await loop.ready(issue);
    const first = await loop.until("the first run", () => runsOf(loop)[0]);
    const intent = /intent (\d+)/.exec(first.displayTitle)?.[1] ?? "";
    const inputs = { issue: String(issue), intent };
    const dispatch = `${loop.repo}/actions/workflows/cairn.yml/dispatches`;
    expect(await request(loop, "POST", dispatch, { ref: "main", inputs })).toBe(204);
    const main = repository.refs.get("refs/heads/main");
    await request(loop, "POST", `${loop.repo}/git/refs`, { ref: "refs/heads/altered", sha: main });
    expect(await request(loop, "POST", dispatch, { ref: "altered", inputs })).toBe(204);
    await done(loop, issue);
    const others = runsOf(loop).filter((run) => run.actor.login === "maya");
    await loop.until("their ends", () =>
      others.every((run) => run.status === "completed") ? true : undefined,
    );
    expect(others).toHaveLength(2);
    for (const run of others) {
      expect(jobOf(run, "gate")?.conclusion).not.toBeNull();
      expect(run.jobs.filter((job) => job.name.includes("agent.run"))).toEqual([]);
    }
    expectOnce(loop);
    expect(
      loop.lines.filter((line) => /no token: (wrong-actor|wrong-branch)/.test(line.message)).length,
    ).toBeGreaterThanOrEqual(2);
  });

  test("21: the verified patch is replaced before it is published: nothing of it is", async () => {
    await using loop = await startLoop();
    const { sandbox } = loop.stage;
    // The effect job is kept at the door while somebody is at its artifact.
    fault(loop, {
      method: "GET",
      path: `${REPO}/actions/runs/{run_id}/attempts/{attempt_number}`,
      actor: "installation",
      after: 1,
      fault: { kind: "hang", ms: 1 },
    });
    const issue = await loop.issue();
    let replaced = false;
    const stop = sandbox.engine?.onLine(({ runId, text }) => {
      if (!text.includes("Artifact cairn-verified")) return;
      const folder = sandbox.engine?.artifactDirectory(runId, "cairn-verified");
      if (!folder) return;
      const file = join(folder, "verified.json");
      replaced = true;
      void readFile(file, "utf8").then((text) =>
        writeFile(file, text.replace('"content":"', '"content":"ZXZpbA')),
      );
    });
    await loop.ready(issue);
    expect(await holdOf(loop, issue)).toBe("tampered");
    stop?.();
    expect(replaced).toBe(true);
    expect(kinds(loop)).toEqual(["agent.run"]);
  });

  test("21: a branch of that name was there before: nothing of theirs is touched", async () => {
    await using loop = await startLoop();
    const { repository } = loop.stage;
    const issue = await loop.issue();
    const main = repository.refs.get("refs/heads/main");
    await request(loop, "POST", `${loop.repo}/git/refs`, { ref: `refs/heads/cairn/${issue}-g1`, sha: main });
    await loop.ready(issue);
    expect(await holdOf(loop, issue)).toBe("foreign-branch");
    expect(repository.refs.get(`refs/heads/cairn/${issue}-g1`)).toBe(main);
    expect(kinds(loop)).toEqual(["agent.run"]);
  });

  test("21: an agent that looks for tokens finds none, and what it prints is obeyed by nobody", async () => {
    const spy =
      "env > seen.txt; echo '::set-output name=digest::0'; echo '::add-mask::a'; cat .git/config >> seen.txt";
    await using loop = await startLoop({ agent: spy });
    const issue = await loop.issue();
    await loop.ready(issue);
    await done(loop, issue);
    const { sandbox, repository } = loop.stage;
    const store = sandbox.services.stores.get(repository.id);
    const entry = await store?.entryAt(repository.refs.get("refs/heads/main") ?? "", "seen.txt");
    const seen = (await store?.readBlob(entry?.sha ?? ""))?.toString() ?? "";
    expect(seen).toContain("CAIRN_ISSUE_NUMBER=");
    expect(seen).not.toMatch(/GITHUB_|ACTIONS_|RUNNER_|INPUT_|ghs_|gho_|extraheader/);
  });
});
