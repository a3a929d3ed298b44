/** The repository that a label gives an issue to: whether it may be opened there, and whether it was. */
import { sinceOf } from "../../core/decide-route.ts";
import type { RoutedView } from "../../core/snapshot.ts";
import type { Act, Route } from "../../core/words.ts";
import { findIssue } from "../../effects/index.ts";
import type { GitHubReads, RepositoryInfo } from "../../github/ports.ts";
import { askRights, readAuthority } from "../../policy/ask-rights.ts";
import type { Config } from "../../policy/config/index.ts";
import type { Reader } from "./reader.ts";

/** Another repository as the app sees it. */
export type Neighbour =
  | { readonly kind: "near"; readonly repository: RepositoryInfo; readonly reads: GitHubReads }
  /** Not of this installation, or not to be read: one sentence that says why. */
  | { readonly kind: "out-of-reach"; readonly why: string };

/** By `owner/name`. Throws `GitHubError` where nobody can say. */
export type Neighbours = (name: string) => Promise<Neighbour>;

/** `why`: one sentence, why Cairn opens nothing there. */
export type RouteAnswer = { readonly route: Route } | { readonly why: string };

/**
 * Whether the issue may be opened in `name` for `asker`: the app is installed there, and who asks may ask for work there as
 * well, by what GitHub and the authority file of that repository say. Throws `GitHubError`.
 */
export async function readRoute(
  { repository: here, note }: Pick<Reader, "repository" | "note">,
  neighbours: Neighbours,
  { autonomy }: Pick<Config, "autonomy">,
  name: string,
  asker: Act["actor"],
): Promise<RouteAnswer> {
  if (autonomy === "suggest")
    return { why: "Here Cairn does no more than suggest, and opens nothing there." };
  const there = await neighbours(name);
  if (there.kind === "out-of-reach") return there;
  const { repository, reads } = there;
  const full = `${repository.owner}/${repository.name}`;
  if (repository.archived) return { why: `${full} is archived.` };
  // Who may read there is more than who may read here: what is written here is not for them.
  if (here.private && !repository.private) return { why: `${full} is public, and this repository is not.` };
  const authority = await readAuthority(reads, repository.defaultBranch, repository);
  const right = await askRights(reads, note)("ready", asker.login, authority);
  if (right.kind === "refused")
    return { why: `@${asker.login} may not ask for work in ${full}: ${right.what}` };
  return { route: { repository: repository.id, name: full, asker: { id: asker.id, login: asker.login } } };
}

/** The issue that the open edge was to open. */
export async function readRouted(
  { site, state }: Pick<Reader, "site" | "state">,
  neighbours: Neighbours | undefined,
): Promise<RoutedView> {
  const chain = state();
  const effect = chain?.open?.effects.find((one) => one.kind === "issue.create");
  if (!chain || !effect) return { kind: "absent" };
  const there = await neighbours?.(effect.name);
  if (there?.kind !== "near") return { kind: "cannot-tell", why: there?.why ?? "only the app can see it" };
  const { repository, reads } = there;
  if (repository.id !== effect.repository)
    return { kind: "cannot-tell", why: `${effect.name} is another repository by now.` };
  const found = await findIssue(reads, site.app, effect.key, sinceOf(chain));
  return found ? { kind: "found", number: found.number } : { kind: "absent" };
}
