/** Pages of a list, with GitHub's `Link` header. */
import type { RouteContext, RouteResult } from "./router.ts";

/** One page of `all` by `per_page` (30, at most 100) and `page`, each entry shown by `present`. */
export function paginate<T>(
  context: RouteContext,
  all: readonly T[],
  present: (entry: T) => unknown,
  wrap: (shown: unknown[], total: number) => unknown = (shown) => shown,
): RouteResult {
  const size = Math.min(positive(context.query.get("per_page"), 30), 100);
  const page = positive(context.query.get("page"), 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const shown = all.slice((page - 1) * size, page * size).map(present);
  const link = linkHeader(context, page, last);
  return { status: 200, body: wrap(shown, all.length), ...(link ? { headers: { link } } : {}) };
}

function positive(text: string | null, otherwise: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : otherwise;
}

function linkHeader(context: RouteContext, page: number, last: number): string | undefined {
  const to = (target: number, rel: string): string => {
    const query = new URLSearchParams(context.query);
    query.set("page", String(target));
    return `<${context.urls.api}${context.path}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [to(Math.min(page - 1, last), "prev")] : []),
    ...(page < last ? [to(page + 1, "next"), to(last, "last")] : []),
    ...(page > 1 ? [to(1, "first")] : []),
  ];
  return links.length > 0 ? links.join(", ") : undefined;
}
