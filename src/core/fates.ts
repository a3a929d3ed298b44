/** Which effects of an edge can be seen on GitHub: the probe's reading, apart from the reads themselves. */
import type { OpenEdge } from "./chain.ts";
import type { BranchView, PullView, QueueView, RoutedView } from "./snapshot.ts";
import type { Effect } from "./words.ts";

export interface World {
  readonly branch: BranchView;
  readonly pulls: readonly PullView[];
  /** Open pull requests of older generations. */
  readonly superseded: readonly number[];
  /** Of an edge that enters a merge queue. */
  readonly queue?: QueueView | undefined;
  /** Of an edge that opens an issue elsewhere. */
  readonly routed?: RoutedView;
}

/** Whether GitHub shows that this effect has landed. */
export function isFound(effect: Effect, world: World): boolean {
  const pull = world.pulls[0];
  switch (effect.kind) {
    case "agent.run":
      // The agent leaves nothing on GitHub but what is published from its patch.
      return world.branch.kind === "own" || pull !== undefined;
    case "branch.create":
      // A branch may be deleted once its pull request is merged or closed.
      return world.branch.kind === "own" || pull !== undefined;
    case "branch.push":
    case "branch.update":
      // Another head is this request's work, or keeps GitHub from taking it: under this key nothing is left to do.
      return pull !== undefined && pull.head !== effect.head;
    case "pull.create":
      return pull !== undefined;
    case "pull.close":
      return (
        !world.superseded.includes(effect.pull) &&
        !world.pulls.some(({ number, state }) => number === effect.pull && state === "open")
      );
    case "review.request":
      // Of what a round asks for again nothing more comes than the owner sent: people see anyway who is waited for.
      if (effect.after !== undefined) return pull !== undefined && pull.head !== effect.after;
      return pull !== undefined && effect.reviewers.every((login) => has(pull.asked, login));
    case "review.post":
      return world.pulls.some(({ posted }) => posted?.includes(effect.key));
    case "merge.enqueue":
      // What has left it again was in it.
      return world.queue?.kind === "in" || world.queue?.entered === true;
    case "merge":
      return world.pulls.some((candidate) => candidate.number === effect.pull && candidate.merged);
    case "issue.create":
      return world.routed?.kind === "found";
  }
}

/** Effects of the edge that cannot be seen. */
export function missing({ effects }: OpenEdge, world: World): readonly Effect[] {
  const trace = effects.find(({ kind }) => kind === "branch.push" || kind === "review.post");
  // Of an agent that works on what is published nothing is left but what it adds: that there is a branch tells nothing.
  const shownBy = (effect: Effect): Effect => (effect.kind === "agent.run" && trace ? trace : effect);
  return effects.filter((effect) => !isFound(shownBy(effect), world));
}

/** Logins are compared without case, as GitHub does. */
export const has = (logins: readonly string[], login: string): boolean =>
  logins.some((one) => one.toLowerCase() === login.toLowerCase());
