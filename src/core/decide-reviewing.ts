/** A pull request is there: the gate, the merge, and the end. */
import type { ChainState, Step } from "./chain.ts";
import { wordsOfOverrides } from "./commands/double-approval.ts";
import type { Decision } from "./decision.ts";
import { advance, show } from "./moves.ts";
import { declaration, holding, mergeEffects } from "./plan.ts";
import type { PullView, Snapshot } from "./snapshot.ts";

/** `first`: the settlement of what brought the issue here, which rides on the next step. */
export function reviewing(snapshot: Snapshot, chain: ChainState, first: readonly Step[]): Decision {
  const { pulls, issue, gate } = snapshot;
  if (!pulls) return { kind: "look", part: "pulls" };
  const done = pulls.find((pull) => pull.merged);
  if (done) return merged(snapshot, done);
  const pull = pulls.find((candidate) => candidate.state === "open");
  if (!pull) {
    const [closed] = pulls;
    return closed
      ? advance(holding(chain, first, "pull-closed", `#${closed.number}`))
      : unseen(snapshot, chain, first);
  }
  if (!issue.open) return advance(holding(chain, first, "issue-closed", `#${pull.number} is still open`));
  const shown = show(snapshot, "reviewing");
  if (shown) return shown;
  if (!gate) return { kind: "look", part: "gate" };
  switch (gate.kind) {
    case "waits":
      return { kind: "rest", state: "reviewing", code: gate.code, waitsFor: gate.for, again: gate.again };
    case "refused":
      return advance(holding(chain, first, gate.reason, gate.detail));
    case "open":
      return gateAgain(snapshot, chain, first);
  }
}

/** Pull requests are never deleted: a list without the one that was opened is old, unless every list goes on so. */
function unseen(snapshot: Snapshot, chain: ChainState, first: readonly Step[]): Decision {
  const { now, settings, opened, chain: view } = snapshot;
  if (!opened) return { kind: "look", part: "opened" };
  const until = (view.kind === "sound" ? view.at : now) + settings.quietPeriod;
  if (now >= until && !opened.some((one) => one.generation === chain.generation)) {
    return advance(holding(chain, first, "pull-closed", "no list shows it any more"));
  }
  const again = Math.max(until, now + settings.startPatience);
  return {
    kind: "rest",
    state: "reviewing",
    code: "pull-unseen",
    waitsFor: "GitHub to show the pull request",
    again,
  };
}

/** Declares the merge of the head that the gate let through; asks the gate where it has not spoken. */
export function gateAgain(snapshot: Snapshot, chain: ChainState, first: readonly Step[]): Decision {
  const { gate, config } = snapshot;
  if (!snapshot.pulls) return { kind: "look", part: "pulls" };
  if (!gate) return { kind: "look", part: "gate" };
  // Withdrawn without a successor: the issue is in review again, and the next look says why.
  if (gate.kind !== "open") return { kind: "advance", steps: first, markers: [] };
  if (!config) return { kind: "look", part: "config" };
  if (config.kind === "invalid") return advance(holding(chain, first, "config-invalid", config.why));
  const turn = { generation: chain.generation, attempt: chain.attempts.merge.last + 1 };
  return advance(
    declaration({
      issue: snapshot.issue,
      chain,
      edge: "merge",
      ...turn,
      effects: mergeEffects(gate.pull, gate.head, turn, config),
      config,
      why: gate.despite
        ? `${wordsOfOverrides(gate.despite)} on ${gate.head.slice(0, 12)}; all else that a merge needs is there`
        : `all required checks are green on ${gate.head.slice(0, 12)} and it is approved`,
      despite: gate.despite,
      now: snapshot.now,
      settings: snapshot.settings,
      first,
    }),
  );
}

/** The end: the label, the issue closed, and nothing more to do. Its settlement rides on a later generation. */
export function merged(snapshot: Snapshot, pull: PullView): Decision {
  const shown = show(snapshot, "done");
  if (shown) return shown;
  const { open, reopened } = snapshot.issue;
  if (open && !reopened) return { kind: "close-issue" };
  const commit = pull.mergeSha?.slice(0, 12) ?? "unknown";
  const more = reopened ? "; it was opened again: set cairn:ready to begin anew" : "";
  const waitsFor = `nothing: #${pull.number} is merged as ${commit}${more}`;
  return { kind: "rest", state: "done", code: "merged", waitsFor, again: null };
}
