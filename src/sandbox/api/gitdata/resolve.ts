/** From what a person writes for a commit to the commit. */
import type { Sha } from "../../git/store.ts";
import type { RouteContext } from "../router.ts";

/** Commit behind a branch, a tag, a full ref, `HEAD` or 40 digits; `undefined` where there is none. */
export async function resolveCommit(
  context: Pick<RouteContext, "repository" | "store">,
  name: string,
): Promise<Sha | undefined> {
  const { repository, store } = context;
  const { refs } = repository;
  const short = name === "HEAD" ? repository.defaultBranch : name;
  const named =
    refs.get(`refs/heads/${short}`) ??
    refs.get(`refs/tags/${short}`) ??
    refs.get(short) ??
    refs.get(`refs/${short}`);
  if (named !== undefined) return store.commitBehind(named);
  // The name of a tag's object is no name of a commit, unlike the tag's own (reported).
  if (!/^[0-9a-f]{40}$/.test(short)) return undefined;
  return (await store.readCommit(short)) ? short : undefined;
}
