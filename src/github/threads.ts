/** Conversations on a pull request: REST shows their comments, and not whether they are resolved. */

import type { Address } from "./address.ts";
import type { Client } from "./client.ts";
import { GitHubError } from "./errors.ts";
import type { Read } from "./ports.ts";
import { Shape } from "./shape.ts";

const THREADS = `query openThreads($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) { nodes { isResolved } pageInfo { hasNextPage endCursor } }
    }
  }
}`;

/** More pages than anybody reads through: a list without end is no list. */
const MOST_PAGES = 20;

/** How many are not resolved, outdated ones among them, as GitHub counts. `undefined`: no such pull request. */
export async function openThreads(
  client: Client,
  address: Address,
  number: number,
): Promise<Read<number> | undefined> {
  let value = 0;
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.query(THREADS, { ...address, number, after });
    const data = new Shape("graphql", answer.data).object("data");
    const threads = data.objectOr("repository")?.objectOr("pullRequest")?.object("reviewThreads");
    if (!threads) return undefined;
    value += threads.objects("nodes").filter((one) => !one.truth("isResolved")).length;
    const next = threads.object("pageInfo");
    if (!next.truth("hasNextPage")) return { value, readAt: answer.readAt, serverTime: answer.serverTime };
    after = next.text("endCursor");
  }
  throw new GitHubError("malformed", "POST /graphql", "a list of conversations without end");
}
