/** What worlds' repositories decide, and what the checker makes of histories in which the app did otherwise. */
import { beforeAll, expect, test } from "vitest";
import { CONFIG_PATH, parseConfig } from "../../src/policy/config/index.ts";
import { createMemoryStore } from "../../src/sandbox/git/memory/store.ts";
import type { GitStore } from "../../src/sandbox/git/store.ts";
import { createChance } from "../../src/simulation/chance.ts";
import type { Facts } from "../../src/simulation/checker/index.ts";
import { checkOnPulls } from "../../src/simulation/checker/on-pulls.ts";
import { checkPolicies } from "../../src/simulation/checker/policies.ts";
import { drawPolicies, INCIDENT, type Policies, policyLines, TRY } from "../../src/simulation/policies.ts";

const REPOSITORY = 7;
const MINUTE = 60_000;
const NINE = Date.UTC(2026, 0, 5, 9);
const CAIRN = { kind: "installation", login: "cairn[bot]" };
const MAYA = { kind: "user", login: "maya" };
const QUIET: Policies = { quietHours: "09:30-11:00" };

/** A base of two commits, a head on the first, alone and updated, one on the second, and what merging that comes to. */
const shas = {
  first: "",
  second: "",
  broken: "",
  behind: "",
  updated: "",
  head: "",
  merged: "",
  squashed: "",
  replayed: "",
};
let store: GitStore;

beforeAll(async () => {
  store = createMemoryStore();
  const maya = { name: "maya", email: "maya@example.com", timezone: "+0000" };
  const config = async (text: string) => ({
    ...{ path: CONFIG_PATH, mode: "100644" as const, sha: await store.createBlob(Buffer.from(text)) },
  });
  const commit = async (message: string, ...parents: string[]): Promise<string> => {
    // What the base got is newer than the work.
    const person = { ...maya, timestamp: NINE / 1_000 + (message === "two" ? 60 : 0) };
    const text = message === "broken" ? "merge: always\n" : "merge: on-green-with-review\n";
    const tree = await store.createTree(undefined, [await config(text)]);
    return store.createCommit({ tree, parents, message, author: person, committer: person });
  };
  shas.first = await commit("one");
  shas.second = await commit("two", shas.first);
  shas.broken = await commit("broken", shas.first);
  shas.behind = await commit("work\n", shas.first);
  shas.updated = await commit("Merge branch 'main'", shas.behind, shas.second);
  shas.head = await commit("work\n", shas.second);
  shas.merged = await commit("Merge it", shas.second, shas.head);
  shas.squashed = await commit("Number 1 (#4)\n\nFor #1.", shas.second);
  shas.replayed = await commit("work", shas.second);
});

interface Story {
  readonly policies?: Policies;
  readonly merges?: boolean;
  readonly queue?: boolean;
  readonly landed?: readonly (readonly [at: number, key: string, actor?: typeof MAYA])[];
  /** Of #4, once it is merged. */
  readonly mergeSha?: string;
  readonly title?: string;
  /** A person gives the issue another title then. */
  readonly renamedAt?: number;
  readonly declares?: readonly (readonly [at: number, edge: string, effect: string, head?: string])[];
  /** A person moved the chain. */
  readonly moved?: true;
  /** When the base got its second commit. */
  readonly baseMovedAt?: number;
  /** Whether that commit broke the configuration. */
  readonly breaks?: true;
  /** When the incident was closed, and whether an app did it. */
  readonly closed?: readonly [at: number, viaAppId: number | null];
}

