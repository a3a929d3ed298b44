/** Commands on pull requests: which deliveries are worth a read, and whose issue a pull request is. */
import { expect, test } from "vitest";
import { createMemory } from "../../src/app/memory.ts";
import { createPullIssues } from "../../src/app/pull-issues.ts";
import type { Sites } from "../../src/app/sites.ts";
import { pullCommandOf } from "../../src/app/target.ts";
import type { PullInfo } from "../../src/github/ports.ts";
import { pull as PULL } from "../policy/gate-facts.ts";

const BOT = 500;
const PLACE = { installation: 1, owner: "acme", repository: "tools" };
const REPOSITORY = 7;

const comment = (body: string, { author = BOT, sender = 9, action = "created", pull = true } = {}) =>
  pullCommandOf(
    {
      name: "issue_comment",
      payload: {
        action,
        installation: { id: 1 },
        repository: { name: "tools", owner: { login: "acme" } },
        sender: { id: sender },
        issue: { number: 5, user: { id: author }, ...(pull ? { pull_request: {} } : {}) },
        comment: { body },
      },
    },
    BOT,
  );

test("a command that people write on a pull request of the app's is worth a read, and nothing else is", () => {
  expect(comment("/cairn cancel")).toEqual({ ...PLACE, pull: 5 });
  expect(comment("Well done.")).toBeUndefined();
  expect(comment("/cairn cancel", { author: 8 })).toBeUndefined();
  expect(comment("/cairn cancel", { sender: BOT })).toBeUndefined();
  expect(comment("/cairn cancel", { action: "edited" })).toBeUndefined();
  expect(comment("/cairn cancel", { pull: false })).toBeUndefined();
});

/** What is found of a pull request, how often it was read, and what is remembered of issue 12. */
async function find(fields: Partial<PullInfo>) {
  let reads = 0;
  const pull = async () => {
    reads += 1;
    return { value: { ...PULL, ...fields }, readAt: 0, serverTime: 0 };
  };
  const sites = {
    identity: { botId: BOT },
    repository: async () => ({ id: REPOSITORY }),
    reads: () => ({ pull }),
  } as unknown as Sites;
  const memory = createMemory();
  const pullIssue = createPullIssues(sites, memory);
  const found = [await pullIssue(PLACE, 5), await pullIssue(PLACE, 5)];
  return { found, reads, known: [...memory.commentedPulls({ repository: REPOSITORY, number: 12 })] };
}

test("the branch tells the issue of a pull request of the app's own, and of no other", async () => {
  const author = { id: BOT, login: "cairn[bot]", type: "Bot" } as const;
  const own = { author, headRef: "cairn/12-g3", headRepositoryId: REPOSITORY };
  expect(await find(own)).toEqual({ found: [12, 12], reads: 1, known: [5] });
  const none = { found: [undefined, undefined], reads: 2, known: [] };
  expect(await find({ ...own, author: { id: 8, login: "maya", type: "User" } })).toEqual(none);
  expect(await find({ ...own, headRepositoryId: 8 })).toEqual(none);
  expect(await find({ ...own, headRef: "docs" })).toEqual(none);
});
