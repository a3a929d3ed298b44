/** The merge queue: in and out of it, trials, checks, groups and merges (docs/github.md, "Merge queue"). */
import { expect, test } from "vitest";
import type { Heard } from "../hearing.ts";
import { ask, data, errors, everyField, TOOLS } from "./ask.ts";
import { DEQUEUE, ENQUEUE, QUEUE_PARAMETERS, queueScene, required } from "./queue-scene.ts";

const names = (heard: readonly Heard[]): string[] => heard.map(({ name }) => name);

test("a pull request is queued, tried on a branch of its own, and merged when the checks of that are green", async () => {
  await using scene = await queueScene();
  const { app, maya } = scene;
  const issue = (await maya("POST", "~/issues", { title: "i" })).body.number;
  const pull = await scene.open("a.txt");
  await app("PATCH", `~/pulls/${pull.number}`, { body: `Closes #${issue}` });
  const base = await scene.mainSha();
  await scene.heard();
  const done = await data(app, ENQUEUE, { id: pull.id, head: pull.sha });
  expect(done.enqueuePullRequest).toMatchObject({
    clientMutationId: "c",
    mergeQueueEntry: {
      position: 1,
      state: "QUEUED",
      jump: false,
      enqueuer: { login: "cairn" },
      headCommit: null,
      pullRequest: { number: pull.number, isInMergeQueue: true },
    },
  });
  const [entry] = await scene.queue();
  expect(entry).toMatchObject({
    state: "AWAITING_CHECKS",
    baseCommit: { oid: base },
    enqueuer: { login: "cairn" },
  });
  const head = entry?.headCommit?.oid ?? "";
  expect(entry?.headCommit?.parents.nodes).toEqual([{ oid: base }, { oid: pull.sha }]);
  const branch = `gh-readonly-queue/main/pr-${pull.number}-${base}`;
  expect((await maya("GET", `~/git/ref/heads/${branch}`)).body.object.sha).toBe(head);
  const heard = await scene.heard();
  expect(names(heard)).toEqual(["pull_request.enqueued", "create", "push", "merge_group.checks_requested"]);
  expect(heard.at(-1)?.payload).toMatchObject({
    merge_group: {
      head_sha: head,
      head_ref: `refs/heads/${branch}`,
      base_sha: base,
      base_ref: "refs/heads/main",
      head_commit: { id: head, message: expect.stringContaining(`Merge pull request #${pull.number}`) },
    },
    sender: { login: "github-merge-queue[bot]" },
  });
  await scene.status(head, "success");
  await scene.sandbox.waitIdle();
  expect(await scene.mainSha()).toBe(head);
  expect((await maya("GET", `~/pulls/${pull.number}`)).body).toMatchObject({
    merged: true,
    state: "closed",
    merge_commit_sha: head,
    merged_by: { login: "github-merge-queue[bot]" },
  });
  expect((await maya("GET", `~/issues/${issue}`)).body.state).toBe("closed");
  expect((await maya("GET", `~/git/ref/heads/${branch}`)).status).toBe(404);
  expect(await scene.queue()).toEqual([]);
  const after = await scene.heard();
  expect(names(after)).toEqual([
    "pull_request.dequeued",
    "pull_request.closed",
    "push",
    "issues.closed",
    "merge_group.destroyed",
    "delete",
    "push",
  ]);
  expect(after[0]?.payload.reason).toBe("MERGE");
  expect(after.find(({ name }) => name === "merge_group.destroyed")?.payload.reason).toBe("merged");
  const kinds = (await maya("GET", `~/issues/${pull.number}/events`)).body.map(
    (one: { event: string }) => one.event,
  );
  expect(kinds).toEqual(["added_to_merge_queue", "removed_from_merge_queue", "merged", "closed"]);
  expect(scene.sandbox.landed.map(({ key }) => key)).toEqual(
    expect.arrayContaining([
      `merge.enqueue:pull/${pull.number}@${pull.sha}`,
      `merge:pull/${pull.number}@${pull.sha}`,
    ]),
  );
  expect(scene.sandbox.landed.filter(({ key }) => key.includes("gh-readonly-queue"))).toEqual([]);
});

