/** `cairn status`: the board of a repository, that it only reads, and how it ends. */
import { expect, test } from "vitest";
import { readTerms } from "../../src/app/settings.ts";
import { makeSteps, readChain, type Site } from "../../src/barrier/index.ts";
import { type Board, readBoard } from "../../src/cli/board/read.ts";
import { boardText } from "../../src/cli/board/text.ts";
import { emptyChain } from "../../src/core/chain.ts";
import { agentRun, branchCreate, pullCreate, trailerOf } from "../../src/core/keys.ts";
import { encodeMarker } from "../../src/core/marker.ts";
import { holding } from "../../src/core/plan.ts";
import { proseOf } from "../../src/core/prose.ts";
import { connect, createGovernor, realClock } from "../../src/github/index.ts";
import { type Scene, scene } from "../barrier/scene.ts";
import { cairn } from "./cairn.ts";

/** What a reader is shown; nothing but reads reach GitHub meanwhile. */
async function shown({ fixture }: Scene, slug?: string): Promise<Board> {
  const { sandbox, tokens } = fixture;
  const before = sandbox.requestLog.length;
  const connection = connect({
    apiUrl: sandbox.url,
    address: () => ({ owner: "acme", repo: "tools" }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => tokens.reviewer,
    retryPause: 1,
  });
  const board = await readBoard({ connection, terms: readTerms({}), slug });
  expect([...new Set(sandbox.requestLog.slice(before).map(({ method }) => method))]).toEqual(["GET"]);
  return board;
}

const maya = ({ fixture }: Scene) => fixture.as(fixture.tokens.maintainer);

async function file(s: Scene, title: string): Promise<Site> {
  const { body } = await maya(s)("POST", "~/issues", { title, body: "b" });
  return { ...s.site, issue: { ...s.site.issue, number: body.number } };
}

async function hold(site: Site): Promise<void> {
  const { value } = await readChain(site);
  if (value.kind === "foreign") throw new Error("foreign");
  const { steps, markers } = holding(emptyChain(site.issue), [], "config-invalid", "line 3: merge");
  await makeSteps(site, value, steps, markers);
  for (const marker of markers)
    await site.writes.createComment(site.issue.number, encodeMarker(proseOf(marker), marker));
  await site.writes.addLabels(site.issue.number, ["cairn:hold"]);
}

async function publish(s: Scene): Promise<number> {
  const branch = `cairn/${s.issue}-g1`;
  await s.own([branchCreate(branch), pullCreate(branch, "main")]);
  const { number } = await s.openPull(`work\n\n${trailerOf(branchCreate(branch).key)}`);
  const { value } = await readChain(s.site);
  if (value.kind !== "sound") throw new Error("no chain");
  await makeSteps(s.site, value, [{ step: "settle", edge: "implement", attempt: 1, as: "applied" }], []);
  await s.site.writes.addLabels(s.issue, ["cairn:reviewing"]);
  return number;
}

test("holds first: each issue with what it waits for, who can act, since when, and its pull request", async () => {
  await using s = await scene();
  const pull = await publish(s);
  const held = await file(s, "Held");
  await hold(held);
  const asked = await file(s, "Asked for");
  await maya(s)("POST", `~/issues/${asked.issue.number}/labels`, { labels: ["cairn:ready"] });
  await file(s, "Nobody's");
  const board = await shown(s);
  expect(board).toMatchObject({
    repository: "acme/tools",
    app: "cairn[bot]",
    rows: [
      {
        issue: held.issue.number,
        state: "hold",
        code: "config-invalid",
        detail: "line 3: merge",
        generation: 0,
        pull: null,
        since: expect.stringMatching(/^\d{4}-.*Z$/),
      },
      {
        issue: s.issue,
        state: "reviewing",
        code: "review-missing",
        generation: 1,
        turn: null,
        pull,
        position: null,
        next: "Somebody with write access reviews the pull request as it is now.",
      },
      { issue: asked.issue.number, title: "Asked for", state: "ready", code: "app-to-act", since: null },
    ],
  });
  expect(board.rows).toHaveLength(3);
  const text = boardText(board);
  expect(text).toMatch(
    /^acme\/tools {2}3 issues, 1 on hold, by cairn\[bot\]\n\n#\d+ {2}Held\n {2}hold, since /,
  );
  expect(text).toMatch(/config-invalid: .* \(line 3: merge\)\n {2}Correct the file\. Then somebody/);
  expect(text).toContain(`  reviewing, generation 1, pull request #${pull}, since `);
  // Chains of another app are not this one's.
  expect((await shown(s, "other")).rows.find(({ issue }) => issue === s.issue)?.code).not.toBe(
    "review-missing",
  );
});

test("what is under way shows its edge and attempt", async () => {
  await using s = await scene();
  await s.own([agentRun(s.issue, { generation: 1, attempt: 1 })]);
  await s.site.writes.addLabels(s.issue, ["cairn:implementing"]);
  const [row] = (await shown(s)).rows;
  expect(row).toMatchObject({
    state: "implementing",
    turn: { edge: "implement", attempt: 1 },
    code: "run-works",
  });
});

test("a repository that Cairn has never seen has an empty board", async () => {
  await using s = await scene();
  const board = await shown(s);
  expect(board).toEqual({ repository: "acme/tools", app: null, rows: [] });
  expect(boardText(board)).toBe("acme/tools  Cairn knows no issue here\n");
});

test("as a command: 0 with a board, 1 where there is nothing to see, 2 for what cannot be asked", async () => {
  await using s = await scene();
  const { sandbox, tokens } = s.fixture;
  await hold(s.site);
  const env = { GITHUB_API_URL: sandbox.url, GITHUB_TOKEN: tokens.reviewer };
  const [json, text, none, noName, noToken] = await Promise.all([
    cairn(env, "status", "acme/tools", "--json"),
    cairn(env, "status", "acme/tools"),
    cairn(env, "status", "acme/nothing"),
    cairn(env, "status", "acme"),
    cairn({ GITHUB_API_URL: sandbox.url }, "status", "acme/tools"),
  ]);
  expect(json.code).toBe(0);
  expect(JSON.parse(json.out)).toMatchObject({ rows: [{ issue: s.issue, state: "hold" }] });
  expect(text).toMatchObject({ code: 0, out: expect.stringContaining("1 issue, 1 on hold") });
  expect(none).toMatchObject({ code: 1, out: "" });
  expect(noName).toMatchObject({ code: 2, err: expect.stringContaining("OWNER/REPO") });
  expect(noToken).toMatchObject({ code: 2, err: expect.stringContaining("GITHUB_TOKEN") });
});