function factsOf(story: Story): Facts {
  const { policies, merges = true, queue = false, landed = [], declares = [], renamedAt, closed } = story;
  const entries = landed.map(([at, key, actor = CAIRN]) => ({
    ...{ at, kind: key.split(":")[0], key, actor, repositoryId: REPOSITORY, requestId: "" },
  }));
  const pull = {
    ...{ number: 4, repositoryId: REPOSITORY, headRef: "cairn/1-g1", baseRef: "main" },
    ...{ merged: story.mergeSha !== undefined, mergeCommitSha: story.mergeSha ?? null },
  };
  const title = story.title ?? "Number 1";
  const events = [
    ...(renamedAt === undefined
      ? []
      : [{ issueId: 1, event: "renamed", createdAt: renamedAt, rename: { from: title, to: "Prices" } }]),
    ...(closed ? [{ issueId: 1, event: "closed", createdAt: closed[0], viaAppId: closed[1] }] : []),
  ];
  const labelIds = policies?.incidents ? [1] : [];
  const issue = { id: 1, number: 1, repositoryId: REPOSITORY, labelIds };
  const line = {
    steps: [],
    open: false,
    declares: declares.map(([at, edge, kind, head]) => ({ at, edge, effects: [{ kind, head }] })),
  };
  const ref = { repositoryId: REPOSITORY, ref: "refs/heads/main", byPerson: true };
  const refs = [
    { ...ref, at: NINE, after: shas.first },
    { ...ref, at: story.baseMovedAt ?? NINE + 1, after: story.breaks ? shas.broken : shas.second },
  ];
  return {
    shape: { merges, queue, policies },
    issues: [1],
    parents: new Map([[shas.updated, [shas.behind, shas.second]]]),
    stage: { repository: { id: REPOSITORY, labels: new Map([[1, { name: INCIDENT }]]) } },
    history: { landed: () => entries, refs, comments: [] },
    chains: new Map([[1, { heads: [{ at: NINE, byPerson: story.moved === true, line }] }]]),
    sandbox: {
      services: { stores: new Map([[REPOSITORY, store]]) },
      world: {
        pulls: new Map([[1, pull]]),
        issues: new Map([[1, { ...issue, title: renamedAt === undefined ? title : "Prices" }]]),
        issueEvents: new Map(events.map((event, id) => [id, event])),
      },
    },
  } as unknown as Facts;
}

const broken = async (story: Story): Promise<readonly string[]> =>
  (await checkPolicies(factsOf(story))).map(({ rule, issue }) => `${rule} ${issue}`);

const merged = (at: number, actor = CAIRN) => [at, `merge:pull/4@${shas.head}`, actor] as const;

test("what is drawn is a configuration that can be used, the same for the same chance, and none where there is no share", () => {
  const all = Array.from({ length: 300 }, (_, seed) => drawPolicies(createChance(`${seed}`), 1));
  for (const policies of all.flatMap((one) => one ?? [])) {
    expect(parseConfig(policyLines(policies).join("\n"))).toMatchObject({ kind: "valid" });
  }
  const keys = new Set(all.flatMap((one) => Object.keys(one ?? {})));
  expect([...keys].sort()).toEqual([
    "fixRounds",
    "incidents",
    "mergeMethod",
    "quietHours",
    "reconfigured",
    "shadow",
    "talkOnPulls",
    "tries",
    "untestedBase",
  ]);
  expect(drawPolicies(createChance("7"), 1)).toEqual(all[7]);
  expect(drawPolicies(createChance("7"), 0)).toBeUndefined();
});

test("in a trial, where people merge, and of a try nothing is merged but by people", async () => {
  const at = NINE + 5 * MINUTE;
  const queued = [at, `merge.enqueue:pull/4@${shas.head}`] as const;
  const left = ["left-to-people 1"];
  expect(await broken({ landed: [merged(at)], mergeSha: shas.merged })).toEqual([]);
  expect(await broken({ landed: [merged(at)], policies: { shadow: true } })).toEqual(left);
  expect(await broken({ landed: [queued], policies: { shadow: true } })).toEqual(left);
  expect(await broken({ landed: [merged(at)], merges: false })).toEqual(left);
  expect(await broken({ landed: [merged(at, MAYA)], merges: false, policies: { shadow: true } })).toEqual([]);
  const aTry: Story = {
    landed: [merged(at)],
    title: `${TRY} Number 1`,
    declares: [[NINE + MINUTE, "implement", ""]],
  };
  expect(await broken(aTry)).toEqual(left);
  expect(await broken({ ...aTry, renamedAt: NINE + 2 * MINUTE })).toEqual(left);
  // It was none any more when somebody first worked on it, or Cairn was made to forget.
  expect(await broken({ ...aTry, renamedAt: NINE + 1 })).toEqual([]);
  expect(await broken({ ...aTry, moved: true })).toEqual([]);
});