test("past the queue nothing merges: 405 for a merge, 422 for refs; who may is told by the rules", async () => {
  await using scene = await queueScene();
  const { app, maya } = scene;
  const pull = await scene.open("a.txt");
  const words = "Repository rule violations found\n\nChanges must be made through the merge queue\n\n";
  for (const by of [app, maya]) {
    const refused = await by("PUT", `~/pulls/${pull.number}/merge`, {});
    expect([refused.status, refused.body.message]).toEqual([405, words]);
  }
  const moved = await app("PATCH", "~/git/refs/heads/main", { sha: pull.sha });
  expect([moved.status, moved.body.message]).toEqual([
    422,
    expect.stringContaining("through the merge queue"),
  ]);
  await expect
    .poll(async () => (await maya("GET", `~/pulls/${pull.number}`)).body.mergeable_state)
    .toBe("clean");
  const rules = (await maya("GET", "~/rules/branches/main")).body;
  expect(rules[0]).toMatchObject({ type: "merge_queue", parameters: QUEUE_PARAMETERS });
  const bad = {
    name: "q",
    enforcement: "active",
    rules: [{ type: "merge_queue", parameters: { merge_method: "X" } }],
  };
  expect((await maya("POST", "~/rulesets", bad)).status).toBe(422);
});

test("what cannot be queued is refused under UNPROCESSABLE with the reason", async () => {
  await using scene = await queueScene();
  const { app, maya } = scene;
  const pull = await scene.open("a.txt");
  const refusal = async (variables: object) => {
    const [error] = await errors(app, ENQUEUE, { ...variables });
    return [error.type, error.message];
  };
  const head = "0".repeat(40);
  expect(await refusal({ id: pull.id, head })).toEqual([
    "UNPROCESSABLE",
    "Head branch was modified. Review and try the merge again.",
  ]);
  await scene.status(pull.sha, "pending");
  expect(await refusal({ id: pull.id })).toEqual([
    "UNPROCESSABLE",
    'Pull request Required status check "ci" is pending.',
  ]);
  await scene.status(pull.sha, "success");
  await ask(app, ENQUEUE, { id: pull.id });
  expect((await refusal({ id: pull.id }))[1]).toBe("Pull request is already in the merge queue");
  const { sha } = (await maya("GET", "~/git/ref/heads/main")).body.object;
  await maya("POST", "~/git/refs", { ref: "refs/heads/other", sha });
  const elsewhere = await app("POST", "~/pulls", { title: "t", head: pull.ref, base: "other" });
  expect((await refusal({ id: elsewhere.body.node_id }))[1]).toBe("No merge queue found for branch 'other'");
  expect((await errors(app, DEQUEUE, { id: elsewhere.body.node_id }))[0].message).toBe(
    "No merge queue found for branch 'other'",
  );
  expect((await errors(app, ENQUEUE, { id: "PR_x" }))[0].type).toBe("NOT_FOUND");
  const narrow = scene.as(await scene.installationToken({ permissions: { pull_requests: "write" } }));
  expect((await errors(narrow, ENQUEUE, { id: pull.id }))[0].message).toBe(
    "Resource not accessible by integration",
  );
  scene.sandbox.addCollaborator(scene.repository, "oda", "read");
  expect((await errors(scene.as(scene.tokens.outsider), ENQUEUE, { id: pull.id }))[0].message).toBe(
    "oda does not have the correct permissions to execute `EnqueuePullRequest`",
  );
  const [costly] = scene.sandbox.requestLog.filter(({ route, write }) => route === "/graphql" && write);
  expect(costly).toMatchObject({ points: 5, contentCreating: true });
});

