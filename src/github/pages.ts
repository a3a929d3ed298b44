/** Lists of GitHub, page by page. */
import type { Answer, Client, Params } from "./client.ts";
import { GitHubError } from "./errors.ts";
import type { Headers } from "./limits.ts";
import { objectsOf, type Shape } from "./shape.ts";

export const PER_PAGE = 100;
/** More pages than any list that Cairn reads may have. Beyond it nothing is concluded: a list that ends early lies. */
export const MOST_PAGES = 100;

export interface Pages {
  readonly items: readonly Shape[];
  readonly readAt: number;
  /** Of the oldest answer: the list is at least as old. */
  readonly serverTime: number;
}

type Unwrap = (where: string, answer: Answer) => readonly Shape[];

const plain: Unwrap = (where, answer) => objectsOf(where, answer.data);

/**
 * All pages from the first on, by the `Link` header. `undefined`: 404, on whichever page: what was read before it
 * is no list. Throws `GitHubError` `malformed` for a list without end.
 */
export async function allPages(
  client: Client,
  route: string,
  params: Params,
  unwrap: Unwrap = plain,
): Promise<Pages | undefined> {
  const items: Shape[] = [];
  let first: Answer | undefined;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await client.get(route, { ...params, per_page: PER_PAGE, page });
    if (!answer) return undefined;
    first ??= answer;
    items.push(...unwrap(route, answer));
    if (!hasNext(answer.headers)) return { items, readAt: first.readAt, serverTime: first.serverTime };
  }
  throw endless(route);
}

/** The first pages of a list, at most so many: what stands behind them is not there for whoever asks. As `allPages`. */
export async function firstPages(
  client: Client,
  route: string,
  params: Params,
  most: number,
): Promise<Pages | undefined> {
  const items: Shape[] = [];
  let first: Answer | undefined;
  for (let page = 1; page <= most; page += 1) {
    const answer = await client.get(route, { ...params, per_page: PER_PAGE, page });
    if (!answer) return undefined;
    first ??= answer;
    items.push(...plain(route, answer));
    if (!hasNext(answer.headers)) break;
  }
  return first && { items, readAt: first.readAt, serverTime: first.serverTime };
}

/**
 * All pages from the last to the first (I6): what is deleted while the pages are read moves later items towards
 * the front, where they are still met; from first to last they would slip past the reader. Throws as `allPages`.
 */
export async function pagesFromLast(
  client: Client,
  route: string,
  params: Params,
  expected: number,
): Promise<Pages | undefined> {
  const found = new Map<number, Shape>();
  let oldest: Answer | undefined;
  let last = Math.max(1, Math.ceil(expected / PER_PAGE));
  for (let page = last; page >= 1; page -= 1) {
    const answer = await client.get(route, { ...params, per_page: PER_PAGE, page });
    if (!answer) return undefined;
    oldest ??= answer;
    for (const item of plain(route, answer)) found.set(item.number("id"), item);
    // The list has grown beyond the count that it was asked by: begin again at its end.
    if (page === last && hasNext(answer.headers)) {
      if (last >= MOST_PAGES) throw endless(route);
      last += 1;
      page = last + 1;
    }
  }
  const items = [...found.values()].sort((a, b) => a.number("id") - b.number("id"));
  return oldest && { items, readAt: oldest.readAt, serverTime: oldest.serverTime };
}

/** Whether the `Link` header names a page after this one. */
export const hasNext = (headers: Headers): boolean => /rel="next"/.test(String(headers.link ?? ""));

export const endless = (route: string): GitHubError =>
  new GitHubError("malformed", `GET ${route}`, `the list has more than ${MOST_PAGES} pages`);
