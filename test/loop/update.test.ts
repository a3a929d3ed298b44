/** Scenario 25 over the whole loop: Cairn brings a head up to date with its base before it merges, and has it judged anew. */
import { expect, test } from "vitest";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  done,
  expectOnce,
  fault,
  greenPull,
  kinds,
  landed,
  type Pull,
  pass,
  REPO,
  request,
  waitsFor,
} from "./observing.ts";

const NO_REVIEW = { review: "no" } as const;
const UPDATE = { method: "PUT", path: `${REPO}/pulls/{pull_number}/update-branch` };

const WILL = "**Cairn will bring this up to date**";

/** Another change comes to the base. */
async function moveBase({ stage, maintainer, repo }: Loop, path = "elsewhere.txt"): Promise<string> {
  const response = await fetch(`${stage.sandbox.url}${repo}/contents/${path}`, {
    method: "PUT",
    headers: { authorization: `token ${stage.tokens.maintainer}`, "content-type": "application/json" },
    body: JSON.stringify({ message: "Elsewhere", content: Buffer.from("x\n").toString("base64") }),
  });
  expect(response.status).toBe(201);
  return (await maintainer.get<{ object: { sha: string } }>(`${repo}/git/ref/heads/main`)).object.sha;
}

const again = ({ maintainer, repo }: Loop, { number }: Pull): Promise<Pull> =>
  maintainer.get<Pull>(`${repo}/pulls/${number}`);

const approve = async (loop: Loop, { number }: Pull): Promise<void> => {
  const path = `${loop.repo}/pulls/${number}/reviews`;
  expect(await request(loop, "POST", path, { event: "APPROVE" }, loop.stage.tokens.reviewer)).toBe(200);
};

const moved = (loop: Loop, pull: Pull): Promise<Pull> =>
  loop.until(
    "another head",
    async () => {
      const now = await again(loop, pull);
      return now.head.sha === pull.head.sha ? undefined : now;
    },
    NO_REVIEW,
  );

/** A pull request with green checks, behind its base, and approved. */
async function approvedBehind(loop: Loop): Promise<{ issue: number; pull: Pull; tip: string }> {
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  const tip = await moveBase(loop);
  await approve(loop, pull);
  return { issue, pull, tip };
}

function onlyOnce(loop: Loop): void {
  expectOnce(loop);
  expect(kinds(loop).filter((kind) => kind === "branch.update")).toHaveLength(1);
  expect(kinds(loop).filter((kind) => kind === "review.request")).toHaveLength(2);
}

const parentsOf = async ({ stage }: Loop, sha: string) =>
  (await stage.sandbox.services.stores.get(stage.repository.id)?.readCommit(sha))?.parents;

test("25: the base is merged into the head, whoever approved is asked again, and the new head is merged once it is approved", async () => {
  await using loop = await startLoop();
  const { issue, pull, tip } = await approvedBehind(loop);
  const updated = await moved(loop, pull);
  expect(await parentsOf(loop, updated.head.sha)).toEqual([pull.head.sha, tip]);
  await greenPull(loop, issue);
  await waitsFor(loop, `a review of ${updated.head.sha.slice(0, 12)}`);
  const { requested_reviewers: asked } = await loop.maintainer.get<{
    requested_reviewers: { login: string }[];
  }>(`${loop.repo}/pulls/${pull.number}`);
  expect(asked).toHaveLength(1);
  expect(await chainOf(loop, issue)).toMatchObject({ updated: 1, applied: ["implement"], open: null });
  expect(kinds(loop)).not.toContain("merge");
  await approve(loop, updated);
  await done(loop, issue, NO_REVIEW);
  onlyOnce(loop);
  expect(kinds(loop)).toEqual([
    "agent.run",
    "branch.create",
    "pull.create",
    "review.request",
    "branch.update",
    "review.request",
    "merge",
  ]);
  expect(landed(loop).at(-1)).toBe(`merge:pull/${pull.number}@${updated.head.sha}`);
  const { comments } = await loop.shown(issue);
  expect(comments.filter(({ body }) => body.includes(WILL))).toHaveLength(1);
}, 120_000);