test("each is tried on the one ahead of it; a red one leaves, and those behind are tried anew without it", async () => {
  await using scene = await queueScene();
  const { app, rui } = scene;
  const [a, b, c] = [await scene.open("a.txt"), await scene.open("b.txt"), await scene.open("c.txt")];
  for (const { id } of [a, b, c]) await ask(rui, ENQUEUE, { id });
  const first = await scene.queue();
  const heads = first.map(({ headCommit }) => headCommit?.oid ?? "");
  expect(first.map(({ baseCommit }) => baseCommit?.oid)).toEqual([await scene.mainSha(), heads[0], heads[1]]);
  await scene.status(heads[2] ?? "", "success");
  expect((await scene.queue()).map(({ state }) => state)).toEqual([
    "AWAITING_CHECKS",
    "AWAITING_CHECKS",
    "MERGEABLE",
  ]);
  await scene.heard();
  await scene.status(heads[0] ?? "", "failure");
  const second = await scene.queue();
  expect(second.map(({ pullRequest, position }) => [pullRequest.number, position])).toEqual([
    [b.number, 1],
    [c.number, 2],
  ]);
  const heard = await scene.heard();
  expect(heard.find(({ name }) => name === "pull_request.dequeued")?.payload).toMatchObject({
    reason: "CI_FAILURE",
    number: a.number,
    sender: { login: "github-merge-queue[bot]" },
  });
  expect(
    heard
      .filter(({ name }) => name.startsWith("merge_group"))
      .map(({ name, payload }) => [name, payload.reason]),
  ).toEqual([
    ["merge_group.destroyed", "dequeued"],
    ["merge_group.destroyed", "invalidated"],
    ["merge_group.checks_requested", undefined],
    ["merge_group.destroyed", "invalidated"],
    ["merge_group.checks_requested", undefined],
  ]);
  // The later one is green before the earlier one: it waits for it, and both land, in order and by one push.
  const fresh = second.map(({ headCommit }) => headCommit?.oid ?? "");
  await scene.status(fresh[1] ?? "", "success");
  await scene.status(fresh[0] ?? "", "success");
  expect(await scene.queue()).toEqual([]);
  expect(await scene.mainSha()).toBe(fresh[1]);
  const merges = scene.sandbox.landed.filter(({ kind }) => kind === "merge").map(({ key }) => key);
  expect(merges).toEqual([`merge:pull/${b.number}@${b.sha}`, `merge:pull/${c.number}@${c.sha}`]);
  expect((await app("GET", `~/pulls/${b.number}`)).body.merge_commit_sha).toBe(fresh[0]);
  expect((await app("GET", `~/pulls/${a.number}`)).body).toMatchObject({ state: "open", merged: false });
});

test("a conflict, a push to the head, a close, and a wish take out of the queue, each with its reason", async () => {
  await using scene = await queueScene();
  const { app, maya } = scene;
  const one = await scene.open("same.txt", "one");
  const two = await scene.open("same.txt", "two");
  await ask(app, ENQUEUE, { id: one.id });
  await ask(app, ENQUEUE, { id: two.id });
  expect((await scene.queue()).map(({ pullRequest }) => pullRequest.number)).toEqual([one.number]);
  const reasons = async () =>
    (await scene.heard())
      .filter(({ name }) => name === "pull_request.dequeued")
      .map(({ payload }) => [payload.number, payload.reason]);
  expect(await reasons()).toEqual([[two.number, "MERGE_CONFLICT"]]);
  const gone = await data(maya, DEQUEUE, { id: one.id });
  expect(gone.dequeuePullRequest.mergeQueueEntry).toMatchObject({
    position: 1,
    pullRequest: { number: one.number, isInMergeQueue: false },
  });
  expect(await scene.queue()).toEqual([]);
  expect(await reasons()).toEqual([[one.number, "MANUAL"]]);
  expect((await maya("GET", "~/git/matching-refs/heads/gh-readonly-queue")).body).toEqual([]);
  expect((await errors(maya, DEQUEUE, { id: one.id }))[0].type).toBe("UNPROCESSABLE");
  await ask(app, ENQUEUE, { id: one.id });
  await scene.queue();
  await app("PUT", "~/contents/more.txt", { message: "m", content: "eA==", branch: one.ref });
  expect(await scene.queue()).toEqual([]);
  const three = await scene.open("c.txt");
  await ask(app, ENQUEUE, { id: three.id });
  await scene.queue();
  await maya("PATCH", `~/pulls/${three.number}`, { state: "closed" });
  expect(await scene.queue()).toEqual([]);
  expect((await reasons()).map(([number]) => number)).toEqual([one.number, three.number]);
});

