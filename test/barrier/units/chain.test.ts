/** The chain as it is read and moved: whose head counts, and what one step costs (I2). */
import { expect, test } from "vitest";
import { createCommitCache, emailOf, makeSteps, readChain, walkBack } from "../../../src/barrier/index.ts";
import { emptyChain, type Step } from "../../../src/core/chain.ts";
import { encodeRecord } from "../../../src/core/commit-message.ts";
import type { GitHubReads } from "../../../src/github/ports.ts";
import { app } from "../../memory/repository.ts";
import { scene } from "../../memory/scene.ts";
import { refused } from "../../memory/wire.ts";

const REF = "refs/cairn/12";
const raise: Step = { step: "raise", generation: 1, act: 1, with: [] };
const record = (issue = { repository: 7, number: 12 }): string =>
  encodeRecord("words", { v: 1, steps: [], state: emptyChain(issue), markers: [], by: "me" });

test("no ref is no chain; a ref whose commit nobody can read is foreign", async () => {
  const { repository, site } = scene();
  repository.clock.now = 40;
  expect(await readChain(site)).toEqual({ value: { kind: "absent" }, readAt: 40, serverTime: 0 });
  repository.git.refs.set(REF, "gone");
  expect((await readChain(site)).value).toEqual({
    kind: "foreign",
    head: "gone",
    why: "its commit cannot be read",
  });
});

test("a head counts if GitHub signed it for the app and it is this issue's record; else it says what is wrong", async () => {
  const { repository, site } = scene();
  const why = async (...[message, fields]: readonly [string, object?]) => {
    const sha = repository.addCommit(message, [], fields);
    repository.git.refs.set(REF, sha);
    const { value } = await readChain(site);
    expect(value).toMatchObject({ head: sha });
    return value.kind === "foreign" ? value.why : value.kind;
  };
  expect(await why(record())).toBe("sound");
  expect(await why(record(), { verified: false })).toBe("GitHub did not sign it");
  expect(await why(record(), { authorEmail: "maya@example.com" })).toBe("maya@example.com made it");
  expect(await why("Merge")).toMatch(/^the last line is not JSON/);
  expect(await why(record({ repository: 7, number: 13 }))).toBe("it belongs to issue 13 of repository 7");
  expect(await why(record({ repository: 8, number: 12 }))).toBe("it belongs to issue 12 of repository 8");
});

test("a sound chain tells its state, its record and when it was made", async () => {
  const { repository, site } = scene();
  repository.git.refs.set(REF, repository.addCommit(record(), [], { authorDate: 77 }));
  const { value } = await readChain(site);
  expect(value).toMatchObject({
    kind: "sound",
    at: 77,
    state: emptyChain(repository.issue),
    record: { by: "me" },
  });
});

test("the app is known by the address that GitHub gives to its commits", () => {
  expect(emailOf(app)).toBe("500+cairn[bot]@users.noreply.github.com");
});

test("a chain can stand under another namespace", async () => {
  const { repository, site } = scene();
  const elsewhere = { ...site, namespace: "heads/cairn" };
  expect((await makeSteps(elsewhere, { kind: "absent" }, [raise], [])).kind).toBe("made");
  expect([...repository.git.refs.keys()]).toEqual(["refs/heads/cairn/12"]);
});

test("a commit is read once, and forgotten once a thousand others were read", async () => {
  const { repository } = scene();
  const shas = Array.from({ length: 1_001 }, (_, index) => repository.addCommit(`commit ${index}`));
  const asked: string[] = [];
  const reads: Partial<GitHubReads> = {
    commit: async (sha) => {
      asked.push(sha);
      const value = repository.git.commits.get(sha);
      return value && { value, readAt: 0, serverTime: 0 };
    },
  };
  const cache = createCommitCache();
  const get = (sha = "") => cache.get(reads as GitHubReads, sha);
  const [first = "", second = ""] = shas;
  expect(await get(first)).toMatchObject({ message: "commit 0" });
  expect(await get(first)).toMatchObject({ message: "commit 0" });
  expect(asked).toEqual([first]);
  // What is not there is asked for again: it may be there later.
  expect(await get("no such commit")).toBeUndefined();
  expect(await get("no such commit")).toBeUndefined();
  expect(asked).toHaveLength(3);
  for (const sha of shas.slice(1, 1_000)) await get(sha);
  expect(asked).toHaveLength(1_002);
  expect(await get(first)).toBeDefined();
  expect(asked).toHaveLength(1_002);
  await get(shas[1_000]);
  await get(second);
  expect(asked).toHaveLength(1_003);
  await get(first);
  expect(asked).toHaveLength(1_004);
});

