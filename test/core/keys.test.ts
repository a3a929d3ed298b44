/** Keys are for ever: a key that changes is an effect that is done twice. */
import { expect, test } from "vitest";
import type { OpenEdge } from "../../src/core/chain.ts";
import { isFound, missing, type World } from "../../src/core/fates.ts";
import * as keys from "../../src/core/keys.ts";
import type { PullView } from "../../src/core/snapshot.ts";
import type { Effect } from "../../src/core/words.ts";

const turn = { generation: 2, attempt: 3 };
const HEAD = "a".repeat(40);
const BRANCH = "cairn/12-g2";

test("names and keys, letter for letter", () => {
  expect(keys.branchOf(12, 2)).toBe(BRANCH);
  expect([keys.chainRefOf(12), keys.chainRefOf(12, "heads/cairn")]).toEqual([
    "refs/cairn/12",
    "refs/heads/cairn/12",
  ]);
  expect([
    keys.agentRun(12, turn),
    keys.branchCreate(BRANCH),
    keys.branchPush(BRANCH, 41, HEAD, { generation: 2, round: 3 }),
    keys.branchUpdate(41, HEAD, turn),
    keys.pullCreate(BRANCH, "main"),
    keys.pullClose(40, turn),
    keys.reviewRequest(BRANCH, ["rui", "Ada", "mo"], turn),
    keys.reviewAgain(BRANCH, ["rui", "Ada"], HEAD, { generation: 2, round: 3 }),
    keys.branchPush(BRANCH, 41, HEAD, { generation: 2, round: 3 }, "b"),
    keys.merge(41, HEAD, "squash", turn),
  ]).toEqual([
    { kind: "agent.run", key: "agent.run:12#g2a3" },
    { kind: "branch.create", key: `branch.create:${BRANCH}`, branch: BRANCH },
    { kind: "branch.push", key: `branch.push:${BRANCH}@${HEAD}#g2f3`, branch: BRANCH, pull: 41, head: HEAD },
    { kind: "branch.update", key: `branch.update:pull/41@${HEAD}#g2a3`, pull: 41, head: HEAD },
    { kind: "pull.create", key: `pull.create:${BRANCH}`, branch: BRANCH, base: "main" },
    { kind: "pull.close", key: "pull.close:pull/40#g2a3", pull: 40 },
    {
      kind: "review.request",
      key: `review.request:${BRANCH}#g2a3`,
      branch: BRANCH,
      reviewers: ["Ada", "mo", "rui"],
    },
    {
      kind: "review.request",
      key: `review.request:${BRANCH}@${HEAD}#g2f3`,
      branch: BRANCH,
      reviewers: ["Ada", "rui"],
      after: HEAD,
    },
    {
      ...{ kind: "branch.push", key: `branch.push:${BRANCH}@${HEAD}+b#g2f3` },
      ...{ branch: BRANCH, pull: 41, head: HEAD, merges: "b" },
    },
    { kind: "merge", key: `merge:pull/41@${HEAD}#g2a3`, pull: 41, head: HEAD, method: "squash" },
  ]);
});

test("a trailer is found on a line of its own, whatever ends the lines", () => {
  expect(keys.trailerOf("k")).toBe("Cairn-Effect: k");
  expect(keys.carries("words\n\nCairn-Effect: k\nmore", "k")).toBe(true);
  expect(keys.carries("words\r\n  Cairn-Effect: k \r\nmore", "k")).toBe(true);
  expect(keys.carries("Cairn-Effect: k", "k")).toBe(true);
  expect(keys.carries("Cairn-Effect: k2", "k")).toBe(false);
  expect(keys.carries("words Cairn-Effect: k", "k")).toBe(false);
  expect(keys.carries("", "k")).toBe(false);
});

const pull: PullView = {
  number: 41,
  state: "open",
  merged: false,
  mergeSha: null,
  head: HEAD,
  asked: ["Rui", "mo"],
};
const nothing: World = { branch: { kind: "absent" }, pulls: [], superseded: [] };
const branch: World = { ...nothing, branch: { kind: "own", sha: "b" } };
const opened: World = { ...nothing, pulls: [pull] };

test.each<readonly [string, Effect, readonly (readonly [World, boolean])[]]>([
  [
    "an agent's work is found by what was published of it",
    keys.agentRun(12, turn),
    [
      [nothing, false],
      [{ ...nothing, branch: { kind: "foreign", sha: "f" } }, false],
      [branch, true],
      [opened, true],
    ],
  ],
  [
    "a branch by itself, or by its pull request once it was deleted",
    keys.branchCreate(BRANCH),
    [
      [nothing, false],
      [{ ...nothing, branch: { kind: "foreign", sha: "f" } }, false],
      [branch, true],
      [opened, true],
    ],
  ],
  [
    "one commit more by another head",
    keys.branchPush(BRANCH, 41, HEAD, { generation: 2, round: 3 }),
    [
      [nothing, false],
      [opened, false],
      [{ ...nothing, pulls: [{ ...pull, head: "b".repeat(40) }] }, true],
    ],
  ],
  [
    "an update by another head",
    keys.branchUpdate(41, HEAD, turn),
    [
      [nothing, false],
      [opened, false],
      [{ ...nothing, pulls: [{ ...pull, head: "b".repeat(40) }] }, true],
    ],
  ],
  [
    "a pull request by itself",
    keys.pullCreate(BRANCH, "main"),
    [
      [nothing, false],
      [branch, false],
      [opened, true],
    ],
  ],
  [
    "a pull request is closed if it is not among the open ones",
    keys.pullClose(40, turn),
    [
      [nothing, true],
      [{ ...nothing, superseded: [39, 40] }, false],
      [{ ...nothing, superseded: [39] }, true],
    ],
  ],
  [
    "a request for review by every login, whatever its case",
    keys.reviewRequest(BRANCH, ["rui", "MO"], turn),
    [
      [nothing, false],
      [opened, true],
      [{ ...nothing, pulls: [{ ...pull, asked: ["rui"] }] }, false],
      [{ ...nothing, pulls: [{ ...pull, asked: ["someone", "else"] }] }, false],
    ],
  ],
  [
    "another request for review by the head that it is about: what the owner sent is all that comes",
    keys.reviewAgain(BRANCH, ["rui"], HEAD, { generation: 2, round: 3 }),
    [
      [nothing, false],
      [{ ...nothing, pulls: [{ ...pull, asked: ["rui"] }] }, false],
      [{ ...nothing, pulls: [{ ...pull, head: "f".repeat(40), asked: [] }] }, true],
    ],
  ],
  [
    "a merge by the very pull request being merged",
    keys.merge(41, HEAD, "merge", turn),
    [
      [nothing, false],
      [opened, false],
      [{ ...nothing, pulls: [pull, { ...pull, number: 40, merged: true }] }, false],
      [
        {
          ...nothing,
          pulls: [
            { ...pull, number: 40 },
            { ...pull, merged: true },
          ],
        },
        true,
      ],
    ],
  ],
])("%s", (_what, effect, cases) => {
  for (const [world, found] of cases) expect(isFound(effect, world)).toBe(found);
  const edge = { effects: [effect] } as unknown as OpenEdge;
  for (const [world, found] of cases) expect(missing(edge, world)).toEqual(found ? [] : [effect]);
});