test("checks that never report are given up on after the rule's time; a queue whose rule goes is cleared", async () => {
  await using scene = await queueScene({ check_response_timeout_minutes: 10 });
  const { app, maya } = scene;
  const pull = await scene.open("a.txt");
  await ask(app, ENQUEUE, { id: pull.id });
  expect(await scene.queue()).toHaveLength(1);
  scene.sandbox.clock.advance(9 * 60_000);
  expect(await scene.queue()).toHaveLength(1);
  scene.sandbox.clock.advance(61_000);
  expect(await scene.queue()).toEqual([]);
  const reason = async () =>
    (await scene.heard()).findLast(({ name }) => name === "pull_request.dequeued")?.payload.reason;
  expect(await reason()).toBe("CI_TIMEOUT");
  await ask(app, ENQUEUE, { id: pull.id });
  await scene.queue();
  const [ruleset] = (await maya("GET", "~/rulesets")).body;
  await maya("DELETE", `~/rulesets/${ruleset.id}`);
  expect(await reason()).toBe("QUEUE_CLEARED");
  const { repository } = await data(
    maya,
    `{ repository${TOOLS} { mergeQueue { id } pullRequest(number: ${pull.number}) { isMergeQueueEnabled isInMergeQueue mergeQueueEntry { id } } } }`,
  );
  expect(repository).toEqual({
    mergeQueue: null,
    pullRequest: { isMergeQueueEnabled: false, isInMergeQueue: false, mergeQueueEntry: null },
  });
});

test("a group waits for its least size, or as long as the rule says; of a group that only its head must pass, red ones merge too", async () => {
  await using scene = await queueScene({
    min_entries_to_merge: 2,
    grouping_strategy: "HEADGREEN",
    merge_method: "SQUASH",
  });
  const { app } = scene;
  const [a, b] = [await scene.open("a.txt"), await scene.open("b.txt")];
  await ask(app, ENQUEUE, { id: a.id });
  const [alone] = await scene.queue();
  await scene.status(alone?.headCommit?.oid ?? "", "success");
  expect((await scene.queue())[0]?.state).toBe("MERGEABLE");
  await ask(app, ENQUEUE, { id: b.id });
  const both = await scene.queue();
  expect(both[1]?.headCommit?.parents.nodes).toEqual([{ oid: both[0]?.headCommit?.oid }]);
  await scene.status(both[0]?.headCommit?.oid ?? "", "failure");
  expect(await scene.queue()).toHaveLength(2);
  await scene.status(both[1]?.headCommit?.oid ?? "", "success");
  expect(await scene.queue()).toEqual([]);
  expect(await scene.mainSha()).toBe(both[1]?.headCommit?.oid);
  const c = await scene.open("c.txt");
  await ask(app, ENQUEUE, { id: c.id });
  const [last] = await scene.queue();
  await scene.status(last?.headCommit?.oid ?? "", "success");
  expect(await scene.queue()).toHaveLength(1);
  scene.sandbox.clock.advance(5 * 60_000);
  expect(await scene.queue()).toEqual([]);
  expect(await scene.mainSha()).toBe(last?.headCommit?.oid);
});

