/** A pull request that conflicts with its base, over the whole loop: a round of fixing makes it a merge of both. */
import { mkdtempDisposable, readFile } from "node:fs/promises";
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
  jobOf,
  landed,
  request,
  runsOf,
} from "./observing.ts";

interface Pull {
  readonly number: number;
  readonly head: { readonly sha: string };
}

const NO_REVIEW = { review: "no" } as const;

/** The issue's pull request, at another head than this. */
const pullOf = (loop: Loop, issue: number, before?: string): Promise<Pull> =>
  loop.until(
    "a head",
    async () => {
      const pulls = await loop.maintainer.get<Pull[]>(`${loop.repo}/pulls?head=acme:cairn/${issue}-g1`);
      return pulls.find(({ head }) => head.sha !== before);
    },
    NO_REVIEW,
  );

/** A person changes files of the default branch, each by a commit; the last of them. */
async function baseMoves(loop: Loop, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const at = `${loop.repo}/contents/${path}`;
    const old = await loop.maintainer.get<{ sha?: string }>(at).catch(() => ({ sha: undefined }));
    const content = Buffer.from(text).toString("base64");
    const put = { message: `Change ${path}`, content, ...(old.sha === undefined ? {} : { sha: old.sha }) };
    expect([200, 201]).toContain(await request(loop, "PUT", at, put));
  }
  return loop.stage.repository.refs.get("refs/heads/main") ?? "";
}

/** Looks again and again: GitHub tells nobody that a pull request has begun to conflict. */
const swept = <T>(loop: Loop, what: string, check: () => Promise<T | undefined>): Promise<T> =>
  loop.until(
    what,
    async () => {
      await loop.app.sweep();
      await loop.app.idle();
      return check();
    },
    NO_REVIEW,
  );

const THEIRS = {
  "README.md": "# Greetings\n\nTheir words.\n",
  "docs/notes.md": "notes\n",
  ".github/NOTES.md": "reserved, and theirs\n",
};

/** In its first run it writes the README; in a round it keeps what it was given, and does this. */
const agentOf = (folder: string, round: string): string =>
  [
    `if [ -z "\${CAIRN_ROUND:-}" ]; then sh tools/agent.sh; echo "Our words." >> README.md; exit; fi`,
    `cp "$CAIRN_FINDINGS_FILE" "${folder}/findings.md"`,
    `cp "$CAIRN_CONFLICTS_FILE" "${folder}/conflicts.json"`,
    `cp README.md "${folder}/README.md"`,
    `git status --porcelain > "${folder}/status"`,
    `echo "$CAIRN_BASE_COMMIT" > "${folder}/base"`,
    round,
  ].join("\n");

