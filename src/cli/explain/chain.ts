/** An issue's chain, step by step, as far back as it goes. */
import { type Site, walkBack } from "../../barrier/index.ts";
import type { DeclaredMarker } from "../../core/commit-message.ts";
import { titleOf } from "../../core/commit-message.ts";

export interface ChainLink {
  readonly commit: string;
  /** ISO 8601, on GitHub's clock. */
  readonly at: string;
  /** Login of the bot, or the address of whoever else made it. */
  readonly by: string;
  /** What the commit says; of one that is not the app's, why it is none. */
  readonly says: string;
  readonly sound: boolean;
  /** How many steps were made with it. */
  readonly seq: number | null;
}

export interface ChainWalk {
  /** Oldest first. */
  readonly links: readonly ChainLink[];
  /** Markers that the commits declare. */
  readonly declared: readonly DeclaredMarker[];
  /** There is more than was read. */
  readonly cut: boolean;
}

/** More steps than an issue comes to in ten generations. */
const MOST = 200;
/** Behind so many commits in a row that are not the app's there is another history. */
const MOST_FOREIGN = 3;

/** Follows the first parents from the head. Throws `GitHubError`. */
export async function walkChain(site: Site, head: string | undefined): Promise<ChainWalk> {
  const links: ChainLink[] = [];
  const declared: DeclaredMarker[] = [];
  let next = head;
  let foreign = 0;
  for await (const { commit, view } of walkBack(site, head)) {
    const sound = view.kind === "sound";
    foreign = sound ? 0 : foreign + 1;
    if (sound) declared.unshift(...view.record.markers);
    links.unshift({
      commit: commit.sha,
      at: new Date(commit.authorDate).toISOString(),
      by: commit.authorEmail.replace(/^\d+\+(.+\[bot\])@users\.noreply\.github\.com$/, "$1"),
      says: sound ? titleOf(view.record.steps) || "no step" : `not the app's: ${view.why}`,
      sound,
      seq: sound ? view.state.seq : null,
    });
    next = commit.parents[0];
    if (links.length >= MOST || foreign >= MOST_FOREIGN) break;
  }
  return { links, declared, cut: next !== undefined };
}
