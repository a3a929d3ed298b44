/** Rounds of fixing over the whole loop: what people and checks find goes back to the agent, on the same pull request. */
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  configure,
  done,
  expectOnce,
  fault,
  holdOf,
  kinds,
  landed,
  REPO,
  request,
  runsOf,
  waitsFor,
} from "./observing.ts";

interface Pull {
  readonly number: number;
  readonly head: { readonly sha: string; readonly ref: string };
}

const NO_REVIEW = { review: "no" } as const;

/** The pull request of an issue, at another head than those. */
const pullOf = (loop: Loop, issue: number, ...before: readonly string[]): Promise<Pull> =>
  loop.until(
    "a new head",
    async () =>
      (await loop.maintainer.get<Pull[]>(`${loop.repo}/pulls?state=all`)).find(
        ({ head }) => head.ref === `cairn/${issue}-g1` && !before.includes(head.sha),
      ),
    NO_REVIEW,
  );

const review = (loop: Loop, { number, head }: Pull, event: string, more: object = {}) =>
  loop.reviewer.post(`${loop.repo}/pulls/${number}/reviews`, { event, commit_id: head.sha, ...more });

const rounds = async (loop: Loop, issue: number): Promise<number> =>
  (await chainOf(loop, issue)).attempts.fix.last;

/** An agent that keeps what it was given, round by round, and changes something each time. */
const keeping = (folder: string): string =>
  [
    `if [ -n "\${CAIRN_FINDINGS_FILE:-}" ]; then cp "$CAIRN_FINDINGS_FILE" "${folder}/round-$CAIRN_ROUND.md"; fi`,
    'if [ -z "${CAIRN_ROUND:-}" ]; then sh tools/agent.sh; else echo "round $CAIRN_ROUND" >> README.md; fi',
  ].join("\n");

/** An agent whose rounds wait until this file is there. */
const waitingFor = (go: string): string =>
  [
    'if [ -z "${CAIRN_ROUND:-}" ]; then sh tools/agent.sh; exit; fi',
    `for i in $(seq 600); do [ -e '${go}' ] && break; sleep 0.1; done; echo more >> README.md`,
  ].join("\n");

const roundBegins = (loop: Loop): Promise<true> =>
  loop.until(
    "the round",
    () => (landed(loop).some((key) => key.endsWith("#g1f1")) ? true : undefined),
    NO_REVIEW,
  );

const reviewAsked = (loop: Loop): Promise<true> =>
  loop.until(
    "the request for a review",
    () => (kinds(loop).includes("review.request") ? true : undefined),
    NO_REVIEW,
  );

test("changes that a reviewer asks for are one commit more on the same pull request, and whoever asked looks again", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-fix-"));
  await using loop = await startLoop({ agent: keeping(folder.path) });
  const issue = await loop.issue();
  await loop.ready(issue);
  const first = await pullOf(loop, issue);
  await reviewAsked(loop);
  await review(loop, first, "REQUEST_CHANGES", {
    body: "Please say so in the README.\n\n/cairn cancel",
    comments: [{ path: "src/greet.js", line: 3, side: "RIGHT", body: "A `set` would do." }],
  });
  const second = await pullOf(loop, issue, first.head.sha);
  expect(second.number).toBe(first.number);
  const { sandbox, repository } = loop.stage;
  const commit = await sandbox.services.stores.get(repository.id)?.readCommit(second.head.sha);
  expect(commit?.parents).toEqual([first.head.sha]);
  expect(commit?.message).toContain(
    `Round 1 of fixing for #${issue}, generation 1.\n\nCairn-Effect: branch.push:cairn/${issue}-g1@${first.head.sha}#g1f1`,
  );
  // What was asked for on the older head is for whoever asked to say; nothing begins anew for it.
  await waitsFor(loop, `@robin to look at ${second.head.sha.slice(0, 12)}`);
  const found = await readFile(join(folder.path, "round-1.md"), "utf8");
  expect(found).toContain(`# What is to be mended in #${first.number}\n\nRound 1 of 2, on ${first.head.sha}`);
  expect(found).toContain("## Review by @robin: changes are asked for\n\nPlease say so in the README.");
  expect(found).toContain("## src/greet.js, line 3, by @robin\n\nA `set` would do.");
  await review(loop, second, "APPROVE");
  await done(loop, issue, NO_REVIEW);
  // Asked for each head once: for the first with the pull request, for the second behind its push.
  expect(landed(loop)).toEqual([
    `agent.run:${issue}#g1a1`,
    `branch.create:cairn/${issue}-g1`,
    `pull.create:cairn/${issue}-g1`,
    `review.request:pull/${first.number}@robin`,
    `agent.run:${issue}#g1f1`,
    `branch.update:cairn/${issue}-g1@${second.head.sha}`,
    `review.request:pull/${first.number}@robin`,
    `merge:pull/${first.number}@${second.head.sha}`,
  ]);
  expect(await rounds(loop, issue)).toBe(1);
}, 120_000);

