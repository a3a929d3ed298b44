/** I6: a list is whole, or it is no list. */
import { expect, test } from "vitest";
import { connectTo, type Reply, scripted } from "./connection.ts";

/** A list as GitHub serves it: pages by `per_page` and `page`, `Link` to the next. */
function paged(items: readonly unknown[], wrap = (shown: readonly unknown[]): unknown => shown) {
  return (path: string, url: string): Reply => {
    const query = new URL(path, url).searchParams;
    const size = Math.min(Number(query.get("per_page") ?? 30), 100);
    const page = Number(query.get("page") ?? 1);
    const more = page * size < items.length;
    return {
      headers: more ? { link: `<${url}/next?page=${page + 1}>; rel="next"` } : {},
      body: wrap(items.slice((page - 1) * size, page * size)),
    };
  };
}

const comments = (from: number, to: number): unknown[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    id: from + index,
    body: `comment ${from + index}`,
    user: { id: 1, login: "maya", type: "User" },
    created_at: "2026-11-21T10:00:00Z",
    updated_at: "2026-11-21T10:00:00Z",
    performed_via_github_app: null,
  }));

test("a list that has grown beyond the count is read from its real end", async () => {
  const pages = paged(comments(1, 320));
  await using github = await scripted(({ url = "" }, base) => pages(url, base));
  const { reads } = await connectTo(github);
  const { value } = await reads.comments(1, 150);
  expect(value).toMatchObject({ kind: "complete" });
  expect(value.items.map(({ id }) => id)).toEqual(Array.from({ length: 320 }, (_, index) => index + 1));
});

test("a page that is not there makes the whole list unread, not a shorter one", async () => {
  const pages = paged(comments(1, 250));
  await using github = await scripted(({ url = "" }, base) =>
    /[?&]page=2\b/.test(url) ? { status: 404, body: { message: "Not Found" } } : pages(url, base),
  );
  const { reads } = await connectTo(github);
  await expect(reads.comments(1, 250)).rejects.toMatchObject({ kind: "refused", status: 404 });
  await expect(reads.issueEvents(1)).rejects.toMatchObject({ kind: "refused", status: 404 });
});

test("a list without end is given up, and nothing is concluded from its beginning", async () => {
  await using github = await scripted((_request, base) => ({
    headers: { link: `<${base}/next>; rel="next"` },
    body: [],
  }));
  const { reads } = await connectTo(github);
  await expect(reads.reviews(1)).rejects.toMatchObject({ kind: "malformed" });
  expect(github.arrived).toHaveLength(100);
  await expect(reads.comments(1, 9_950)).rejects.toMatchObject({ kind: "malformed" });
  expect(github.arrived).toHaveLength(101);
});

test("all statuses of a commit are read, not the thirty that GitHub shows first", async () => {
  const statuses = Array.from({ length: 130 }, (_, index) => ({
    context: `ci/${index}`,
    state: index === 129 ? "error" : "success",
  }));
  const pages = paged(statuses, (shown) => ({ state: "failure", statuses: shown, total_count: 130 }));
  await using github = await scripted(({ url = "" }, base) =>
    url.includes("/check-runs") ? { body: { total_count: 0, check_runs: [] } } : pages(url, base),
  );
  const { reads } = await connectTo(github);
  const { value } = await reads.checks("a".repeat(40));
  expect(value).toHaveLength(130);
  expect(value.at(-1)).toEqual({
    name: "ci/129",
    appId: null,
    status: "completed",
    conclusion: "failure",
    run: null,
  });
});

test("a file above 1 MB is not an empty one, and a folder is no file", async () => {
  const big = { type: "file", encoding: "none", content: "", size: 2_000_000, sha: "a", path: "big" };
  await using github = await scripted(({ url = "" }) => ({ body: url.includes("/big") ? big : [] }));
  const { reads } = await connectTo(github);
  const textOf = async (path: string) => (await reads.file(path, "main"))?.value.text;
  expect(await textOf("big")).toEqual({ flaw: "a file of 2000000 bytes" });
  expect(await textOf("folder")).toEqual({ flaw: "a folder" });
});

test("a name with # is asked for whole", async () => {
  await using github = await scripted(() => ({ body: { object: { sha: "a".repeat(40) } } }));
  const { reads } = await connectTo(github);
  await reads.ref("heads/fix/#12?x");
  expect(github.arrived).toEqual(["GET /repos/acme/tools/git/ref/heads/fix/%2312%3Fx"]);
});

test("of the newest comments so many pages are read, and what stands behind them is not asked for", async () => {
  const pages = paged(
    comments(1, 450).map((one) => ({
      ...(one as object),
      html_url: "https://x/o/r/issues/7#issuecomment-1",
    })),
  );
  const asked: string[] = [];
  await using github = await scripted(({ url = "" }, base) => {
    asked.push(url);
    return pages(url, base);
  });
  const { reads } = await connectTo(github);
  const { value } = await reads.newestComments(Date.parse("2026-11-20T10:00:00Z"), 3);
  expect(value.map(({ id }) => id)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  expect(value[0]?.issue).toBe(7);
  expect(asked).toHaveLength(3);
  expect(asked[0]).toContain("sort=created&direction=desc");
  expect((await reads.newestComments(0, 9)).value).toHaveLength(450);
});
