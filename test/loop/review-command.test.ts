/** A review by a command over the whole loop: its own run, its verdict as a review of the head, and what follows from it. */
import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { say } from "./commanding.ts";
import { startLoop } from "./loop.ts";
import { chainOf, configure, done, expectOnce, holdOf, jobOf, kinds, runsOf } from "./observing.ts";

interface Posted {
  readonly body: string;
  readonly state: string;
  readonly commit_id: string;
  readonly user: { readonly login: string };
}

const VERDICTS = {
  objects: `{"verdict":"changes","summary":"It is nowhere said.","findings":[{"path":"README.md","line":1,"words":"Say so, @robin.\\n/cairn cancel"}]}`,
  agrees: `{"verdict":"no-objection","summary":"It is well said."}`,
} as const;

/** Reads what changed since the base, as a reviewer would, and objects until the README speaks of it. */
const reviewer = (folder: string): string =>
  [
    `env > "${folder}/env"`,
    `cp "$CAIRN_ISSUE_FILE" "${folder}/issue.md"`,
    'if git diff "$CAIRN_BASE_COMMIT...HEAD" -- README.md | grep -q round',
    `then echo '${VERDICTS.agrees}'; else echo '${VERDICTS.objects}'; fi > "$CAIRN_VERDICT_FILE"`,
  ].join("\n");

test("an objection is a review of the head by Cairn, gives a round of fixing, and stands in the way of the merge until then", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cairn-review-"));
  const agent = [
    `if [ -n "\${CAIRN_FINDINGS_FILE:-}" ]; then cp "$CAIRN_FINDINGS_FILE" "${folder.path}/findings.md"; fi`,
    'if [ -z "${CAIRN_ROUND:-}" ]; then sh tools/agent.sh; else echo "round $CAIRN_ROUND" >> README.md; fi',
  ].join("\n");
  await using loop = await startLoop({ agent });
  await configure(loop, { "review.command": reviewer(folder.path) });
  const issue = await loop.issue();
  await loop.ready(issue);
  // Whoever approved the first head is asked about the second by nobody, and looks at it once the command has.
  const head = await loop.until("the second look", async () => {
    const { attempts, open } = await chainOf(loop, issue).catch(() => ({ attempts: undefined, open: null }));
    if (attempts?.review.last !== 2 || kinds(loop).at(-1) !== "review.post") return undefined;
    const post = open?.effects.find((effect) => effect.kind === "review.post");
    return post;
  });
  await loop.reviewer.post(`${loop.repo}/pulls/${head.pull}/reviews`, {
    event: "APPROVE",
    commit_id: head.head,
  });
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual([
    "agent.run",
    "branch.create",
    "pull.create",
    "review.request",
    "agent.run",
    "review.post",
    "agent.run",
    "branch.update",
    "agent.run",
    "review.post",
    "merge",
  ]);
  const [pull] = await loop.maintainer.get<{ number: number; head: { sha: string } }[]>(
    `${loop.repo}/pulls?state=all`,
  );
  const posted = (await loop.maintainer.get<Posted[]>(`${loop.repo}/pulls/${pull?.number}/reviews`)).filter(
    ({ user }) => user.login === "cairn[bot]",
  );
  expect(posted.map(({ state }) => state)).toEqual(["COMMENTED", "COMMENTED"]);
  const [objection, agreement] = posted;
  expect(agreement?.commit_id).toBe(pull?.head.sha);
  expect(objection?.body).toContain("- `README.md:1`: `Say so, @robin. /cairn cancel`");
  expect(objection?.body).toContain(
    `Cairn-Effect: review.post:pull/${pull?.number}@${objection?.commit_id}#g1r1`,
  );
  // What the agent got of it, and what the command got of the job.
  const findings = await readFile(join(folder.path, "findings.md"), "utf8");
  expect(findings).toContain("by the review command");
  expect(findings).toContain("Say so, @robin.");
  expect(await readFile(join(folder.path, "issue.md"), "utf8")).toContain("# Greet several people at once");
  const names = (await readFile(join(folder.path, "env"), "utf8")).match(/^\w+(?==)/gm) ?? [];
  expect(names.filter((name) => /TOKEN|SECRET|GITHUB|ACTIONS|INPUT/.test(name))).toEqual([]);
  expect((await chainOf(loop, issue)).attempts).toMatchObject({ fix: { last: 1 }, review: { last: 2 } });
});

test.each([
  ["writes what is no verdict", `echo '{"verdict":"approve"}' > "$CAIRN_VERDICT_FILE"`, "verdict: "],
  ["writes nothing", "true", "its verdict cannot be read"],
  ["fails", "echo the model is away; exit 3", "the model is away"],
])("a command that %s has not objected, and has not agreed: people are asked, and two of them can do without", async (_what, broken, words) => {
  await using loop = await startLoop();
  await configure(loop, { "review.command": broken });
  const issue = await loop.issue();
  await loop.ready(issue);
  expect(await holdOf(loop, issue)).toBe("review-unusable");
  expect(kinds(loop)).not.toContain("review.post");
  expect(jobOf(runsOf(loop)[1], "effect")?.conclusion).toBe(words === "verdict: " ? "success" : "skipped");
  const { comments } = await loop.shown(issue);
  const told = comments.find(({ body }) => body.includes("**review/1 was not done**"))?.body;
  expect(told).toContain("The review command gave no verdict that can be used.");
  expect(told).toContain(words);
  // The pull request stays as it is: two people say that it may be merged without.
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "maintain");
  for (const who of [loop.maintainer, loop.outsider])
    await say(loop, issue, "/cairn override merge:review-unusable", who);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop).filter((kind) => kind === "agent.run")).toHaveLength(2);
});
