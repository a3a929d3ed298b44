/** `cairn graduation`, from what GitHub shows of pull requests that people closed. */
import { expect, test } from "vitest";
import { lookAtGraduation, type PastVerdicts } from "../../src/app/graduation.ts";
import { readTrial, trialLines } from "../../src/app/status/trial.ts";
import { graduationText } from "../../src/cli/graduation.ts";
import { verdictOf } from "../../src/core/verdict.ts";
import { type Scene, scene } from "../barrier/scene.ts";

const CONFIG = "agent: { command: a }\nmerge: shadow # since spring\n";

/** A pull request of Cairn's that its gate would let through, and what a person did with it. */
async function decided(s: Scene, number: number, by: "merge" | "close"): Promise<number> {
  const branch = `cairn/${number}-g1`;
  const head = await s.branchCommit(`work ${number}`, `file-${number}.txt`);
  await s.site.writes.createRef(`refs/heads/${branch}`, head);
  const made = await s.site.writes.createPull({
    title: `Work ${number}`,
    body: "",
    head: branch,
    base: "main",
  });
  if (made.kind !== "applied") throw new Error("no pull request");
  const pull = made.value.number;
  const verdict = verdictOf({ kind: "waits", head, code: "merge-shadow", for: "a person", again: null });
  if (!verdict) throw new Error("no verdict");
  const { conclusion, title, summary, says } = verdict;
  const content = { conclusion, title, summary, externalId: says };
  expect(await s.site.writes.createCheck({ name: "Cairn", head, ...content })).toMatchObject({
    kind: "applied",
  });
  const maya = s.fixture.as(s.fixture.tokens.maintainer);
  const end =
    by === "merge"
      ? await maya("PUT", `~/pulls/${pull}/merge`, {})
      : await maya("PATCH", `~/pulls/${pull}`, { state: "closed" });
  expect(end.status).toBe(200);
  return pull;
}

test("three alike offer the change as a diff; a revert takes the offer back", async () => {
  await using s = await scene();
  const maya = s.fixture.as(s.fixture.tokens.maintainer);
  const put = (path: string, content: string, message: string) =>
    maya("PUT", `~/contents/${path}`, { message, content: Buffer.from(content).toString("base64") });
  expect((await put(".github/cairn.yml", CONFIG, "Configure")).status).toBe(201);
  const pulls = [await decided(s, 21, "merge"), await decided(s, 22, "merge")];
  const two = await lookAtGraduation(s.site.reads, "cairn");
  expect(two).toMatchObject({ merge: "shadow", agreed: 2, against: 0, ready: false, diff: null });
  expect(graduationText(two)).toContain("Nothing is offered yet: it takes 3 agreements, and there are 2.");
  pulls.push(await decided(s, 23, "merge"));
  const three = await lookAtGraduation(s.site.reads, undefined);
  expect(three).toMatchObject({ agreed: 3, against: 0, ready: true });
  expect(three.diff).toContain(
    "-merge: shadow # since spring\n+merge: on-green-with-review # since spring\n",
  );
  for (const pull of pulls) expect(graduationText(three)).toContain(`#${pull}  agreed`);
  // The status comment tells the same, and asks only once about what is over.
  const verdicts: PastVerdicts = new Map();
  const told = await readTrial(s, verdicts);
  expect(told.slice(0, 5)).toEqual([
    "Trial (`merge: shadow`): 3 agreed, 0 against. Cairn has decided as people did; this change to `.github/cairn.yml` lets it merge:",
    "",
    ...[...pulls].reverse().map((pull) => `- #${pull} agreed: Cairn would have merged it, and people did`),
  ]);
  expect(told.slice(5, 7).concat(told.slice(-3))).toEqual([
    "",
    "```diff",
    "-merge: shadow # since spring",
    "+merge: on-green-with-review # since spring",
    "```",
  ]);
  const before = s.fixture.sandbox.requestLog.length;
  expect(await readTrial(s, verdicts)).toEqual(told);
  expect(
    s.fixture.sandbox.requestLog.slice(before).filter(({ path }) => path.includes("check-runs")),
  ).toEqual([]);
  expect(await lookAtGraduation(s.site.reads, "other")).toMatchObject({ compared: [], diff: null });
  const sha = (await s.site.reads.pull(pulls[1] ?? 0))?.value.mergeCommitSha;
  await put("reverted.txt", "", `Revert "Work"\n\nThis reverts commit ${sha}.`);
  const after = await lookAtGraduation(s.site.reads, "cairn");
  expect(after).toMatchObject({ agreed: 2, against: 1, ready: false, diff: null });
  expect((await readTrial(s, verdicts)).join("\n")).toMatch(
    /^Trial .*: 2 agreed, 1 against\. Nothing is offered: something speaks against it\.\n[^`]*$/,
  );
  expect(graduationText(after)).toContain(
    `#${pulls[1]}  against: it was merged, and reverted (merge-shadow)`,
  );
  // A merge commit brings the work's own commit to the base: git reverts that one as well.
  const own = (await s.site.reads.pull(pulls[0] ?? 0))?.value.headSha;
  await put("undone.txt", "", `Revert "work 21"\n\nThis reverts commit ${own}.`);
  const undone = await lookAtGraduation(s.site.reads, "cairn");
  expect(undone).toMatchObject({ agreed: 1, against: 2 });
  expect(undone.compared.find(({ number }) => number === pulls[0])?.is).toBe("reverted");
}, 30_000);

test("what people closed instead speaks against it", async () => {
  await using s = await scene();
  const pull = await decided(s, 21, "close");
  const report = await lookAtGraduation(s.site.reads, "cairn");
  expect(report).toMatchObject({ merge: "never", agreed: 0, against: 1, diff: null });
  expect(graduationText(report)).toContain(
    `#${pull}  against: Cairn would have merged it, and people closed it`,
  );
});

test("of many the newest are named; a file with backticks or the beginning of an HTML comment breaks out of nothing", () => {
  const compared = Array.from({ length: 12 }, (_, index) => ({
    number: 40 - index,
    is: "agreed" as const,
    verdict: "merge-shadow",
  }));
  const report = { repository: "acme/tools", merge: "shadow", compared, agreed: 12, against: 0, ready: true };
  const shown = trialLines({ ...report, diff: " ````\n-merge: shadow\n" });
  expect(shown).toContain("- and 2 older");
  expect(shown.slice(-4)).toEqual(["`````diff", " ````", "-merge: shadow", "`````"]);
  expect(trialLines({ ...report, diff: " <!-- a\n-merge: shadow\n" }).join("\n")).not.toContain("<!--");
  const few = { ...report, compared: [], agreed: 0, ready: false, diff: null };
  expect(trialLines(few)[0]).toMatch(
    /0 agreed, 0 against\. Nothing is offered yet: it takes 3 agreements\.$/,
  );
});