test("who jumps is first; only so many are built as the rule allows, and a trial that was jumped over is worth nothing", async () => {
  await using scene = await queueScene({ max_entries_to_build: 1 });
  const { app } = scene;
  const [a, b] = [await scene.open("a.txt"), await scene.open("b.txt")];
  await ask(app, ENQUEUE, { id: a.id });
  const [before] = await scene.queue();
  await scene.status(before?.headCommit?.oid ?? "", "pending");
  await ask(app, ENQUEUE, { id: b.id, jump: true });
  const queue = await scene.queue();
  expect(queue.map(({ pullRequest, state }) => [pullRequest.number, state])).toEqual([
    [b.number, "AWAITING_CHECKS"],
    [a.number, "QUEUED"],
  ]);
  // Green, but without what is ahead of it now.
  await scene.status(before?.headCommit?.oid ?? "", "success");
  expect(await scene.queue()).toHaveLength(2);
  await scene.status(queue[0]?.headCommit?.oid ?? "", "success");
  const [left] = await scene.queue();
  expect([left?.pullRequest.number, left?.baseCommit?.oid]).toEqual([a.number, await scene.mainSha()]);
});

test("a review that is taken back, or a conversation that is begun, takes out of the queue", async () => {
  const reviews = {
    required_approving_review_count: 1,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: true,
  };
  await using scene = await queueScene({}, [required("ci"), { type: "pull_request", parameters: reviews }]);
  const { app, maya, rui } = scene;
  const pull = await scene.open("a.txt");
  expect((await errors(app, ENQUEUE, { id: pull.id }))[0].message).toBe(
    "Pull request At least 1 approving review is required by reviewers with write access.",
  );
  const review = await rui("POST", `~/pulls/${pull.number}/reviews`, { event: "APPROVE" });
  await ask(app, ENQUEUE, { id: pull.id });
  expect(await scene.queue()).toHaveLength(1);
  const remark = { body: "hm", commit_id: pull.sha, path: "a.txt", line: 1 };
  const { body } = await rui("POST", `~/pulls/${pull.number}/comments`, remark);
  expect(await scene.queue()).toEqual([]);
  expect((await errors(app, ENQUEUE, { id: pull.id }))[0].message).toBe(
    "Pull request A conversation must be resolved before this pull request can be merged.",
  );
  await rui("DELETE", `~/pulls/comments/${body.id}`);
  await ask(app, ENQUEUE, { id: pull.id });
  expect(await scene.queue()).toHaveLength(1);
  await maya("PUT", `~/pulls/${pull.number}/reviews/${review.body.id}/dismissals`, { message: "no" });
  expect(await scene.queue()).toEqual([]);
  expect((await scene.heard()).findLast(({ name }) => name === "pull_request.dequeued")?.payload.reason).toBe(
    "BRANCH_PROTECTIONS",
  );
});

test("workflows with `on: merge_group` run on the trial's commit, and their checks merge it", async () => {
  await using scene = await queueScene({}, [required("test")]);
  const { maya, app } = scene;
  const [ruleset] = (await maya("GET", "~/rulesets")).body;
  await maya("PUT", `~/rulesets/${ruleset.id}`, { enforcement: "disabled" });
  const workflow = [
    "name: ci",
    "on: { pull_request: {}, merge_group: { branches: [main] } }",
    "jobs: { test: { runs-on: ubuntu-latest, steps: [{ run: 'test ${{ github.event_name }} != merge_group || test -n \"${{ github.event.merge_group.head_sha }}\"' }] } }",
  ].join("\n");
  const content = Buffer.from(workflow).toString("base64");
  await maya("PUT", "~/contents/.github/workflows/ci.yml", { message: "ci", content });
  await maya("PUT", `~/rulesets/${ruleset.id}`, { enforcement: "active" });
  const pull = await scene.open("a.txt");
  const runs = async (event: string) =>
    (await maya("GET", `~/actions/runs?event=${event}`)).body.workflow_runs;
  await expect
    .poll(async () => (await runs("pull_request"))[0]?.conclusion, { timeout: 20_000 })
    .toBe("success");
  expect((await ask(app, ENQUEUE, { id: pull.id })).body.errors).toBeUndefined();
  await expect
    .poll(async () => (await maya("GET", `~/pulls/${pull.number}`)).body.merged, { timeout: 20_000 })
    .toBe(true);
  const [run] = await runs("merge_group");
  expect(run).toMatchObject({
    conclusion: "success",
    head_sha: await scene.mainSha(),
    head_branch: expect.stringMatching(/^gh-readonly-queue\/main\/pr-\d+-[0-9a-f]{40}$/),
    actor: { login: "github-merge-queue[bot]" },
  });
});

