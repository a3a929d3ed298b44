/**
 * `issue.create`: an issue like this one in the repository that it belongs to. It is found by its key in what the app has
 * written there; that repository is reached by a connection of its own.
 */
import type { EffectHandler, Identity } from "../barrier/index.ts";
import { carries } from "../core/keys.ts";
import type { GitHubReads, GitHubWrites } from "../github/ports.ts";

export interface IssueMaterial {
  readonly title: string;
  readonly body: string;
}

export interface Opened {
  readonly number: number;
}

/** Reads and writes of the repository that the effect names. */
export interface There {
  readonly reads: Pick<GitHubReads, "issueTextsSince">;
  readonly writes: Pick<GitHubWrites, "createIssue">;
}

/**
 * The app's own issue with this key, among those that changed there since (ms): no later than the intent was declared. Not
 * by `creator`: a filter that names apps in another way would show none. Throws `GitHubError`.
 */
export async function findIssue(
  reads: There["reads"],
  { botId }: Pick<Identity, "botId">,
  key: string,
  since: number,
): Promise<Opened | undefined> {
  const found = await reads.issueTextsSince(since);
  const own = found.value.filter(({ author, body }) => author.id === botId && carries(body, key));
  // Of doubles, which there are none, the first.
  const [first] = own.map(({ number }) => number).sort((a, b) => a - b);
  return first === undefined ? undefined : { number: first };
}

/** `since`: as `findIssue`. */
export const issueCreateHandler = (
  { reads, writes }: There,
  since: number,
): EffectHandler<"issue.create", IssueMaterial, Opened> => ({
  kind: "issue.create",
  // GitHub takes a second one.
  repeat: "once",
  async probe({ app }, { key }) {
    const value = await findIssue(reads, app, key, since);
    return value ? { kind: "found", value } : { kind: "absent" };
  },
  send: (_site, _proof, _claim, _effect, { title, body }) => writes.createIssue({ title, body }),
});
