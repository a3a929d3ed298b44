/** Facts about GitHub that nobody has measured: they hold, and each can be made wrong for a while. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { FACTS, type Fact } from "../../src/sandbox/control/facts.ts";
import { type Call, type Fixture, start } from "./fixture.ts";

let fixture: Fixture;
let app: Call;

beforeAll(async () => {
  fixture = await start({ limits: "off" });
  app = fixture.as(await fixture.installationToken());
});
afterAll(() => fixture.sandbox.stop());

const control = async (method: string, body?: unknown) => {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${fixture.sandbox.controlUrl}/facts`, { method, ...sent });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
let last = 0;

const next = (): number => {
  last += 1;
  return last;
};

const commit = async (parents: readonly string[] = [], message = `commit ${next()}`) =>
  (await app("POST", "~/git/commits", { message, tree: EMPTY_TREE, parents })).body;

/** A new ref outside heads and tags, at a new commit. */
async function ref() {
  const { sha } = await commit();
  const name = `cairn/${next()}`;
  const made = await app("POST", "~/git/refs", { ref: `refs/${name}`, sha });
  return { name, sha, status: made.status };
}

async function comment(body: string) {
  const issue = await app("POST", "~/issues", { title: "t" });
  return (await app("POST", `~/issues/${issue.body.number}/comments`, { body })).body;
}

const shownRef = async () => (await app("GET", `~/git/ref/${(await ref()).name}`)).status;

async function inline(): Promise<boolean> {
  const content = "a\0b";
  const tree = await app("POST", "~/git/trees", {
    tree: [{ path: "f", mode: "100644", type: "blob", content }],
  });
  const blob = await app("GET", `~/git/blobs/${tree.body.tree[0].sha}`);
  return Buffer.from(blob.body.content, "base64").toString() === content;
}

/** What tells whether a fact holds: how GitHub answers while it does, and while it does not. */
const TELLS: Record<Fact, readonly [ask: () => Promise<unknown>, right: unknown, wrong: unknown]> = {
  "refs-outside-heads": [async () => (await ref()).status, 201, 422],
  "updates-outside-heads": [
    async () => {
      const { name, sha } = await ref();
      return (await app("PATCH", `~/git/refs/${name}`, { sha: (await commit([sha])).sha })).status;
    },
    200,
    422,
  ],
  "refs-shown": [shownRef, 200, 404],
  "refs-once": [
    async () => {
      const { name } = await ref();
      return (await app("POST", "~/git/refs", { ref: `refs/${name}`, sha: (await commit()).sha })).status;
    },
    422,
    201,
  ],
  "fast-forward-only": [
    async () => {
      const { name } = await ref();
      return (await app("PATCH", `~/git/refs/${name}`, { sha: (await commit()).sha })).status;
    },
    422,
    200,
  ],
  "empty-tree": [async () => (await commit()).tree?.sha, EMPTY_TREE, undefined],
  "long-messages": [async () => (await commit([], "x".repeat(20_000))).message.length, 20_000, 16_384],
  "app-commits-signed": [async () => (await commit()).verification.verified, true, false],
  "app-commits-address": [
    async () => (await commit()).author.email.includes("+cairn[bot]@users.noreply.github.com"),
    true,
    false,
  ],
  "commit-dates": [
    async () => Math.abs(fixture.sandbox.clock.now() - Date.parse((await commit()).author.date)) < 5_000,
    true,
    false,
  ],
  "inline-text": [inline, true, false],
  "comments-kept": [async () => (await comment("a <!-- b -->")).body, "a <!-- b -->", "a "],
  "app-named": [async () => (await comment("a")).performed_via_github_app?.slug, "cairn", undefined],
};

test.each(Object.keys(FACTS) as Fact[])("%s holds, and can be made wrong and right again", async (fact) => {
  const [ask, right, wrong] = TELLS[fact];
  expect(await ask()).toBe(right);
  expect((await control("POST", { [fact]: false })).body).toMatchObject({ [fact]: false });
  expect(await ask()).toBe(wrong);
  await control("POST", { [fact]: true });
  expect(await ask()).toBe(right);
});

test("what there is to make wrong is listed; a fact that there is none of is refused", async () => {
  const known = await control("GET");
  expect(Object.keys(known.body)).toEqual(Object.keys(FACTS));
  expect(new Set(Object.values(known.body))).toEqual(new Set([true]));
  expect(await control("POST", { "no-such-fact": false })).toMatchObject({ status: 400 });
  expect(await control("POST", { "empty-tree": "no" })).toMatchObject({ status: 400 });
});
