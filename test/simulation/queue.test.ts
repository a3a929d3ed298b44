/** What the checker makes of merges by a merge queue: what Cairn put in and has given up since is not merged there. */
import { expect, test } from "vitest";
import { digestOf } from "../../src/core/canonical.ts";
import type { Facts } from "../../src/simulation/checker/index.ts";
import { checkLandings } from "../../src/simulation/checker/landings.ts";

const REPOSITORY = 7;
const APP = 99;
const HEAD = "a".repeat(40);
const QUEUE = { kind: "app", login: "github-merge-queue[bot]" };
const CAIRN = { kind: "installation", login: "cairn[bot]" };
const MAYA = { kind: "user", login: "maya" };

type Actor = typeof QUEUE;

/** A pull request that somebody put into the queue at 20, and that was merged there at 40; when its edge was settled. */
function broken(enteredBy: Actor, ended?: number): readonly string[] {
  const marker = { type: "intent", issue: { repository: REPOSITORY, number: 1 } };
  const body = `w\n\n<!-- cairn:marker ${JSON.stringify(marker)} -->`;
  const declared = {
    ...{ at: 5, generation: 1, edge: "merge", attempt: 1, digest: digestOf(marker) },
    effects: [{ kind: "merge.enqueue", key: `merge.enqueue:pull/4@${HEAD}#g1a1`, head: HEAD }],
    run: { id: 3, attempt: 1 },
  };
  const head = (at: number, end: object) => ({
    ...{ at, byPerson: false },
    line: { steps: [], open: !("ended" in end), declares: [{ ...declared, ...end }] },
  });
  const settled = ended === undefined ? [] : [head(ended, { ended: { at: ended, as: "applied" } })];
  const landing = (at: number, kind: string, actor: Actor) => ({
    ...{ at, kind, key: `${kind}:pull/4@${HEAD}`, actor },
    ...{ repositoryId: REPOSITORY, requestId: "" },
  });
  const entries = [landing(20, "merge.enqueue", enteredBy), landing(40, "merge", QUEUE)];
  const comment = { at: 6, id: 1, viaAppId: APP, body };
  const pull = { number: 4, repositoryId: REPOSITORY, headRef: "cairn/1-g1" };
  const facts = {
    shape: {},
    stage: { repository: { id: REPOSITORY }, app: { app: { id: APP } } },
    history: { landed: () => entries, comments: [comment], refs: [] },
    sandbox: { world: { issues: new Map(), pulls: new Map([[1, pull]]) } },
    telling: { sent: [] },
    chains: new Map([[1, { heads: [head(10, {}), ...settled] }]]),
  };
  return checkLandings(facts as unknown as Facts).map(({ rule, issue }) => `${rule} ${issue}`);
}

test("merged while its edge is open: as it was meant", () => {
  expect(broken(CAIRN)).toEqual([]);
  expect(broken(CAIRN, 41)).toEqual([]);
});

test("merged when the edge had been settled: nobody may do that but people", () => {
  expect(broken(CAIRN, 30)).toEqual(["settled-generation 1"]);
  expect(broken(MAYA, 30)).toEqual([]);
});
