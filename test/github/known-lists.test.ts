/** Lists that are asked for again: an unchanged one costs nothing, and is the same; a changed one is the new one. */
import { expect, test } from "vitest";
import { createListCache, type ListCache } from "../../src/github/index.ts";
import { start } from "../sandbox/fixture.ts";
import { connectTo, type Reply, scripted } from "./connection.ts";

test("GitHub answers 304 to a list that it has shown before, and counts no request; any change is seen", async () => {
  await using fixture = await start();
  const { sandbox, repository, tokens } = fixture;
  const maintainer = fixture.as(tokens.maintainer);
  const { reads } = await connectTo(fixture);
  for (const title of ["one", "two"]) await maintainer("POST", "~/issues", { title, labels: ["bug"] });
  const since = sandbox.clock.now() - 60_000;
  const look = async () => ({
    labelled: (await reads.issuesLabelled("bug")).value,
    changed: (await reads.issuesChanged(since)).value.map(({ number }) => number),
    refs: (await reads.matchingRefs("heads/")).value,
  });
  const answers = () => sandbox.requestLog.slice(-3).map(({ status }) => status);
  const first = await look();
  expect(first).toEqual({
    labelled: [2, 1],
    changed: [2, 1],
    refs: [...repository.refs].map(([ref, sha]) => ({ ref, sha })),
  });
  expect(answers()).toEqual([200, 200, 200]);
  expect(await look()).toEqual(first);
  expect(answers()).toEqual([304, 304, 304]);
  await maintainer("POST", "~/issues", { title: "three", labels: ["bug"] });
  expect(await look()).toEqual({ ...first, labelled: [3, 2, 1], changed: [3, 2, 1] });
  expect(answers()).toEqual([200, 200, 304]);
});

test("of a list that is asked for from a later time on only that is kept, and an earlier one is not taken for it", async () => {
  await using fixture = await start();
  const { sandbox, tokens } = fixture;
  const maintainer = fixture.as(tokens.maintainer);
  const lists = createListCache();
  const put: string[] = [];
  const cache: ListCache = {
    ...lists,
    put(list, page) {
      put.push(list);
      lists.put(list, page);
    },
  };
  const { reads } = await connectTo(fixture, { lists: cache });
  await maintainer("POST", "~/issues", { title: "one" });
  const begin = sandbox.clock.now();
  const changed = async (since: number) => {
    const found = (await reads.issuesChanged(since)).value.length;
    return [found, sandbox.requestLog.at(-1)?.status];
  };
  expect(await changed(begin - 60_000)).toEqual([1, 200]);
  expect(await changed(begin + 60_000)).toEqual([0, 200]);
  expect(await changed(begin + 60_000)).toEqual([0, 304]);
  expect(await changed(begin - 60_000)).toEqual([1, 200]);
  expect(put).toHaveLength(3);
  expect(new Set(put).size).toBe(1);
});

/** Two pages, each with an `etag` of its own; of a page that is known there is no body. */
function pages(etags: readonly string[]) {
  return (
    { url = "", headers = {} }: { url?: string; headers?: { "if-none-match"?: string } },
    base: string,
  ): Reply => {
    const page = Number(new URL(url, base).searchParams.get("page"));
    const etag = etags[page - 1] ?? "";
    const link: Record<string, string> = page < etags.length ? { link: `<${base}/next>; rel="next"` } : {};
    if (headers["if-none-match"] === etag) return { status: 304, headers: { etag } };
    return {
      headers: { ...(etag === "" ? {} : { etag }), ...link },
      body: [{ number: page, updated_at: "2026-11-21T10:00:00Z" }],
    };
  };
}

test("each page is known by itself, and that another one follows it too", async () => {
  const etags = ['"a"', '"b"'];
  await using github = await scripted((request, base) => pages(etags)(request, base));
  const { reads } = await connectTo(github);
  const read = async () => (await reads.issuesLabelled("bug")).value;
  expect([await read(), await read()]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(github.arrived).toHaveLength(4);
  // The last page has become one in between.
  etags.push('"c"');
  etags[1] = '"b2"';
  expect(await read()).toEqual([1, 2, 3]);
});

test("an answer without an etag is asked for anew, and one that claims to be unchanged unasked is none", async () => {
  await using github = await scripted((request, base) => pages([""])(request, base));
  const { reads } = await connectTo(github);
  for (const _ of [1, 2]) expect((await reads.issuesLabelled("bug")).value).toEqual([1]);
  await using odd = await scripted(() => ({ status: 304 }));
  const other = await connectTo(odd);
  await expect(other.reads.issuesLabelled("bug")).rejects.toMatchObject({ kind: "malformed" });
});
