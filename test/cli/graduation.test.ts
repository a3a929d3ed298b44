/** `cairn graduation`, from what GitHub shows of pull requests that people closed. */
import { expect, test } from "vitest";
import { lookAtGraduation } from "../../src/cli/graduation/look.ts";
import { graduationText } from "../../src/cli/graduation/text.ts";
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
  expect(await lookAtGraduation(s.site.reads, "other")).toMatchObject({ compared: [], diff: null });
  const sha = (await s.site.reads.pull(pulls[1] ?? 0))?.value.mergeCommitSha;
  await put("reverted.txt", "", `Revert "Work"\n\nThis reverts commit ${sha}.`);
  const after = await lookAtGraduation(s.site.reads, "cairn");
  expect(after).toMatchObject({ agreed: 2, against: 1, ready: false, diff: null });
  expect(graduationText(after)).toContain(
    `#${pulls[1]}  against: it was merged, and reverted (merge-shadow)`,
  );
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
