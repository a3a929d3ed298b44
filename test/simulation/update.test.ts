/** What the checker makes of a head that was brought up to date: at the declared head, under a visible intent, once, and as git merges. */
import { expect, test } from "vitest";
import { digestOf } from "../../src/core/canonical.ts";
import type { Facts } from "../../src/simulation/checker/index.ts";
import { checkLandings } from "../../src/simulation/checker/landings.ts";
import { checkMerges } from "../../src/simulation/checker/merges.ts";

const REPOSITORY = 7;
const APP = 99;
const HEAD = "a".repeat(40);
const TIP = "b".repeat(40);
const MADE = "c".repeat(40);
const CAIRN = { kind: "installation", login: "cairn[bot]" };

interface World {
  /** Of the commit that the branch was moved to. */
  readonly parents?: readonly string[];
  /** When the intent's comment was there. */
  readonly seen?: number;
  readonly times?: number;
}

/** An update that landed at 20, in a repository whose patches a check must pass. */
function broken({ parents = [HEAD, TIP], seen = 6, times = 1 }: World): readonly string[] {
  const marker = { type: "intent", issue: { repository: REPOSITORY, number: 1 } };
  const body = `w\n\n<!-- cairn:marker ${JSON.stringify(marker)} -->`;
  const declared = {
    ...{ at: 5, generation: 1, edge: "merge", attempt: 1, digest: digestOf(marker) },
    effects: [{ kind: "branch.update", key: `branch.update:pull/4@${HEAD}#g1a1`, head: HEAD }],
    run: { id: 3, attempt: 1 },
  };
  const landing = {
    ...{ at: 20, kind: "branch.update", key: `branch.update:cairn/1-g1@${MADE}`, actor: CAIRN },
    ...{ repositoryId: REPOSITORY, requestId: "" },
  };
  const facts = {
    shape: { check: true },
    stage: { repository: { id: REPOSITORY }, app: { app: { id: APP } } },
    history: {
      landed: () => Array.from({ length: times }, () => landing),
      comments: [{ at: seen, id: 1, viaAppId: APP, body }],
      refs: [],
      passed: new Set(),
    },
    sandbox: {
      world: {
        issues: new Map(),
        pulls: new Map([[1, { number: 4, repositoryId: REPOSITORY, headRef: "cairn/1-g1" }]]),
      },
    },
    telling: { sent: [] },
    parents: new Map([[MADE, parents]]),
    chains: new Map([
      [1, { heads: [{ at: 10, byPerson: false, line: { steps: [], open: true, declares: [declared] } }] }],
    ]),
  };
  return [...new Set(checkLandings(facts as unknown as Facts).map(({ rule }) => rule))];
}

test("under its intent, at its head: nobody's work, so that no check has to have passed", () => {
  expect(broken({})).toEqual([]);
});

test("of another head, of one parent, before its marker, or twice: each is told", () => {
  expect(broken({ parents: [TIP, HEAD] })).toContain("no-visible-intent");
  expect(broken({ parents: [HEAD] })).toContain("no-visible-intent");
  expect(broken({ seen: 30 })).toEqual(["no-visible-intent"]);
  expect(broken({ times: 2 })).toEqual(["landed-twice"]);
});

test("what it brings in is what git makes of the two, and nothing else", async () => {
  const told = async (tree: string): Promise<readonly string[]> => {
    const store = {
      mergeTree: async () => ({ kind: "clean", tree: "merged" }),
      readCommit: async () => ({ message: "Merge branch 'main' into cairn/1-g1", tree }),
    };
    const facts = {
      sandbox: { services: { stores: new Map([[REPOSITORY, store]]) } },
      stage: { repository: { id: REPOSITORY } },
      parents: new Map([[MADE, [HEAD, TIP]]]),
    };
    return (await checkMerges(facts as unknown as Facts)).map(({ rule }) => rule);
  };
  expect(await told("merged")).toEqual([]);
  expect(await told("another")).toEqual(["base-lost"]);
});
