/** Scenarios 25 to 28 over the whole loop: what keeps a head from being merged, and how pull requests and issues end. */
import { expect, test } from "vitest";
import { signJwt } from "../sandbox/fixture.ts";
import { type Loop, startLoop } from "./loop.ts";
import { configure, done, greenPull, holdOf, kinds, labelled, landed, type Pull } from "./observing.ts";

const NO_REVIEW = { review: "no" } as const;

/** As the maintainer; the answer's status and body. */
async function call(
  loop: Loop,
  method: string,
  path: string,
  body?: unknown,
  token = loop.stage.tokens.maintainer,
) {
  const response = await fetch(`${loop.stage.sandbox.url}${loop.repo}${path}`, {
    method,
    headers: { authorization: `token ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

const again = async (loop: Loop, { number }: Pull): Promise<Pull> =>
  loop.maintainer.get<Pull>(`${loop.repo}/pulls/${number}`);

/** Waits until the app's check run on the pull request's head says this, as people see it. */
async function says(loop: Loop, pull: Pull, code: string): Promise<{ title: string; summary: string }> {
  return loop.until(
    `the verdict ${code}`,
    async () => {
      const { sha } = (await again(loop, pull)).head;
      const own = [...loop.stage.sandbox.world.checkRuns.values()].filter(
        (run) => run.headSha === sha && run.appId === loop.stage.app.app.id,
      );
      expect(own.length).toBeLessThanOrEqual(1);
      const [run] = own;
      if (!run?.externalId.startsWith(`${code} `)) return undefined;
      return { title: run.output.title ?? "", summary: run.output.summary ?? "" };
    },
    NO_REVIEW,
  );
}

const approve = async (loop: Loop, { number }: Pull, token = loop.stage.tokens.reviewer) =>
  call(loop, "POST", `/pulls/${number}/reviews`, { event: "APPROVE" }, token);

/** A token of another app, which is installed here as well. */
async function anotherApp(loop: Loop, permissions: Readonly<Record<string, "write">>): Promise<string> {
  const { sandbox } = loop.stage;
  const bot = sandbox.createApp({ name: "Lint", permissions, events: [] });
  const installed = sandbox.installApp(bot.app, "acme", "all");
  const grants = await fetch(`${sandbox.url}/app/installations/${installed.id}/access_tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${await signJwt(sandbox, bot)}` },
  });
  return ((await grants.json()) as { token: string }).token;
}

const merges = (loop: Loop): string[] => landed(loop).filter((key) => key.startsWith("merge:"));

test("25: the base moves, the check turns red, the approval is dismissed, older, the author's, a bot's: each is named, none merged", async () => {
  await using loop = await startLoop();
  await configure(loop, { "fix-rounds": 0, "untested-base": "wait" });
  const { sandbox, repository } = loop.stage;
  const protection = repository.protections.get("main");
  if (protection?.requiredChecks) protection.requiredChecks = { ...protection.requiredChecks, strict: true };
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  const first = await says(loop, pull, "review-missing");
  expect(first.title).toBe(
    `It waits for a review of ${pull.head.sha.slice(0, 12)} by somebody with write access`,
  );
  expect(first.summary).toContain("**Who can change that:** Somebody with write access reviews");
  const label = { name: "cairn:hold", color: "cccccc", description: "Nothing goes on" };
  expect((await call(loop, "POST", "/labels", label)).status).toBe(201);
  // Whatever else holds, this does not: so each of the others can be seen alone.
  await call(loop, "POST", `/issues/${pull.number}/labels`, { labels: ["cairn:hold"] });
  // The author's: GitHub does not take it. A bot's: nobody has listed it.
  const jwt = await signJwt(sandbox, loop.stage.app);
  const grants = await fetch(`${sandbox.url}/app/installations/${loop.stage.installation.id}/access_tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${jwt}` },
  });
  const own = ((await grants.json()) as { token: string }).token;
  expect((await approve(loop, pull, own)).status).toBe(422);
  const bot = await anotherApp(loop, { pull_requests: "write" });
  expect((await approve(loop, pull, bot)).status).toBe(200);
  await loop.app.idle();
  await says(loop, pull, "review-missing");
  const approval = await approve(loop, pull);
  await says(loop, pull, "issue-held");
  await call(loop, "PUT", `/pulls/${pull.number}/reviews/${approval.body.id}/dismissals`, { message: "No" });
  await says(loop, pull, "review-missing");
  await approve(loop, pull);
  await says(loop, pull, "issue-held");
  // The base moves; somebody brings the head up to date, and the approval is of an older one.
  const put = { message: "Elsewhere", content: Buffer.from("x\n").toString("base64") };
  expect((await call(loop, "PUT", "/contents/elsewhere.txt", put)).status).toBe(201);
  await loop.until(
    "the base to have moved",
    async () => {
      await loop.app.sweep();
      return says(loop, pull, "base-moved");
    },
    NO_REVIEW,
  );
  expect((await call(loop, "PUT", `/pulls/${pull.number}/update-branch`, {})).status).toBe(202);
  const updated = await loop.until(
    "another head",
    async () => {
      const now = await again(loop, pull);
      return now.head.sha === pull.head.sha ? undefined : now;
    },
    NO_REVIEW,
  );
  await says(loop, updated, "review-missing");
  await greenPull(loop, issue);
  await approve(loop, updated);
  await says(loop, updated, "issue-held");
  const red = { state: "failure", context: "test" };
  expect((await call(loop, "POST", `/statuses/${updated.head.sha}`, red)).status).toBe(201);
  expect((await says(loop, updated, "check-failed")).title).toContain("test (failure)");
  expect(await holdOf(loop, issue)).toBe("check-failed");
  expect(merges(loop)).toEqual([]);
}, 120_000);

test("25: a head that moves between the gate and the merge is not merged unreviewed", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  await approve(loop, pull);
  // The gate let it through: its intent is declared, and the run is on its way.
  await loop.until(
    "the merge's intent",
    async () =>
      (await loop.shown(issue)).comments.some(({ body }) => body.includes("**Cairn will merge this**"))
        ? true
        : undefined,
    NO_REVIEW,
  );
  const put = { message: "Elsewhere", content: Buffer.from("x\n").toString("base64") };
  expect((await call(loop, "PUT", "/contents/elsewhere.txt", put)).status).toBe(201);
  expect((await call(loop, "PUT", `/pulls/${pull.number}/update-branch`, {})).status).toBe(202);
  const moved = await again(loop, pull);
  expect(moved.merged).toBe(false);
  await says(loop, moved, "review-missing");
  expect(merges(loop)).toEqual([]);
  await greenPull(loop, issue);
  await approve(loop, moved);
  await done(loop, issue, NO_REVIEW);
  expect(merges(loop)).toEqual([`merge:pull/${pull.number}@${moved.head.sha}`]);
}, 120_000);

test("25: where the configuration wants the base tested, a head that lacks its newest commit waits for people to bring it up to date", async () => {
  await using loop = await startLoop();
  await configure(loop, { "untested-base": "wait" });
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  const put = { message: "Elsewhere", content: Buffer.from("x\n").toString("base64") };
  expect((await call(loop, "PUT", "/contents/elsewhere.txt", put)).status).toBe(201);
  await approve(loop, pull);
  expect((await says(loop, pull, "base-moved")).summary).toContain("presses *Update branch*");
  expect(merges(loop)).toEqual([]);
  expect((await call(loop, "PUT", `/pulls/${pull.number}/update-branch`, {})).status).toBe(202);
  const updated = await again(loop, pull);
  await greenPull(loop, issue);
  await approve(loop, updated);
  await done(loop, issue, NO_REVIEW);
  expect(merges(loop)).toEqual([`merge:pull/${pull.number}@${updated.head.sha}`]);
}, 120_000);

test("25: a required check that was cancelled waits for somebody to run it again, and no agent is sent", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  const token = await anotherApp(loop, { checks: "write" });
  const stopped = { name: "test", head_sha: pull.head.sha, status: "completed", conclusion: "cancelled" };
  const made = await call(loop, "POST", "/check-runs", stopped, token);
  expect(made.status).toBe(201);
  await approve(loop, pull);
  expect((await says(loop, pull, "check-pending")).title).toContain("to be run again: it ended as cancelled");
  await loop.app.sweep();
  await loop.app.idle();
  expect(kinds(loop).filter((kind) => kind === "agent.run")).toHaveLength(1);
  const green = { status: "completed", conclusion: "success" };
  expect((await call(loop, "PATCH", `/check-runs/${made.body.id}`, green, token)).status).toBe(200);
  await loop.app.sweep();
  await done(loop, issue, NO_REVIEW);
  expect(merges(loop)).toEqual([`merge:pull/${pull.number}@${pull.head.sha}`]);
}, 120_000);

test("25: whoever pushes under somebody else's name and approves that is not merged by Cairn", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  const maya = [...loop.stage.sandbox.world.users.values()].find(({ login }) => login === "maya");
  const person = { name: "Maya", email: `${maya?.id}+maya@users.noreply.github.com` };
  const content = Buffer.from("mine\n").toString("base64");
  const put = { message: "More", content, branch: pull.head.ref, author: person, committer: person };
  const { tokens } = loop.stage;
  expect((await call(loop, "PUT", "/contents/more.txt", put, tokens.reviewer)).status).toBe(201);
  const theirs = await again(loop, pull);
  const listed = (await call(loop, "GET", `/pulls/${pull.number}/commits`)).body;
  expect(listed.at(-1)).toMatchObject({ author: { login: "maya" }, committer: { login: "maya" } });
  await greenPull(loop, issue);
  expect((await approve(loop, theirs)).status).toBe(200);
  expect((await says(loop, theirs, "foreign-commits")).title).toContain(`a person to merge #${pull.number}`);
  await loop.app.sweep();
  await loop.app.idle();
  expect(merges(loop)).toEqual([]);
  // Who answers for it is whoever merges.
  expect((await call(loop, "PUT", `/pulls/${pull.number}/merge`, {})).status).toBe(200);
  await done(loop, issue, NO_REVIEW);
  expect(merges(loop)).toEqual([]);
}, 120_000);

test("25: a head that moves behind the gate's last look: GitHub refuses the merge, and the gate is asked again", async () => {
  await using loop = await startLoop();
  const { sandbox } = loop.stage;
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  const merge = { method: "PUT", path: `${loop.repo}/pulls/${pull.number}/merge` };
  const paused = sandbox.faults.add({ ...merge, fault: { kind: "pause", ms: 4_000 } });
  await approve(loop, pull);
  // The run has looked, and its request is on the way.
  await loop.until("the merge to be sent", () => (paused.happened === 1 ? true : undefined), NO_REVIEW);
  const put = { message: "Elsewhere", content: Buffer.from("x\n").toString("base64") };
  expect((await call(loop, "PUT", "/contents/elsewhere.txt", put)).status).toBe(201);
  expect((await call(loop, "PUT", `/pulls/${pull.number}/update-branch`, {})).status).toBe(202);
  const moved = await again(loop, pull);
  const answers = () =>
    sandbox.requestLog.filter((one) => one.method === merge.method && one.path === merge.path);
  await loop.until("GitHub's answer", () => (answers().length > 0 ? true : undefined), NO_REVIEW);
  expect(answers().map(({ status }) => status)).toEqual([409]);
  await says(loop, moved, "review-missing");
  await loop.app.sweep();
  await loop.app.idle();
  expect(merges(loop)).toEqual([]);
  await greenPull(loop, issue);
  await approve(loop, moved);
  await done(loop, issue, NO_REVIEW);
  expect(merges(loop)).toEqual([`merge:pull/${pull.number}@${moved.head.sha}`]);
}, 120_000);

test("26: merged, closed, or without its branch by a person, and opened again: each ends in a true state", async () => {
  await using loop = await startLoop();
  await configure(loop, { merge: "never" });
  const agentOf = async (title: string): Promise<[number, Pull]> => {
    const issue = await loop.issue({ title });
    await loop.ready(issue);
    return [issue, await greenPull(loop, issue)];
  };
  const [merged, first] = await agentOf("One");
  await approve(loop, first);
  expect((await says(loop, first, "merge-by-people")).title).toContain(`a person to merge #${first.number}`);
  expect((await call(loop, "PUT", `/pulls/${first.number}/merge`, {})).status).toBe(200);
  await done(loop, merged, NO_REVIEW);
  expect((await loop.shown(merged)).state).toBe("closed");
  await loop.app.idle();
  // GitHub's times are whole seconds.
  loop.stage.sandbox.clock.advance(1_000);
  // Opened again by somebody who may ask for work it begins anew, with a pull request of its own.
  await call(loop, "PATCH", `/issues/${merged}`, { state: "open" });
  await loop.until(
    "the next generation's pull request",
    async () => {
      const pulls = await loop.maintainer.get<Pull[]>(`${loop.repo}/pulls?state=open`);
      return pulls.find(({ head }) => head.ref === `cairn/${merged}-g2`);
    },
    NO_REVIEW,
  );
  expect(kinds(loop).filter((kind) => kind === "agent.run")).toHaveLength(2);
  await labelled(loop, merged, "cairn:reviewing", NO_REVIEW);
  const [closed, second] = await agentOf("Two");
  await call(loop, "PATCH", `/pulls/${second.number}`, { state: "closed" });
  expect(await holdOf(loop, closed)).toBe("pull-closed");
  const [bare, third] = await agentOf("Three");
  expect((await call(loop, "DELETE", `/git/refs/heads/${third.head.ref}`)).status).toBe(204);
  expect(await holdOf(loop, bare)).toBe("pull-closed");
  expect(merges(loop)).toEqual([]);
}, 120_000);

test("27: a try is closed and never merged, however its title is edited, and whatever the policy", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue({ title: "[cairn-e2e] Greet several people at once" });
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  await call(loop, "PATCH", `/issues/${issue}`, { title: "Greet several people at once" });
  expect(await holdOf(loop, issue)).toBe("text-changed-in-review");
  await call(loop, "POST", `/issues/${issue}/comments`, { body: "/cairn resume" });
  await labelled(loop, issue, "cairn:reviewing", NO_REVIEW);
  await approve(loop, pull);
  await done(loop, issue, NO_REVIEW);
  await loop.until(
    "the issue to be closed",
    async () => ((await loop.shown(issue)).state === "closed" ? true : undefined),
    NO_REVIEW,
  );
  expect(await again(loop, pull)).toMatchObject({ state: "closed", merged: false });
  expect(kinds(loop)).not.toContain("merge");
  expect(kinds(loop).at(-1)).toBe("pull.close");
  await says(loop, pull, "synthetic");
}, 120_000);

test.each([
  "never",
  "shadow",
])("27: a try under `merge: %s` is closed and never merged, as under any other policy", async (merge) => {
  await using loop = await startLoop();
  await configure(loop, { merge });
  const issue = await loop.issue({ title: "[cairn-e2e] Greet several people at once" });
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  await approve(loop, pull);
  await done(loop, issue, NO_REVIEW);
  await loop.until(
    "the issue to be closed",
    async () => ((await loop.shown(issue)).state === "closed" ? true : undefined),
    NO_REVIEW,
  );
  expect(await again(loop, pull)).toMatchObject({ state: "closed", merged: false });
  expect(kinds(loop)).not.toContain("merge");
  expect(kinds(loop).at(-1)).toBe("pull.close");
}, 120_000);

test("28: an issue that is labelled as an incident: its pull request is merged, the issue stays open", async () => {
  await using loop = await startLoop();
  await configure(loop, { "never-close-labels": ["incident"] });
  const issue = await loop.issue();
  await call(loop, "POST", `/issues/${issue}/labels`, { labels: ["incident"] });
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  expect(pull.body).toContain(`For #${issue}`);
  await approve(loop, pull);
  await done(loop, issue, NO_REVIEW);
  await loop.app.sweep();
  await loop.app.idle();
  expect((await again(loop, pull)).merged).toBe(true);
  expect(await loop.shown(issue)).toMatchObject({ state: "open", labels: ["incident", "cairn:done"] });
}, 120_000);

test("25: by rebase, the base has the commit anew, with the tree that was tested; a method that is not allowed is a hold", async () => {
  await using loop = await startLoop();
  const { repository } = loop.stage;
  Object.assign(repository, { allowMergeCommit: false, allowSquashMerge: false });
  await configure(loop, { "merge-method": "rebase" });
  const base = repository.refs.get("refs/heads/main");
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  await approve(loop, pull);
  await done(loop, issue, NO_REVIEW);
  expect((await again(loop, pull)).merged).toBe(true);
  const store = loop.stage.sandbox.services.stores.get(repository.id);
  const [tip, head] = await Promise.all([
    store?.readCommit(repository.refs.get("refs/heads/main") ?? ""),
    store?.readCommit(pull.head.sha),
  ]);
  expect(tip?.parents).toEqual([base]);
  expect([tip?.tree, tip?.message]).toEqual([head?.tree, head?.message]);
  expect(merges(loop)).toEqual([`merge:pull/${pull.number}@${pull.head.sha}`]);
  await loop.app.idle();
  await configure(loop, { "merge-method": "squash" });
  const other = await loop.issue({ title: "Another" });
  await loop.ready(other);
  await approve(loop, await greenPull(loop, other));
  expect(await holdOf(loop, other)).toBe("merge-refused");
}, 120_000);
