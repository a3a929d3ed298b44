/** Scenario 26: the issue, or the repository under it, goes elsewhere while a pull request waits for a review. */
import { expect, test } from "vitest";
import { answered, say } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import { control, done, expectOnce, fault, kinds, labelled, request, waitsFor } from "./observing.ts";

const NO_REVIEW = { review: "no" } as const;

/** An issue whose pull request waits for a review. */
async function waiting(loop: Loop): Promise<number> {
  const issue = await loop.issue();
  await loop.ready(issue);
  await labelled(loop, issue, "cairn:reviewing", NO_REVIEW);
  await loop.app.idle();
  return issue;
}

test("26: the issue is transferred: nothing is merged, and nothing begins where it is now before somebody asks there", async () => {
  await using loop = await startLoop();
  const { sandbox } = loop.stage;
  const elsewhere = await sandbox.createRepository("acme", "elsewhere", { files: { "a.md": "a\n" } });
  sandbox.addCollaborator(elsewhere, "maya", "admin");
  const issue = await waiting(loop);
  await control(loop, "POST /issues/transfer", {
    repository: loop.stage.name,
    number: issue,
    by: "maya",
    to: "acme/elsewhere",
  });
  const before = kinds(loop);
  await loop.approve();
  await loop.app.sweep();
  await loop.app.idle();
  expect(kinds(loop)).toEqual(before);
  expect(elsewhere.refs.has("refs/cairn/1")).toBe(false);
  // What was declared for the other issue counts for nothing here: this is a first generation.
  await request(loop, "POST", "/repos/acme/elsewhere/issues/1/labels", { labels: ["cairn:ready"] });
  await loop.until("its own chain", () => (elsewhere.refs.has("refs/cairn/1") ? true : undefined), NO_REVIEW);
  expect(kinds(loop)).toEqual(before);
  await waitsFor(loop, "looks like a marker and counts for nothing: other-issue");
});

test("26: an issue that is transferred with its labels: they are taken off where nobody has asked, and nothing begins", async () => {
  await using loop = await startLoop();
  const { sandbox } = loop.stage;
  const elsewhere = await sandbox.createRepository("acme", "elsewhere", { files: { "a.md": "a\n" } });
  sandbox.addCollaborator(elsewhere, "maya", "admin");
  // Labels go with an issue where the other repository has some of the same name.
  for (const name of ["cairn:ready", "cairn:reviewing"])
    expect(await request(loop, "POST", "/repos/acme/elsewhere/labels", { name, color: "cccccc" })).toBe(201);
  const issue = await waiting(loop);
  await answered(loop, await say(loop, issue, "/cairn status"), "eyes");
  await loop.app.idle();
  // GitHub's times are whole seconds.
  sandbox.clock.advance(2_000);
  await control(loop, "POST /issues/transfer", {
    repository: loop.stage.name,
    number: issue,
    by: "maya",
    to: "acme/elsewhere",
  });
  const labels = async (): Promise<string[]> =>
    (await loop.maintainer.get<{ labels: { name: string }[] }>("/repos/acme/elsewhere/issues/1")).labels.map(
      ({ name }) => name,
    );
  expect(await labels()).toEqual(["cairn:reviewing"]);
  await loop.until("no label", async () => ((await labels()).length === 0 ? true : undefined), NO_REVIEW);
  await loop.app.sweep();
  await loop.app.idle();
  // Whoever asked where it was has asked nothing here.
  expect(elsewhere.refs.has("refs/cairn/1")).toBe(false);
  await request(loop, "POST", "/repos/acme/elsewhere/issues/1/labels", { labels: ["cairn:ready"] });
  await loop.until("its own chain", () => (elsewhere.refs.has("refs/cairn/1") ? true : undefined), NO_REVIEW);
});

test("26: the repository is renamed: the work goes on under its new name", async () => {
  await using loop = await startLoop();
  const issue = await waiting(loop);
  expect(await request(loop, "PATCH", loop.repo, { name: "welcomes" })).toBe(200);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toContain("merge");
});

test("26: the repository is archived: nothing lands until somebody takes that back, and then the work goes on", async () => {
  await using loop = await startLoop();
  const issue = await waiting(loop);
  // Everything is there for a merge, and the app has not heard of it.
  fault(loop, { fault: { kind: "webhook", mode: "drop", event: "pull_request_review" } });
  await loop.approve();
  expect(await request(loop, "PATCH", loop.repo, { archived: true })).toBe(200);
  await loop.app.idle();
  const { requestLog } = loop.stage.sandbox;
  const asked = requestLog.length;
  await loop.app.sweep();
  await loop.app.idle();
  // GitHub would refuse what is written there: nothing of the kind is asked for.
  const writes = requestLog
    .slice(asked)
    .filter(({ write, tokenKind }) => write && tokenKind === "installation");
  expect(writes.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  expect(await request(loop, "PATCH", loop.repo, { archived: false })).toBe(200);
  await loop.app.sweep();
  await done(loop, issue);
  expectOnce(loop);
});