test("every field of the queue is answered; an App needs merge_queues to read it; history tells who and why", async () => {
  await using scene = await queueScene();
  const { app, maya } = scene;
  const pull = await scene.open("a.txt");
  await ask(app, ENQUEUE, { id: pull.id });
  await scene.queue(scene.as(await scene.installationToken()));
  const query = `{ repository${TOOLS} { mergeQueue(branch: "main") { ${everyField("MergeQueue")}
    config: configuration { ${everyField("MergeQueueConfiguration")} }
    all: entries(first: 1) { nodes { ${everyField("MergeQueueEntry")} } } } } }`;
  const { mergeQueue } = (await data(maya, query)).repository;
  expect(mergeQueue.config).toEqual({
    checkResponseTimeout: 10,
    maximumEntriesToBuild: 5,
    maximumEntriesToMerge: 5,
    mergeMethod: "MERGE",
    mergingStrategy: "ALLGREEN",
    minimumEntriesToMerge: 1,
    minimumEntriesToMergeWaitTime: 5,
  });
  const [entry] = mergeQueue.all.nodes;
  const NODE = "query ($id: ID!) { node(id: $id) { id } }";
  for (const { id } of [entry, mergeQueue]) expect((await data(maya, NODE, { id })).node.id).toBe(id);
  const outside = scene.as(scene.tokens.outsider);
  expect((await errors(outside, NODE, { id: mergeQueue.id }))[0].type).toBe("NOT_FOUND");
  const narrow = scene.as(await scene.installationToken({ permissions: { pull_requests: "read" } }));
  expect((await errors(narrow, `{ repository${TOOLS} { mergeQueue { id } } }`))[0].type).toBe("FORBIDDEN");
  await scene.status((await scene.queue())[0]?.headCommit?.oid ?? "", "error");
  const types = "[ADDED_TO_MERGE_QUEUE_EVENT, REMOVED_FROM_MERGE_QUEUE_EVENT]";
  await scene.sandbox.waitIdle();
  const history = await data(
    maya,
    `{ repository${TOOLS} { pullRequest(number: ${pull.number}) { timelineItems(first: 9, itemTypes: ${types}) { totalCount nodes {
      ... on AddedToMergeQueueEvent { ${everyField("AddedToMergeQueueEvent")} who: actor { login } }
      ... on RemovedFromMergeQueueEvent { ${everyField("RemovedFromMergeQueueEvent")} who: actor { login } } } } } } }`,
  );
  expect(history.repository.pullRequest.timelineItems.nodes).toMatchObject([
    { who: { login: "cairn" } },
    { reason: "failed_checks", who: { login: "github-merge-queue" }, beforeCommit: { __typename: "Commit" } },
  ]);
  expect(
    (
      await errors(
        maya,
        `{ repository${TOOLS} { pullRequest(number: ${pull.number}) { timelineItems(first: 1) { totalCount } } } }`,
      )
    )[0].type,
  ).toBe("NOT_IMPLEMENTED");
});

test("the queue lags as lists do, and a lost answer has queued it all the same", async () => {
  await using scene = await queueScene();
  const { app, maya } = scene;
  const pull = await scene.open("a.txt");
  scene.sandbox.faults.add({ path: "/graphql", actor: "installation", fault: { kind: "answer-lost" } });
  await expect(ask(app, ENQUEUE, { id: pull.id })).rejects.toThrow();
  expect(await scene.queue()).toHaveLength(1);
  await data(maya, DEQUEUE, { id: pull.id });
  await scene.queue();
  await maya("POST", "/_sandbox/lag", { lag: "list=1h" });
  await ask(app, ENQUEUE, { id: pull.id });
  expect(await scene.queue()).toEqual([]);
  await maya("DELETE", "/_sandbox/lag");
  expect(await scene.queue()).toHaveLength(1);
});