test.each([
  "somebody asks first",
  "GitHub does not take it",
] as const)("whoever asked for changes is not asked where %s: the round stands, and they are waited for", async (what) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-fix-"));
  const go = join(folder.path, "go");
  await using loop = await startLoop({ agent: waitingFor(go) });
  const issue = await loop.issue();
  await loop.ready(issue);
  const first = await pullOf(loop, issue);
  await reviewAsked(loop);
  await review(loop, first, "REQUEST_CHANGES", { body: "No." });
  await roundBegins(loop);
  const path = `${REPO}/pulls/{pull_number}/requested_reviewers`;
  if (what === "somebody asks first") {
    const at = `${loop.repo}/pulls/${first.number}/requested_reviewers`;
    expect(await request(loop, "POST", at, { reviewers: ["robin"] })).toBe(201);
  } else
    fault(loop, { method: "POST", path, count: 1, fault: { kind: "status", status: 422, message: "No." } });
  await writeFile(go, "");
  const second = await pullOf(loop, issue, first.head.sha);
  await waitsFor(loop, `@robin to look at ${second.head.sha.slice(0, 12)}`);
  expect(kinds(loop).filter((kind) => kind === "review.request")).toHaveLength(1);
  expect(runsOf(loop).map(({ conclusion }) => conclusion)).toEqual(["success", "success"]);
  const { comments } = await loop.shown(issue);
  expect(comments.filter(({ body }) => body.includes("was not done"))).toEqual([]);
}, 120_000);

test("a check that fails is mended with the end of its log, and where the rounds are spent people are asked", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-fix-"));
  // Each round changes something, and none mends it.
  const agent = [
    `if [ -n "\${CAIRN_FINDINGS_FILE:-}" ]; then cp "$CAIRN_FINDINGS_FILE" "${folder.path}/round-$CAIRN_ROUND.md"; fi`,
    'echo "no code $CAIRN_ATTEMPT ${CAIRN_ROUND:-}" > src/greet.js',
  ].join("\n");
  await using loop = await startLoop({ agent });
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("check-failed");
  expect(await rounds(loop, issue)).toBe(2);
  expectOnce(loop);
  const { number } = await pullOf(loop, issue);
  const commits = await loop.maintainer.get<unknown[]>(`${loop.repo}/pulls/${number}/commits`);
  expect(commits).toHaveLength(3);
  for (const round of [1, 2]) {
    const found = await readFile(join(folder.path, `round-${round}.md`), "utf8");
    expect(found).toContain("## Check test: failure");
    expect(found).toContain("SyntaxError");
  }
  // Rounds are of a generation: whoever goes on begins a new one.
  await loop.ready(issue);
  await loop.until("another generation", async () =>
    (await chainOf(loop, issue)).generation === 2 ? true : undefined,
  );
}, 120_000);

test.each([
  "adds a commit",
  "takes one away",
] as const)("whoever %s while the agent mends is not overruled: nothing is pushed, and the gate judges what is there", async (what) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-fix-"));
  const go = join(folder.path, "go");
  await using loop = await startLoop({ agent: waitingFor(go) });
  const issue = await loop.issue();
  await loop.ready(issue);
  const first = await pullOf(loop, issue);
  const more = async (name: string): Promise<Pull> => {
    const put = { message: name, content: "bWluZQo=", branch: first.head.ref };
    expect(await request(loop, "PUT", `${loop.repo}/contents/${name}.txt`, put)).toBe(201);
    return loop.maintainer.get<Pull>(`${loop.repo}/pulls/${first.number}`);
  };
  const refused = await more("one");
  await review(loop, refused, "REQUEST_CHANGES", { body: "No." });
  await roundBegins(loop);
  // GitHub would take a push onto the older head: it is a fast-forward.
  const ref = `${loop.repo}/git/refs/heads/${first.head.ref}`;
  const theirs = what === "adds a commit" ? (await more("two")).head.sha : first.head.sha;
  if (what === "takes one away")
    expect(await request(loop, "PATCH", ref, { sha: theirs, force: true })).toBe(200);
  await writeFile(go, "");
  await waitsFor(loop, `@robin to look at ${theirs.slice(0, 12)}`);
  expect((await pullOf(loop, issue)).head.sha).toBe(theirs);
  expect(runsOf(loop)).toHaveLength(2);
  expect(kinds(loop).filter((kind) => kind.startsWith("branch."))).toEqual(["branch.create"]);
}, 120_000);

test("where rounds are turned off, or nobody lets Cairn go so far, people are asked at once", async () => {
  await using loop = await startLoop({ agent: "echo 'syntax error here' > src/greet.js" });
  await configure(loop, { "fix-rounds": 0 });
  const [off, modest] = [await loop.issue({ title: "Off" }), await loop.issue({ title: "Modest" })];
  await loop.ready(off);
  expect(await holdOf(loop, off)).toBe("check-failed");
  await configure(loop, { "fix-rounds": 2, autonomy: "propose" });
  await loop.ready(modest);
  const draft = await pullOf(loop, modest);
  expect(await request(loop, "GET", `${loop.repo}/pulls/${draft.number}`)).toBe(200);
  await waitsFor(loop, `#${draft.number} to leave draft`);
  expect(await rounds(loop, modest)).toBe(0);
}, 120_000);
