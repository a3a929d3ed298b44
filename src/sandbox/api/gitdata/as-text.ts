/** Changes as text: the media types `diff` and `patch` of commits, comparisons and pull requests. */
import type { Sha } from "../../git/store.ts";
import type { RouteContext, RouteResult } from "../router.ts";

/** Every store knows it, whether it was written there or not. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export interface Changes {
  /** What they are compared with; `undefined`: nothing comes before them. */
  readonly from: Sha | undefined;
  readonly to: Sha;
  /** Of a patch: every commit in between, or `to` alone. */
  readonly commits: "all" | "last";
}

/** The answer in the media type that the client asks for; `undefined`: it asks for JSON. */
export async function asText(context: RouteContext, changes: Changes): Promise<RouteResult | undefined> {
  const { store, headers } = context;
  const type = /\.(diff|patch)\b/.exec(headers.accept ?? "")?.[1];
  if (type === undefined) return undefined;
  const { from, to, commits } = changes;
  const body =
    type === "diff"
      ? await store.diffText(from ?? EMPTY_TREE, to)
      : await store.patchText(commits === "all" ? from : undefined, to);
  return { status: 200, body, headers: { "content-type": `application/vnd.github.${type}; charset=utf-8` } };
}
