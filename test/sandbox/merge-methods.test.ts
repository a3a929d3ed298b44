/** Rebase, squash and merge: what lands, who made it, and what is refused (docs: "About pull request merges"). */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Call, type Fixture, start } from "./fixture.ts";

let fixture: Fixture;
let maya: Call;
let rui: Call;
let app: Call;

beforeAll(async () => {
  fixture = await start();
  maya = fixture.as(fixture.tokens.maintainer);
  rui = fixture.as(fixture.tokens.reviewer);
  app = fixture.as(await fixture.installationToken());
});
afterAll(() => fixture[Symbol.asyncDispose]());

let counter = 0;

interface Step {
  readonly files: Readonly<Record<string, string>>;
  readonly message?: string;
  /** Whose commit it is; its bot's where absent. */
  readonly author?: { readonly name: string; readonly email: string };
  /** Also a parent. */
  readonly merges?: string;
}

async function commit(call: Call, parent: string, step: Step): Promise<string> {
  const tree = (await call("GET", `~/git/commits/${parent}`)).body.tree.sha;
  const entries = Object.entries(step.files).map(([path, content]) => ({
    path,
    mode: "100644",
    type: "blob",
    content,
  }));
  const made = await call("POST", "~/git/trees", { base_tree: tree, tree: entries });
  const parents = step.merges ? [parent, step.merges] : [parent];
  const { author, message = "work" } = step;
  const body = { message, tree: made.body.sha, parents, ...(author ? { author } : {}) };
  return (await call("POST", "~/git/commits", body)).body.sha;
}

const head = async (branch: string): Promise<string> =>
  (await maya("GET", `~/git/ref/heads/${branch}`)).body.object.sha;

/** A pull request of the app with these commits on top of main as it is now. */
async function pull(steps: readonly Step[], title = "A title") {
  counter += 1;
  const ref = `work-${counter}`;
  const base = await head("main");
  let sha = base;
  const shas: string[] = [];
  for (const step of steps) {
    sha = await commit(app, sha, step);
    shas.push(sha);
  }
  await app("POST", "~/git/refs", { ref: `refs/heads/${ref}`, sha });
  const made = await app("POST", "~/pulls", { title, body: "A text", head: ref, base: "main" });
  expect(made.status).toBe(201);
  return { number: made.body.number as number, ref, base, shas };
}

/** main one commit further. */
async function advance(files: Readonly<Record<string, string>>): Promise<string> {
  const sha = await commit(maya, await head("main"), { files });
  expect((await maya("PATCH", "~/git/refs/heads/main", { sha })).status).toBe(200);
  return sha;
}

const merge = (number: number, merge_method: string, more = {}) =>
  rui("PUT", `~/pulls/${number}/merge`, { merge_method, ...more });

const computed = (number: number) =>
  expect.poll(
    async () => {
      const { mergeable, rebaseable } = (await maya("GET", `~/pulls/${number}`)).body;
      return { mergeable, rebaseable };
    },
    { timeout: 3_000 },
  );

const ada = { name: "Ada", email: "ada@example.com" };

test("rebase replays each commit onto the base: the author stays, the committer is who merged, none is signed", async () => {
  const { number, shas } = await pull([
    { files: { "a.txt": "1\n" }, message: "One\n\nwith a text", author: ada },
    { files: { "b.txt": "2\n" }, message: "Two" },
  ]);
  const base = await advance({ "c.txt": "3\n" });
  await computed(number).toEqual({ mergeable: true, rebaseable: true });
  const merged = await merge(number, "rebase");
  expect(merged.body).toEqual({
    sha: await head("main"),
    merged: true,
    message: "Pull Request successfully merged",
  });
  const [two, one] = (await maya("GET", "~/commits?sha=main&per_page=2")).body;
  expect(one.parents).toMatchObject([{ sha: base }]);
  expect(two.parents).toMatchObject([{ sha: one.sha }]);
  expect(one.commit).toMatchObject({
    message: "One\n\nwith a text",
    author: ada,
    committer: { name: "rui" },
    verification: { verified: false },
  });
  expect(two.commit.message).toBe("Two");
  for (const path of ["a.txt", "b.txt", "c.txt"])
    expect((await maya("GET", `~/contents/${path}`)).status).toBe(200);
  const shown = (await maya("GET", `~/pulls/${number}`)).body;
  expect(shown).toMatchObject({ state: "closed", merged: true, merge_commit_sha: two.sha });
  expect(shown.head.sha).toBe(shas[1]);
});

test("rebase makes new commits also where the head is on top of the base already", async () => {
  const { number, base, shas } = await pull([{ files: { "d.txt": "4\n" } }]);
  const { sha } = (await merge(number, "rebase")).body;
  expect(sha).not.toBe(shas[0]);
  const made = (await maya("GET", `~/git/commits/${sha}`)).body;
  expect(made.parents).toMatchObject([{ sha: base }]);
  expect(made.tree.sha).toBe((await maya("GET", `~/git/commits/${shas[0]}`)).body.tree.sha);
});

test("a merge that works as a whole but not commit by commit is mergeable, not rebaseable, and refused with 405", async () => {
  await advance({ "same.txt": "old\n" });
  // The first commit collides with the base, the second takes it back: only the sum is harmless.
  const { number } = await pull([{ files: { "same.txt": "left\n" } }, { files: { "same.txt": "right\n" } }]);
  const before = await advance({ "same.txt": "right\n" });
  await computed(number).toEqual({ mergeable: true, rebaseable: false });
  const refused = await merge(number, "rebase");
  expect([refused.status, refused.body.message]).toEqual([405, "This branch can't be rebased"]);
  expect(await head("main")).toBe(before);
  expect((await merge(number, "merge")).status).toBe(200);
});

