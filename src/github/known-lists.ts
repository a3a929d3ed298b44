/**
 * Lists that are read again and again and hardly ever change: GitHub answers 304 where a page is the one that it showed
 * before, and that costs nothing of the hour's requests. What a page says is never older than what any read would get.
 */
import { putBounded } from "../core/bounded.ts";
import type { Answer, Client, Params } from "./client.ts";
import { GitHubError } from "./errors.ts";
import { endless, hasNext, MOST_PAGES, PER_PAGE } from "./pages.ts";
import type { Read } from "./ports.ts";
import { objectsOf, type Shape } from "./shape.ts";

interface Page {
  /** All that was asked for, from when on as well. */
  readonly address: string;
  readonly etag: string;
  readonly items: readonly unknown[];
  readonly hasNext: boolean;
}

/**
 * Pages as whoever reads them has taken them in, one for each list: nobody asks again from an earlier time on, and what was
 * kept for each would be many times what is used. Safe to lose.
 */
export interface ListCache {
  get(list: string): Page | undefined;
  put(list: string, page: Page): void;
}

/** Pages: some five of each repository, for a thousand repositories. */
const LIMIT = 5_000;

export function createListCache(): ListCache {
  const known = new Map<string, Page>();
  return {
    get: (list) => known.get(list),
    put: (list, page) => putBounded(known, list, page, LIMIT),
  };
}

/** All pages from the first on. `undefined`: 404, on whichever page. Throws `GitHubError`. One `take` for each route. */
export async function knownList<T>(
  client: Client,
  cache: ListCache,
  { route, params }: { readonly route: string; readonly params: Params },
  take: (shape: Shape) => T,
): Promise<Read<readonly T[]> | undefined> {
  const items: T[] = [];
  let first: Answer | undefined;
  for (let number = 1; number <= MOST_PAGES; number += 1) {
    const asked = { ...params, per_page: PER_PAGE, page: number };
    const address = JSON.stringify(asked);
    const list = `${route} ${JSON.stringify({ ...asked, since: undefined })}`;
    const last = cache.get(list);
    const known = last?.address === address ? last : undefined;
    const answer = await client.get(route, asked, known?.etag);
    if (!answer) return undefined;
    first ??= answer;
    const page = answer.status === NOT_MODIFIED ? known : pageOf(route, address, answer, take);
    if (!page) throw new GitHubError("malformed", `GET ${route}`, "unchanged, and nothing is known of it");
    if (page.etag !== "" && page !== known) cache.put(list, page);
    // What stands in the cache under a route was taken by the same `take`.
    items.push(...(page.items as readonly T[]));
    if (!page.hasNext) return { value: items, readAt: first.readAt, serverTime: first.serverTime };
  }
  throw endless(route);
}

const NOT_MODIFIED = 304;

function pageOf<T>(route: string, address: string, answer: Answer, take: (shape: Shape) => T): Page {
  const { headers, data } = answer;
  const items = objectsOf(route, data).map(take);
  return { address, etag: String(headers.etag ?? ""), items, hasNext: hasNext(headers) };
}