test("7: an update whose answer does not come lands once", async () => {
  await using loop = await startLoop();
  fault(loop, { ...UPDATE, fault: { kind: "answer-lost" } });
  const { issue, pull } = await approvedBehind(loop);
  const updated = await moved(loop, pull);
  await greenPull(loop, issue);
  await waitsFor(loop, `a review of ${updated.head.sha.slice(0, 12)}`);
  await approve(loop, updated);
  await done(loop, issue, NO_REVIEW);
  onlyOnce(loop);
}, 120_000);

test("7: an update that is lost on its way is found missing, and a new attempt is declared", async () => {
  await using loop = await startLoop();
  fault(loop, { ...UPDATE, count: 1, fault: { kind: "request-lost" } });
  const { issue, pull } = await approvedBehind(loop);
  await waitsFor(loop, /the quiet period: merge\/1/);
  await pass(loop, 125);
  const updated = await moved(loop, pull);
  await greenPull(loop, issue);
  await approve(loop, updated);
  await done(loop, issue, NO_REVIEW);
  onlyOnce(loop);
}, 120_000);

test("25: GitHub's no to an update is an answer: the gate is asked again, and nobody is held", async () => {
  await using loop = await startLoop();
  fault(loop, {
    ...UPDATE,
    fault: { kind: "status", status: 422, message: "expected head sha didn’t match current head ref." },
  });
  const { issue, pull } = await approvedBehind(loop);
  // The gate lets the same head through once more.
  const updated = await moved(loop, pull);
  await greenPull(loop, issue);
  await approve(loop, updated);
  await done(loop, issue, NO_REVIEW);
  expect(await chainOf(loop, issue)).toMatchObject({ attempts: { merge: { last: 3 } }, updated: 1 });
  onlyOnce(loop);
}, 120_000);

test("25: of two that are ready at once one is merged, and the other brought up to date, approved again and merged", async () => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "2" } });
  const issues = [await loop.issue(), await loop.issue({ title: "Greet nobody" })];
  for (const issue of issues) await loop.ready(issue);
  for (const issue of issues) await greenPull(loop, issue);
  // The minute's points are not spent on what came before.
  await loop.app.stop();
  loop.app = await loop.startApp({ PORT: String(loop.port) });
  for (const issue of issues) await done(loop, issue);
  expectOnce(loop);
  const effects = kinds(loop).filter((kind) => kind === "merge" || kind === "branch.update");
  expect(effects).toEqual(["merge", "branch.update", "merge"]);
}, 120_000);

test("27: a try is closed without an update", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue({ title: "[cairn-e2e] Greet" });
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  await moveBase(loop);
  await approve(loop, pull);
  await done(loop, issue, NO_REVIEW);
  expect(kinds(loop)).toContain("pull.close");
  expect(kinds(loop)).not.toContain("branch.update");
}, 120_000);

test("12: who holds the issue before the update stops it", async () => {
  await using loop = await startLoop();
  const issue = await loop.issue();
  await loop.ready(issue);
  const pull = await greenPull(loop, issue);
  await moveBase(loop);
  await loop.ready(issue, "cairn:hold");
  await loop.until(
    "the hold",
    async () => (await loop.shown(issue)).comments.find(({ body }) => body.includes("**On hold**")),
    NO_REVIEW,
  );
  await approve(loop, pull);
  await loop.app.sweep();
  await loop.app.idle();
  expect((await again(loop, pull)).head.sha).toBe(pull.head.sha);
  expect(kinds(loop)).not.toContain("branch.update");
}, 120_000);

test("25: who holds the pull request when the update is declared stops it", async () => {
  await using loop = await startLoop();
  const label = { name: "cairn:hold", color: "cccccc", description: "Nothing goes on" };
  expect(await request(loop, "POST", `${loop.repo}/labels`, label)).toBe(201);
  const { issue, pull } = await approvedBehind(loop);
  const intended = async () => (await loop.shown(issue)).comments.find(({ body }) => body.includes(WILL));
  await loop.until("the update's intent", intended, NO_REVIEW);
  await loop.ready(pull.number, "cairn:hold");
  await waitsFor(loop, `cairn:hold to be taken off #${pull.number}`);
  expect((await again(loop, pull)).head.sha).toBe(pull.head.sha);
  expect(kinds(loop)).not.toContain("branch.update");
  const path = `${loop.repo}/issues/${pull.number}/labels/cairn:hold`;
  expect(await request(loop, "DELETE", path)).toBe(200);
  await moved(loop, pull);
}, 120_000);