test("in quiet hours nothing is merged, and neither merges nor agents are declared; what was under way when they began lands", async () => {
  const at = (minute: number): number => NINE + minute * MINUTE;
  const landing = (minute: number, policies = QUIET, actor = CAIRN) =>
    broken({ policies, landed: [merged(at(minute), actor)], mergeSha: shas.merged });
  expect(await landing(29)).toEqual([]);
  expect(await landing(33)).toEqual([]);
  expect(await landing(40)).toEqual(["quiet-hours-broken 1"]);
  expect(await landing(119)).toEqual(["quiet-hours-broken 1"]);
  expect(await landing(120)).toEqual([]);
  expect(await landing(40, QUIET, MAYA)).toEqual([]);
  expect(await landing(40, {})).toEqual([]);
  expect(await landing(40, { quietHours: "10:30-12:00 Europe/Berlin" })).toEqual(["quiet-hours-broken 1"]);
  expect(await landing(-60, { quietHours: "22:00-09:00" })).toEqual(["quiet-hours-broken 1"]);
  const declaring = (minute: number, edge: string, effect: string) =>
    broken({ policies: QUIET, declares: [[at(minute), edge, effect]] });
  expect(await declaring(45, "merge", "pull.close")).toEqual(["quiet-hours-broken 1"]);
  expect(await declaring(45, "implement", "agent.run")).toEqual(["quiet-hours-broken 1"]);
  expect(await declaring(45, "fix", "agent.run")).toEqual(["quiet-hours-broken 1"]);
  // What an agent had made before is published, and a review command looks at any hour.
  expect(await declaring(45, "implement", "pull.create")).toEqual([]);
  expect(await declaring(45, "review", "agent.run")).toEqual([]);
  expect(await declaring(31, "implement", "agent.run")).toEqual([]);
});

test("by the configured method, whoever else merges by theirs", async () => {
  const at = NINE + 5 * MINUTE;
  const by = (mergeMethod: Policies["mergeMethod"], mergeSha: string, actor = CAIRN) =>
    broken({ ...(mergeMethod && { policies: { mergeMethod } }), landed: [merged(at, actor)], mergeSha });
  expect(await by(undefined, shas.merged)).toEqual([]);
  expect(await by("squash", shas.squashed)).toEqual([]);
  expect(await by("rebase", shas.replayed)).toEqual([]);
  expect(await by("rebase", shas.merged)).toEqual(["other-method 1"]);
  expect(await by("rebase", shas.squashed)).toEqual(["other-method 1"]);
  expect(await by("squash", shas.replayed)).toEqual(["other-method 1"]);
  expect(await by(undefined, shas.squashed)).toEqual(["other-method 1"]);
  expect(await by("rebase", shas.merged, MAYA)).toEqual([]);
  // A base that was merged into the head is not replayed.
  const updated = [at, `merge:pull/4@${shas.updated}`] as const;
  const rebase: Story = { policies: { mergeMethod: "rebase" }, landed: [updated] };
  expect(await broken({ ...rebase, mergeSha: shas.replayed })).toEqual([]);
  expect(await broken({ ...rebase, mergeSha: shas.squashed })).toEqual(["other-method 1"]);
});

test("no head is merged that had nothing of what was the base's newest while the gate was read", async () => {
  const at = NINE + 30 * MINUTE;
  const of = (head: string, baseMovedAt: number, more: Partial<Story> = {}) =>
    broken({
      policies: { untestedBase: "wait" },
      landed: [[at, `merge:pull/4@${head}`]],
      mergeSha: head === shas.behind ? shas.squashed : shas.merged,
      baseMovedAt,
      ...more,
    });
  expect(await of(shas.head, NINE + MINUTE)).toEqual([]);
  expect(await of(shas.behind, NINE + MINUTE)).toContain("untested-base 1");
  // It moved while the merge was on its way.
  expect(await of(shas.behind, at - MINUTE)).not.toContain("untested-base 1");
  expect(await of(shas.behind, NINE + MINUTE, { policies: {} })).not.toContain("untested-base 1");
  expect(await of(shas.behind, NINE + MINUTE, { queue: true })).not.toContain("untested-base 1");
});

