/** Which open issues an issue depends on: GitHub's own dependencies, and those that its text names. */
import type { Site } from "../barrier/index.ts";
import type { IssueInfo } from "../github/ports.ts";
import { blockersNamed } from "./blockers.ts";

/** Issues of this repository that are read for one text: each costs a request. */
const MOST = 20;

/**
 * `#12`, `owner/repo#3`, each with what keeps it from being closed where that can be seen: that there is no such issue,
 * that it waits for this one in turn. `texts`: the issue's, and each answer that belongs to it; `here`: the issue's own
 * repository, `owner/name`. Throws `GitHubError`.
 */
export async function openBlockers(
  { reads }: Pick<Site, "reads">,
  issue: IssueInfo,
  texts: readonly string[],
  here: string,
): Promise<readonly string[]> {
  const found = new Map<string, string>();
  /** Open ones of this repository; `undefined`: not read yet. */
  const open = new Map<number, IssueInfo | undefined>();
  for (const one of await listed({ reads }, issue, here)) {
    if (one.here) open.set(one.number, undefined);
    found.set(one.name, one.name);
  }
  const named = texts.flatMap((text) => blockersNamed(text, here));
  const elsewhere = named.filter((one) => one.repository !== undefined);
  // Another repository is none of this installation's: people say when it is done.
  for (const one of elsewhere)
    found.set(`${one.repository}#${one.number}`, `${one.repository}#${one.number}`);
  const numbers = [...new Set(named.filter((one) => one.repository === undefined).map((one) => one.number))];
  const own = numbers.filter((number) => number !== issue.number);
  for (const number of own.slice(0, MOST)) {
    const read = await reads.issue(number);
    if (read?.value.state === "closed") continue;
    const name = `#${number}`;
    found.set(name, read ? name : `${name} (there is no such issue: correct the line that names it)`);
    if (read) open.set(number, read.value);
  }
  for (const [number, path] of await circles({ reads }, issue, open, here)) {
    found.set(`#${number}`, `#${number} (which waits for this issue in a circle: ${path.join(", ")})`);
  }
  const more = own.length - MOST;
  if (more > 0)
    found.set("more", `${more} more (the text names ${own.length}, and ${MOST} are looked at: name fewer)`);
  return [...found.values()];
}

/** What is open on GitHub's own list. */
async function listed({ reads }: Pick<Site, "reads">, issue: IssueInfo, here: string) {
  // GitHub's own count spares the list where there is nothing on it.
  const all = issue.blockedBy === 0 ? [] : (await reads.blockers(issue.number)).value;
  return all
    .filter((one) => one.open)
    .map(({ repository, number }) => {
      const isHere = repository.toLowerCase() === here.toLowerCase();
      return { here: isHere, number, name: isHere ? `#${number}` : `${repository}#${number}` };
    });
}

/**
 * Of the blockers those that depend on the issue in turn, with the way there. Follows texts and lists, and reads no more
 * than `MOST` issues beside those that were read: a circle farther off is not told.
 */
async function circles(
  { reads }: Pick<Site, "reads">,
  issue: IssueInfo,
  open: ReadonlyMap<number, IssueInfo | undefined>,
  here: string,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const known = new Map<number, IssueInfo | undefined>(open);
  const nexts = new Map<number, readonly number[]>();
  let left = MOST;

  async function nextsOf(number: number): Promise<readonly number[]> {
    const before = nexts.get(number);
    if (before) return before;
    let info = known.get(number);
    if (!info && left > 0) {
      left -= 1;
      info = (await reads.issue(number))?.value;
    }
    const all = info?.state === "open" ? await dependenciesOf(info) : [];
    nexts.set(number, all);
    return all;
  }

  async function dependenciesOf(info: IssueInfo): Promise<readonly number[]> {
    const own = blockersNamed(info.body, here).filter((one) => one.repository === undefined);
    const onList = (await listed({ reads }, info, here)).filter((one) => one.here);
    return [...own, ...onList].map((one) => one.number);
  }

  const ways = new Map<number, readonly string[]>();
  for (const first of open.keys()) {
    const from = new Map<number, number | undefined>([[first, undefined]]);
    // What is added while it is gone through comes up later: the shortest way is found first.
    for (const number of from.keys()) {
      const all = await nextsOf(number);
      if (all.includes(issue.number)) {
        const way = [issue.number];
        for (let at: number | undefined = number; at !== undefined; at = from.get(at)) way.unshift(at);
        ways.set(
          first,
          [issue.number, ...way].map((one) => `#${one}`),
        );
        break;
      }
      for (const one of all) if (!from.has(one)) from.set(one, number);
    }
  }
  return ways;
}