test("merges of the base into the head are left out, and a conflict is neither mergeable nor rebaseable", async () => {
  const first = await pull([{ files: { "e.txt": "5\n" } }]);
  const other = await advance({ "f.txt": "6\n" });
  const tip = await commit(app, first.shas[0] ?? "", { files: { "f.txt": "6\n" }, merges: other });
  await app("PATCH", `~/git/refs/heads/${first.ref}`, { sha: tip });
  await computed(first.number).toEqual({ mergeable: true, rebaseable: true });
  const { sha } = (await merge(first.number, "rebase")).body;
  expect((await maya("GET", `~/git/commits/${sha}`)).body.parents).toMatchObject([{ sha: other }]);
  const second = await pull([{ files: { "g.txt": "left\n" } }]);
  await advance({ "g.txt": "right\n" });
  await computed(second.number).toEqual({ mergeable: false, rebaseable: false });
  expect((await merge(second.number, "rebase")).body.message).toBe("Pull Request is not mergeable");
});

const messageOf = async (sha: string): Promise<string> =>
  (await maya("GET", `~/git/commits/${sha}`)).body.message;

test("one commit keeps its own words when squashed; of several there is a list, with the others who wrote them", async () => {
  const one = await pull([{ files: { "h.txt": "7\n" }, message: "Only one\n\nwith a text" }]);
  expect(await messageOf((await merge(one.number, "squash")).body.sha)).toBe(
    `Only one (#${one.number})\n\nwith a text`,
  );
  const two = await pull(
    [
      { files: { "i.txt": "8\n" }, message: "First\n\nits text", author: ada },
      { files: { "j.txt": "9\n" }, message: "Second\n\nCo-Authored-By: Bo <bo@example.com>" },
    ],
    "Both",
  );
  // The form of such commits in public histories.
  expect(await messageOf((await merge(two.number, "squash")).body.sha)).toBe(
    `Both (#${two.number})\n\n* First\n\nits text\n\n* Second\n\nCo-Authored-By: Bo <bo@example.com>\n\n---------\n\nCo-authored-by: Ada <ada@example.com>\nCo-authored-by: Bo <bo@example.com>`,
  );
  const own = await pull([{ files: { "k.txt": "10\n" } }]);
  const asked = { commit_title: "Mine", commit_message: "and mine" };
  expect(await messageOf((await merge(own.number, "squash", asked)).body.sha)).toBe("Mine\n\nand mine");
});

test("titles and messages follow the repository's settings, and GitHub takes certain pairs of them only", async () => {
  const shown = (await maya("GET", "~")).body;
  expect(shown).toMatchObject({
    squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
    squash_merge_commit_message: "COMMIT_MESSAGES",
    merge_commit_title: "MERGE_MESSAGE",
    merge_commit_message: "PR_TITLE",
  });
  const refused = await maya("PATCH", "~", { merge_commit_message: "BLANK" });
  expect([refused.status, refused.body.errors[0].message]).toEqual([
    422,
    "Sorry, invalid setting combination. The following are valid combinations for the merge commit title and message: PR_TITLE and PR_BODY, PR_TITLE and BLANK, MERGE_MESSAGE and PR_TITLE. (invalid_merge_commit_setting_combo)",
  ]);
  const changed = await maya("PATCH", "~", {
    squash_merge_commit_title: "PR_TITLE",
    squash_merge_commit_message: "PR_BODY",
    merge_commit_title: "PR_TITLE",
    merge_commit_message: "BLANK",
  });
  expect(changed.body).toMatchObject({ merge_commit_message: "BLANK", use_squash_pr_title_as_default: true });
  const squashed = await pull([{ files: { "l.txt": "11\n" } }], "Squashed");
  expect(await messageOf((await merge(squashed.number, "squash")).body.sha)).toBe(
    `Squashed (#${squashed.number})\n\nA text`,
  );
  const merged = await pull([{ files: { "m.txt": "12\n" } }], "Merged");
  expect(await messageOf((await merge(merged.number, "merge")).body.sha)).toBe(`Merged (#${merged.number})`);
});

test("a method that the repository does not allow is refused with its own words, and one of the three stays allowed", async () => {
  const { number } = await pull([{ files: { "n.txt": "13\n" } }]);
  const words = {
    merge: ["allow_merge_commit", "Merge commits are not allowed on this repository."],
    squash: ["allow_squash_merge", "Squash merges are not allowed on this repository."],
    rebase: ["allow_rebase_merge", "Rebase merges are not allowed on this repository."],
  } as const;
  for (const [method, [setting, message]] of Object.entries(words)) {
    await maya("PATCH", "~", { [setting]: false });
    const refused = await merge(number, method);
    expect([refused.status, refused.body.message]).toEqual([405, message]);
    await maya("PATCH", "~", { [setting]: true });
  }
  const none = await maya("PATCH", "~", {
    name: "hammers",
    allow_merge_commit: false,
    allow_squash_merge: false,
    allow_rebase_merge: false,
  });
  expect([none.status, none.body.errors[0].message]).toEqual([
    422,
    "Sorry, you need to allow at least one merge strategy. (no_merge_method)",
  ]);
  expect((await maya("GET", "~")).body).toMatchObject({ name: "tools", allow_merge_commit: true });
});