test("nothing is merged while nobody can read the configuration", async () => {
  const at = NINE + 30 * MINUTE;
  const of = (baseMovedAt: number, more: Partial<Story> = {}) =>
    broken({ policies: { reconfigured: true }, landed: [merged(at)], baseMovedAt, breaks: true, ...more });
  expect(await of(NINE + MINUTE)).toEqual(["unusable-configuration 1"]);
  // It was broken while the merge was on its way.
  expect(await of(at - MINUTE)).toEqual([]);
  expect(await of(NINE + MINUTE, { landed: [merged(at, MAYA)] })).toEqual([]);
  expect(await broken({ policies: { reconfigured: true }, landed: [merged(at)] })).toEqual([]);
});

test("agents mend a branch as often as is allowed", async () => {
  const pushes = (count: number, fixRounds: number, more: Partial<Story> = {}) =>
    broken({
      policies: { fixRounds },
      landed: Array.from({ length: count }, (_, at) => [at, `branch.update:cairn/1-g1@${at}a`] as const),
      ...more,
    });
  expect(await pushes(1, 1)).toEqual([]);
  expect(await pushes(1, 0)).toEqual(["rounds-exceeded 1"]);
  expect(await pushes(2, 1)).toEqual(["rounds-exceeded 1"]);
  expect(await pushes(2, 1, { moved: true })).toEqual([]);
  expect(await pushes(2, 1, { landed: [[1, "branch.update:cairn/1-g1@a", MAYA]] })).toEqual([]);
  // A head that was brought up to date is none that anybody mended; the same commits by an agent that solved a conflict are.
  const landed = [[NINE + 2, `branch.update:cairn/1-g1@${shas.updated}`]] as const;
  const declaring = (effect: string): Story => ({
    ...{ landed, declares: [[NINE + 1, "merge", effect, shas.behind]] },
  });
  expect(await pushes(1, 0, declaring("branch.update"))).toEqual([]);
  expect(await pushes(1, 0, declaring("branch.push"))).toEqual(["rounds-exceeded 1"]);
});

test("an incident whose work is merged is closed by people alone", async () => {
  const at = NINE + 5 * MINUTE;
  const close = (viaAppId: number | null, more: Partial<Story> = {}) =>
    broken({ policies: { incidents: true }, mergeSha: shas.merged, closed: [at, viaAppId], ...more });
  expect(await close(9)).toEqual(["incident-closed 1"]);
  expect(await close(null)).toEqual([]);
  expect(await close(9, { policies: {} })).toEqual([]);
  expect(await broken({ policies: { incidents: true }, closed: [at, 9] })).toEqual([]);
});

test("who stops the work on its pull request is heard before it is merged", () => {
  const said = (body: string, more: readonly object[] = [], minute = 1, author = 3): readonly string[] => {
    const comment = { id: 50, authorId: author, viaAppId: null, body };
    const place = { repositoryId: REPOSITORY, number: 4 };
    const at = NINE + minute * MINUTE;
    const declare = { at: NINE + 10 * MINUTE, step: "declare", edge: "merge" };
    const steps = [...more, { ...declare, effects: [{ key: `merge:pull/4@${shas.head}#g1a1` }] }];
    const facts = {
      stage: { repository: { id: REPOSITORY } },
      history: { comments: [{ ...comment, at, place }] },
      sandbox: {
        world: {
          users: new Map([
            [3, { login: "maya" }],
            [4, { login: "oda" }],
          ]),
        },
      },
      chains: new Map([[1, { heads: [{ at, byPerson: false, line: { steps, declares: [], open: true } }] }]]),
    };
    return checkOnPulls(facts as unknown as Facts).map(({ rule, issue }) => `${rule} ${issue}`);
  };
  const ignored = ["act-ignored 1"];
  expect(said("/cairn hold it is late")).toEqual(ignored);
  expect(said("/cairn cancel")).toEqual(ignored);
  expect(said("> /cairn cancel")).toEqual([]);
  expect(said("/cairn status")).toEqual([]);
  expect(said("/cairn cancel", [], 1, 4)).toEqual([]);
  expect(said("/cairn cancel", [], 9)).toEqual([]);
  const when = NINE + 2 * MINUTE;
  expect(said("/cairn cancel", [{ at: when, step: "refuse", act: -50 }])).toEqual([]);
  expect(said("/cairn cancel", [{ at: when, step: "resume", act: 6 }])).toEqual([]);
  expect(said("/cairn cancel", [{ at: NINE, step: "raise", act: 6 }])).toEqual(ignored);
});