test("a step is one commit of the empty tree on the head, and one move of the ref", async () => {
  const { repository, site, sound, step } = scene();
  expect(await makeSteps(site, { kind: "absent" }, [raise], [])).toMatchObject({
    kind: "made",
    state: { seq: 1, generation: 1 },
  });
  expect(site.sent).toEqual(["POST commit", `POST ${REF}`]);
  const before = await sound();
  const end = await makeSteps(site, before, [{ ...raise, generation: 2, act: 2 }], []);
  expect(end).toMatchObject({ kind: "made", head: repository.git.refs.get(REF) });
  expect(site.sent.slice(2)).toEqual(["POST commit", `PATCH ${REF}`]);
  expect(repository.history()).toMatchObject([
    { tree: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", parents: [] },
    { tree: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", parents: [before.head] },
  ]);
  expect(repository.history()[1]?.message).toMatch(/^generation 2 raised by act 2\n\n\{/);
  expect((await step({ ...raise, generation: 3, act: 3 })).kind).toBe("made");
});

test("what was just made is not read again", async () => {
  const { repository, site } = scene();
  const end = await makeSteps(site, { kind: "absent" }, [raise], []);
  repository.git.commits.clear();
  expect((await readChain(site)).value).toMatchObject({
    kind: "sound",
    head: end.kind === "made" ? end.head : "",
  });
});

test("a step that the rules do not allow sends nothing", async () => {
  const { site } = scene();
  const end = makeSteps(site, { kind: "absent" }, [{ ...raise, generation: 2 }], []);
  await expect(end).rejects.toThrow("a raise is not allowed here: generation 1 comes next, not 2");
  expect(site.sent).toEqual([]);
});

test("the object is made again where its answer is lost, and once only", async () => {
  const { site } = scene();
  site.faults.push("lost-applied");
  expect((await makeSteps(site, { kind: "absent" }, [raise], [])).kind).toBe("made");
  expect(site.sent).toEqual(["POST commit", "POST commit", `POST ${REF}`]);
  site.faults.push("lost-applied", "lost-unapplied");
  expect(await makeSteps(site, { kind: "absent" }, [raise], [])).toEqual({
    kind: "unsettled",
    why: "the answer to POST commit is lost",
  });
});

test("a refusal that is no race is told with its words; the ref is not asked for", async () => {
  for (const [fault, ...sent] of [
    [refused("Resource not accessible by integration", 403), "POST commit"],
    [refused("wait", 429), "POST commit"],
  ] as const) {
    const { site } = scene();
    site.faults.push(fault);
    const end = await makeSteps(site, { kind: "absent" }, [raise], []);
    expect(end).toEqual({ kind: "refused", refusal: fault });
    expect(site.sent).toEqual(sent);
  }
  const { site } = scene();
  const forbidden = refused("Resource not accessible by integration", 403);
  site.faults.push("none", forbidden);
  expect(await makeSteps(site, { kind: "absent" }, [raise], [])).toEqual({
    kind: "refused",
    refusal: forbidden,
  });
});

test("somebody else's move is a lost race, by 422 and by 409", async () => {
  for (const status of [422, 409]) {
    const { repository, site, sound, step } = scene();
    await makeSteps(site, { kind: "absent" }, [raise], []);
    const old = await sound();
    await step({ ...raise, generation: 2, act: 2 });
    const head = repository.git.refs.get(REF);
    site.faults.push("none", ...(status === 409 ? [refused("Conflict", 409)] : []));
    expect(await makeSteps(site, old, [{ ...raise, generation: 2, act: 9 }], [])).toEqual({ kind: "lost" });
    expect(repository.git.refs.get(REF)).toBe(head);
  }
});

test("refused and the head unchanged: the read is older than the refusal, somebody else was first", async () => {
  const { site } = scene();
  site.faults.push("none", refused("Reference already exists"));
  expect(await makeSteps(site, { kind: "absent" }, [raise], [])).toEqual({ kind: "lost" });
  expect(site.sent).toHaveLength(2);
});

test("a lost answer: the head tells, and where it has not moved the same commit is sent again, three times", async () => {
  const applied = scene();
  applied.site.faults.push("none", "lost-applied");
  expect((await makeSteps(applied.site, { kind: "absent" }, [raise], [])).kind).toBe("made");
  expect(applied.site.sent).toEqual(["POST commit", `POST ${REF}`]);

  const never = scene();
  never.site.faults.push("none", "lost-unapplied", "lost-unapplied", "lost-unapplied");
  expect(await makeSteps(never.site, { kind: "absent" }, [raise], [])).toEqual({
    kind: "unsettled",
    why: "the ref did not move and no answer came",
  });
  expect(never.site.sent).toHaveLength(4);
  // 200, 400 and 800 ms between.
  expect(never.repository.clock.now).toBe(1_400);

  const third = scene();
  third.site.faults.push("none", "lost-unapplied", "lost-unapplied");
  expect((await makeSteps(third.site, { kind: "absent" }, [raise], [])).kind).toBe("made");
});

test("a lost answer, and others have built on it since: it was made", async () => {
  const { repository, site, sound } = scene();
  await makeSteps(site, { kind: "absent" }, [raise], []);
  const before = await sound();
  // The other builds on whatever head stands when this one looks where its commit is.
  const { writes, reads } = site;
  let moved = false;
  const slow = {
    ...site,
    writes: {
      ...writes,
      updateRef: async (ref: string, sha: string) => {
        await writes.updateRef(ref, sha);
        moved = repository.git.update(ref, repository.addCommit(record(), [sha])).kind === "applied";
        return { kind: "unknown", status: 502, message: "Bad Gateway" } as const;
      },
    },
    reads,
  };
  const end = await makeSteps(slow, before, [{ ...raise, generation: 2, act: 2 }], []);
  expect(moved).toBe(true);
  expect(end).toMatchObject({ kind: "made", state: { generation: 2 } });
});

test("a lost answer, and the chain is gone: somebody else's doing, nothing was made", async () => {
  const { repository, site, sound } = scene();
  await makeSteps(site, { kind: "absent" }, [raise], []);
  const before = await sound();
  site.faults.push("none", "lost-unapplied");
  repository.git.refs.delete(REF);
  site.sent.length = 0;
  expect(await makeSteps(site, before, [{ ...raise, generation: 2, act: 2 }], [])).toEqual({ kind: "lost" });
  // It can never land any more, so it is not sent again.
  expect(site.sent).toHaveLength(2);
});

test("an answer is believed: the ref is not read behind it, where it could still show what was before", async () => {
  const { repository } = scene();
  const site = repository.site("a lagging replica's reader", async () => {}, [], [true, true, true]);
  expect(await makeSteps(site, { kind: "absent" }, [raise], [])).toMatchObject({ kind: "made" });
  expect(site.sent).toEqual(["POST commit", `POST ${REF}`]);
});

test("refused behind a lost answer: unsettled, as what was sent first may still land", async () => {
  const { site } = scene();
  const limit = refused("You have exceeded a secondary rate limit", 429);
  site.faults.push("none", "lost-unapplied", limit);
  expect(await makeSteps(site, { kind: "absent" }, [raise], [])).toEqual({
    kind: "unsettled",
    why: limit.message,
  });
});

test("a chain is walked back by first parents, newest first, to its beginning or to what nobody can read", async () => {
  const { repository, site } = scene();
  const first = repository.addCommit(record());
  const foreign = repository.addCommit("by hand", [first]);
  const head = repository.addCommit(record(), [foreign, "another parent"]);
  const walked = async (from: string | undefined) => {
    const found: string[] = [];
    for await (const { commit, view } of walkBack(site, from)) found.push(`${commit.sha} ${view.kind}`);
    return found;
  };
  expect(await walked(head)).toEqual([`${head} sound`, `${foreign} foreign`, `${first} sound`]);
  expect(await walked(undefined)).toEqual([]);
  expect(await walked(repository.addCommit(record(), ["gone"]))).toHaveLength(1);
});
