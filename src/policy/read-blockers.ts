/** Which open issues an issue depends on: GitHub's own dependencies, and those that its text names. */
import type { Site } from "../barrier/index.ts";
import type { IssueInfo } from "../github/ports.ts";
import { blockersNamed } from "./blockers.ts";

/** `#12`, `owner/repo#3`. `here`: the issue's own repository, `owner/name`. Throws `GitHubError`. */
export async function openBlockers(
  { reads }: Pick<Site, "reads">,
  issue: IssueInfo,
  text: string,
  here: string,
): Promise<readonly string[]> {
  const named = new Set<string>();
  // GitHub's own count spares the list where there is nothing on it.
  const listed = issue.blockedBy === 0 ? [] : (await reads.blockers(issue.number)).value;
  for (const one of listed) {
    const isHere = one.repository.toLowerCase() === here.toLowerCase();
    if (one.open) named.add(isHere ? `#${one.number}` : `${one.repository}#${one.number}`);
  }
  for (const one of blockersNamed(text, here)) {
    if (one.repository !== undefined) {
      // Another repository is none of this installation's: people say when it is done.
      named.add(`${one.repository}#${one.number}`);
      continue;
    }
    if (one.number === issue.number) continue;
    const found = await reads.issue(one.number);
    if (!found || found.value.state === "open") named.add(`#${one.number}`);
  }
  return [...named];
}
