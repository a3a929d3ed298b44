/** Connections: pages of a list by `first`, `last`, `after`, `before`, with GitHub's bounds. */
import { type GraphQLResolveInfo, Kind, type SelectionNode, type SelectionSetNode } from "graphql";
import type { World } from "../../world/state.ts";
import type { GraphqlContext } from "./context.ts";
import { GraphqlRefusal } from "./errors.ts";

export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

export interface Listing<T> {
  /** In the order of the connection. Asked of the world that is read, and of the one that is counted in. */
  readonly rows: (world: World) => readonly T[];
  /** What tells a row from all others, for as long as it lives: cursors are made of it. */
  readonly key: (row: T) => string | number;
  readonly show: (row: T) => unknown;
}

const LARGEST_PAGE = 100;

/** What a field of a connection's type answers. */
export function connection<T>({ rows, key, show }: Listing<T>) {
  return (args: PageArguments, { world, counted }: GraphqlContext, info: GraphQLResolveInfo) => {
    checkBounds(args, info);
    const all = rows(world);
    const from = args.after ? placeOf(all, key, args.after).behind : 0;
    const to = args.before ? placeOf(all, key, args.before).at : all.length;
    const within = all.slice(from, Math.max(from, to));
    const page =
      args.last == null ? within.slice(0, args.first ?? 0) : args.last === 0 ? [] : within.slice(-args.last);
    const edges = page.map((row) => ({ cursor: cursorOf(key(row)), node: () => show(row) }));
    const cut = page.length < within.length;
    return {
      totalCount: () => rows(counted).length,
      nodes: () => page.map(show),
      edges,
      pageInfo: {
        hasNextPage: args.last == null ? cut : Boolean(args.before),
        hasPreviousPage: args.last == null ? Boolean(args.after) : cut,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
    };
  };
}

const cursorOf = (key: string | number): string => Buffer.from(`cursor:v2:${key}`).toString("base64");

/** Where a row stands, and where the list goes on behind it; of one that is gone, where it stood among ascending ids. */
function placeOf<T>(
  all: readonly T[],
  key: Listing<T>["key"],
  cursor: string,
): { at: number; behind: number } {
  const named = /^cursor:v2:(.+)$/.exec(Buffer.from(cursor, "base64").toString("utf8"))?.[1];
  if (named === undefined)
    throw new GraphqlRefusal(
      "INVALID_CURSOR_ARGUMENTS",
      `\`${cursor}\` does not appear to be a valid cursor.`,
    );
  const at = all.findIndex((row) => String(key(row)) === named);
  if (at >= 0) return { at, behind: at + 1 };
  const before = all.filter((row) => Number(key(row)) < Number(named)).length;
  return { at: before, behind: before };
}

/** Only to count needs no bounds. */
function checkBounds({ first, last }: PageArguments, info: GraphQLResolveInfo): void {
  const name = info.fieldName;
  if (first == null && last == null) {
    if (!info.fieldNodes.some(({ selectionSet }) => asksForRows(selectionSet, info))) return;
    const words = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
    throw new GraphqlRefusal("MISSING_PAGINATION_BOUNDARIES", words);
  }
  if (first != null && last != null) {
    const words = `Passing both \`first\` and \`last\` to paginate the \`${name}\` connection is not supported.`;
    throw new GraphqlRefusal(undefined, words);
  }
  const which = first == null ? "last" : "first";
  const size = first ?? last ?? 0;
  if (size < 0)
    throw new GraphqlRefusal(
      undefined,
      `\`${which}\` on the \`${name}\` connection cannot be less than zero.`,
    );
  if (size > LARGEST_PAGE) {
    const words = `Requesting ${size} records on the \`${name}\` connection exceeds the \`${which}\` limit of 100 records.`;
    throw new GraphqlRefusal("EXCESSIVE_PAGINATION", words);
  }
}

function asksForRows(set: SelectionSetNode | undefined, info: GraphQLResolveInfo): boolean {
  const asks = (selection: SelectionNode): boolean => {
    switch (selection.kind) {
      case Kind.FIELD:
        return ["nodes", "edges", "pageInfo"].includes(selection.name.value);
      case Kind.INLINE_FRAGMENT:
        return asksForRows(selection.selectionSet, info);
      case Kind.FRAGMENT_SPREAD:
        return asksForRows(info.fragments[selection.name.value]?.selectionSet, info);
    }
  };
  return set?.selections.some(asks) ?? false;
}
