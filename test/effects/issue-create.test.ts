/** `issue.create`: found by its key on what the app has written in that repository, and sent there in one request. */
import { expect, test } from "vitest";
import { issueCreate, trailerOf } from "../../src/core/keys.ts";
import { findIssue, issueCreateHandler } from "../../src/effects/index.ts";
import type { IssueText } from "../../src/github/ports.ts";
import { app } from "../memory/repository.ts";
import { scene } from "../memory/scene.ts";

const to = { repository: 8, name: "acme/billing", asker: { id: 1, login: "maya" } };
const effect = issueCreate({ repository: 7, number: 12 }, to, { generation: 1, attempt: 1 });
const next = issueCreate({ repository: 7, number: 12 }, to, { generation: 1, attempt: 2 });
const body = `words\n<!--\n${trailerOf(effect.key)}\n-->`;
const by = (id: number): IssueText["author"] => ({ id, login: "somebody", type: "Bot" });

/** The repository there, in which these issues have changed. */
function there(...issues: readonly IssueText[]) {
  const asked: unknown[] = [];
  return {
    asked,
    reads: {
      async issueTextsSince(since: number) {
        asked.push(since);
        return { value: issues, readAt: 0, serverTime: 0 };
      },
    },
    writes: {
      async createIssue(input: unknown) {
        asked.push(input);
        return { kind: "applied", status: 201, value: { number: 6 } } as const;
      },
    },
  };
}

test("found is the app's own issue with exactly this key, of doubles the first; an older time is not asked for", async () => {
  const mine = { number: 5, body, author: by(app.botId) };
  const near = there({ ...mine, number: 9 }, mine);
  expect(await findIssue(near.reads, app, effect.key, 1_000)).toEqual({ number: 5 });
  expect(near.asked).toEqual([1_000]);
  expect(await findIssue(near.reads, app, next.key, 0)).toBeUndefined();
  const forged = there({ ...mine, author: by(app.botId + 1) });
  expect(await findIssue(forged.reads, app, effect.key, 0)).toBeUndefined();
});

test("it is sent there, once, and nothing is sent here", async () => {
  const s = scene();
  const near = there();
  const handler = issueCreateHandler(near, 2_000);
  expect([handler.kind, handler.repeat]).toEqual(["issue.create", "once"]);
  expect(await handler.probe(s.site, effect)).toEqual({ kind: "absent" });
  const { proof, claim } = await s.own([effect]);
  const end = await handler.send(s.site, proof, claim, effect, { title: "t", body });
  expect(end).toMatchObject({ kind: "applied", value: { number: 6 } });
  expect(near.asked).toEqual([2_000, { title: "t", body }]);
  expect(s.site.landed.filter((one) => one.includes("issue"))).toEqual([]);
  const found = issueCreateHandler(there({ number: 5, body, author: by(app.botId) }), 0);
  expect(await found.probe(s.site, effect)).toEqual({ kind: "found", value: { number: 5 } });
});