test("a pull request that conflicts with its base is made a merge of both, is looked at, and merged", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-conflict-"));
  const solve = "printf '# Greetings\\n\\nTheir words.\\nOur words.\\n' > README.md";
  await using loop = await startLoop({ agent: agentOf(folder.path, solve) });
  // The repository's own check sees both sides.
  const both = "grep -q 'Our words' README.md && grep -q several src/greet.js && test -e .github/NOTES.md";
  await configure(loop, { check: { command: `if [ -e docs/notes.md ]; then ${both}; fi` } });
  const issue = await loop.issue();
  await loop.ready(issue);
  const first = await pullOf(loop, issue);
  const base = await baseMoves(loop, THEIRS);
  const second = await swept(loop, "the merge", async () => {
    const pull = await loop.maintainer.get<Pull>(`${loop.repo}/pulls/${first.number}`);
    return pull.head.sha === first.head.sha ? undefined : pull;
  });
  const { sandbox, repository } = loop.stage;
  const store = sandbox.services.stores.get(repository.id);
  const commit = await store?.readCommit(second.head.sha);
  expect(commit?.parents).toEqual([first.head.sha, base]);
  expect(commit?.message).toContain(
    `Round 1 of fixing for #${issue}, generation 1. It merges ${base} of main.\n\n` +
      `Cairn-Effect: branch.push:cairn/${issue}-g1@${first.head.sha}+${base}#g1f1`,
  );
  const shown = async (path: string): Promise<string | undefined> => {
    const entry = await store?.entryAt(second.head.sha, path);
    return entry && String(await store?.readBlob(entry.sha));
  };
  expect(await shown("README.md")).toBe("# Greetings\n\nTheir words.\nOur words.\n");
  expect(await shown("docs/notes.md")).toBe(THEIRS["docs/notes.md"]);
  expect(await shown(".github/NOTES.md")).toBe(THEIRS[".github/NOTES.md"]);
  expect(await shown("src/greet.js")).toContain("for one name or several");
  const given = async (name: string): Promise<string> => readFile(join(folder.path, name), "utf8");
  expect(JSON.parse(await given("conflicts.json"))).toEqual(["README.md"]);
  expect(await given("base")).toBe(`${base}\n`);
  expect(await given("README.md")).toMatch(/<<<<<<< [0-9a-f]{40}\n.*=======\n.*>>>>>>> [0-9a-f]{40}\n/s);
  expect(await given("status")).toContain("UU README.md\n");
  expect(await given("findings.md")).toContain(
    `Round 1 of 2, on ${first.head.sha}: The work conflicts with commits that came to the base branch meanwhile. #${first.number} conflicts with main\n\nThe checkout holds a merge of ${first.head.sha} with ${base}`,
  );
  expect(jobOf(runsOf(loop).at(-1), "check")?.conclusion).toBe("success");
  // The reviewer approves what is there now.
  await loop.reviewer.post(`${loop.repo}/pulls/${first.number}/reviews`, {
    event: "APPROVE",
    commit_id: second.head.sha,
  });
  await done(loop, issue, NO_REVIEW);
  expectOnce(loop);
  expect(landed(loop)).toEqual([
    `agent.run:${issue}#g1a1`,
    `branch.create:cairn/${issue}-g1`,
    `pull.create:cairn/${issue}-g1`,
    `review.request:pull/${first.number}@robin`,
    `agent.run:${issue}#g1f1`,
    `branch.update:cairn/${issue}-g1@${second.head.sha}`,
    `merge:pull/${first.number}@${second.head.sha}`,
  ]);
}, 120_000);

test("a push that GitHub refuses is a hold with its words, and not tried again as if the head had moved", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-conflict-"));
  await using loop = await startLoop({ agent: agentOf(folder.path, "echo solved > README.md") });
  const issue = await loop.issue();
  await loop.ready(issue);
  const { head } = await pullOf(loop, issue);
  const message =
    "refusing to allow a GitHub App to create or update workflow without `workflows` permission";
  const path = `${loop.repo}/git/refs/heads/*`;
  fault(loop, { method: "PATCH", path, count: 9, fault: { kind: "status", status: 422, message } });
  await baseMoves(loop, THEIRS);
  await swept(loop, "a hold", async () =>
    (await loop.shown(issue)).labels.includes("cairn:hold") ? true : undefined,
  );
  expect(await holdOf(loop, issue)).toBe("publish-refused");
  const { comments } = await loop.shown(issue);
  expect(comments.at(-1)?.body).toContain("refusing to allow a GitHub App");
  expect((await pullOf(loop, issue)).head.sha).toBe(head.sha);
  expect((await chainOf(loop, issue)).attempts.fix.last).toBe(1);
}, 120_000);

test.each([
  ["leaves git's markers", "echo more >> README.md", "conflict-unsolved"],
  ["changes nothing", "true", "no-change"],
  ["fails", "exit 3", "agent-failed"],
])(
  "where the agent %s people are asked, and nothing is pushed",
  async (_what, round, reason) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-conflict-"));
    await using loop = await startLoop({ agent: agentOf(folder.path, round) });
    const issue = await loop.issue();
    await loop.ready(issue);
    const { head } = await pullOf(loop, issue);
    await baseMoves(loop, THEIRS);
    await swept(loop, "a hold", async () =>
      (await loop.shown(issue)).labels.includes("cairn:hold") ? true : undefined,
    );
    expect(await holdOf(loop, issue)).toBe(reason);
    expect((await pullOf(loop, issue)).head.sha).toBe(head.sha);
    expect((await chainOf(loop, issue)).attempts.fix.last).toBe(1);
  },
  120_000,
);
