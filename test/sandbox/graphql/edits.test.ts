/** Edits of texts: none before the first, then with the text as it was created (docs/github.md, "Comments and people"). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClock } from "../../../src/sandbox/clock.ts";
import { type Call, type Fixture, start } from "../fixture.ts";
import { data, errors, everyField, TOOLS } from "./ask.ts";

let fixture: Fixture;
let maya: Call;
let rui: Call;
let app: Call;

beforeAll(async () => {
  fixture = await start({ clock: createClock("virtual") });
  maya = fixture.as(fixture.tokens.maintainer);
  rui = fixture.as(fixture.tokens.reviewer);
  app = fixture.as(await fixture.installationToken());
});
afterAll(() => fixture[Symbol.asyncDispose]());

const now = (): string => `${new Date(fixture.sandbox.clock.now()).toISOString().slice(0, 19)}Z`;

const EDITS = `body lastEditedAt includesCreatedEdit editor { login }
  userContentEdits(first: 10) { totalCount nodes { id editedAt diff editor { login __typename } deletedAt } }`;

const of = async (id: string) =>
  (await data(maya, `query ($id: ID!) { node(id: $id) { ... on Comment { ${EDITS} } } }`, { id })).node;

/** Who wrote which text when, the newest first. */
const told = ({ userContentEdits }: Awaited<ReturnType<typeof of>>) =>
  userContentEdits.nodes.map((edit: { diff: string; editedAt: string; editor: { login: string } }) => [
    edit.editor.login,
    edit.diff,
    edit.editedAt,
  ]);

test("an issue that nobody edited has no edits; the first one brings the text as created along", async () => {
  const issue = (await maya("POST", "~/issues", { title: "t", body: "one" })).body;
  const created = now();
  expect(await of(issue.node_id)).toEqual({
    body: "one",
    lastEditedAt: null,
    includesCreatedEdit: false,
    editor: null,
    userContentEdits: { totalCount: 0, nodes: [] },
  });
  fixture.sandbox.clock.advance(60_000);
  await rui("PATCH", `~/issues/${issue.number}`, { body: "two" });
  const second = now();
  fixture.sandbox.clock.advance(60_000);
  // Neither a title nor the same text again is an edit of the text.
  await maya("PATCH", `~/issues/${issue.number}`, { title: "other", body: "two" });
  await maya("PATCH", `~/issues/${issue.number}`, { state: "closed" });
  const edited = await of(issue.node_id);
  expect(edited).toMatchObject({
    body: "two",
    lastEditedAt: second,
    includesCreatedEdit: true,
    editor: { login: "rui" },
  });
  expect(told(edited)).toEqual([
    ["rui", "two", second],
    ["maya", "one", created],
  ]);
  await app("PATCH", `~/issues/${issue.number}`, { body: null });
  expect(told(await of(issue.node_id))[0]).toEqual(["cairn", "", now()]);
});

test("the app's comment, edited by a person, keeps its author and tells of the editor", async () => {
  const comment = (await app("POST", "~/issues/1/comments", { body: "marker" })).body;
  await rui("PATCH", `~/issues/comments/${comment.id}`, { body: "marker, changed" });
  const { issue } = (
    await data(
      maya,
      `{ repository${TOOLS} { issue(number: 1) { comments(last: 1) { nodes { author { login } ${EDITS} } } } } }`,
    )
  ).repository;
  const [shown] = issue.comments.nodes;
  expect(shown).toMatchObject({
    author: { login: "cairn" },
    editor: { login: "rui" },
    includesCreatedEdit: true,
  });
  expect(told(shown).map(([login, text]: string[]) => [login, text])).toEqual([
    ["rui", "marker, changed"],
    ["cairn", "marker"],
  ]);
  const [{ id }] = shown.userContentEdits.nodes;
  const edit = await data(
    maya,
    `query ($id: ID!) { node(id: $id) { ... on UserContentEdit { ${everyField("UserContentEdit")} } } }`,
    { id },
  );
  expect(edit.node).toMatchObject({ id, diff: "marker, changed", editor: { __typename: "User" } });
  // An edit is nobody's who does not see what was edited.
  const outside = fixture.as(fixture.tokens.outsider);
  expect((await errors(outside, "query ($id: ID!) { node(id: $id) { id } }", { id }))[0].type).toBe(
    "NOT_FOUND",
  );
  await maya("DELETE", `~/issues/comments/${comment.id}`);
  expect((await errors(maya, "query ($id: ID!) { node(id: $id) { id } }", { id }))[0].type).toBe("NOT_FOUND");
});

test("texts of pull requests and reviews are edited by REST as issues are", async () => {
  const { sha } = (await maya("GET", "~/git/ref/heads/main")).body.object;
  await maya("POST", "~/git/refs", { ref: "refs/heads/work", sha });
  await maya("PUT", "~/contents/x.txt", { message: "x", content: "eA==", branch: "work" });
  const pull = (await app("POST", "~/pulls", { title: "p", body: "one", head: "work", base: "main" })).body;
  await maya("PATCH", `~/pulls/${pull.number}`, { body: "two" });
  await maya("PATCH", `~/issues/${pull.number}`, { body: "three" });
  expect(told(await of(pull.node_id)).map(([, text]: string[]) => text)).toEqual(["three", "two", "one"]);
  const review = (await rui("POST", `~/pulls/${pull.number}/reviews`, { event: "COMMENT", body: "hm" })).body;
  await rui("PUT", `~/pulls/${pull.number}/reviews/${review.id}`, { body: "hm!" });
  expect(told(await of(review.node_id)).map(([login, text]: string[]) => [login, text])).toEqual([
    ["rui", "hm!"],
    ["rui", "hm"],
  ]);
});

test("an edit lags with the text that it changed, and goes with an issue to another repository", async () => {
  const issue = (await maya("POST", "~/issues", { title: "t", body: "one" })).body;
  await maya("POST", "/_sandbox/lag", { lag: "list=2s,get=2s" });
  await maya("PATCH", `~/issues/${issue.number}`, { body: "two" });
  expect(await of(issue.node_id)).toMatchObject({ body: "one", lastEditedAt: null });
  await maya("POST", "/_sandbox/clock", { advance: 2000 });
  expect(await of(issue.node_id)).toMatchObject({ body: "two", editor: { login: "maya" } });
  await maya("DELETE", "/_sandbox/lag");
  const other = await fixture.sandbox.createRepository("acme", "other", { private: true });
  fixture.sandbox.addCollaborator(other, "maya", "write");
  const move = { repository: "acme/tools", number: issue.number, by: "maya", to: "acme/other" };
  const moved = (await maya("POST", "/_sandbox/issues/transfer", move)).body;
  const there = (await maya("GET", `/repos/acme/other/issues/${moved.number}`)).body;
  expect(told(await of(there.node_id)).map(([, text]: string[]) => text)).toEqual(["two", "one"]);
});
