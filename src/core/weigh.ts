/**
 * Which of the pending acts count, as the chain stands, and what is to be said to the others. Acts are taken in the
 * order in which they happened, each as the ones before it leave things: a `resume` behind a `hold` lifts that hold.
 */
import type { ChainState } from "./chain.ts";
import type { Reply } from "./commands/replies.ts";
import type { Reaction } from "./decision.ts";
import type { JudgedAct, RefusedAct, Snapshot } from "./snapshot.ts";
import type { Act } from "./words.ts";

export interface Weighed {
  /** Those that change something, oldest first: the last is obeyed, and those before it are consumed with it. */
  readonly counting: readonly JudgedAct[];
  /** Those that change nothing, oldest first. `says`: what there is to say; `null`: what was asked. */
  readonly idle: readonly { readonly act: JudgedAct; readonly says: Reply | null }[];
  /** Those that set something aside for a merge, oldest first. */
  readonly overrides: readonly JudgedAct[];
  /** Those of people who may not. */
  readonly refused: readonly RefusedAct[];
}

/** What obeying an act comes to; `undefined`: an answer. */
export function wantOf({ kind }: Pick<Act, "kind">): "ready" | "hold" | "cancel" | undefined {
  switch (kind) {
    case "ready":
    case "resume":
    case "retry":
    case "edit":
    case "approve":
    case "answer":
    case "reopen":
      return "ready";
    case "hold":
    case "reject":
      return "hold";
    case "cancel":
      return "cancel";
    case "override":
    case "asks":
    case "unreadable":
      return undefined;
  }
}

/** How an issue stands while its acts are gone through. */
type Standing =
  /** Nobody wants anything, or not any more. */
  | "idle"
  /** Somebody asked for work that has not landed, as far as the chain knows. */
  | "live"
  | "held"
  /** By a person. */
  | "stopped";

function standingOf(chain: ChainState): Standing {
  switch (chain.hold?.reason) {
    case undefined:
      return chain.generation > 0 && !chain.applied.includes("merge") ? "live" : "idle";
    case "cancelled":
      return "idle";
    case "asked":
      return "stopped";
    default:
      return "held";
  }
}

/** Whether people were asked what the triage command asks: then an answer, or another text, is what is waited for. */
export const isQuestioned = ({ hold }: Pick<ChainState, "hold">): boolean => hold?.reason === "triage-asks";

export function weigh({ issue, acts = [], ledger }: Snapshot, chain: ChainState): Weighed {
  const counting: JudgedAct[] = [];
  const idle: { readonly act: JudgedAct; readonly says: Reply | null }[] = [];
  const overrides: JudgedAct[] = [];
  const refused: RefusedAct[] = [];
  let standing = standingOf(chain);
  for (const act of acts) {
    if (ledger?.ledger.noted.has(act.id)) continue;
    if (!act.permitted) {
      refused.push(act);
      continue;
    }
    if (act.kind === "override") {
      overrides.push(act);
      continue;
    }
    if (act.kind === "edit" || act.kind === "answer") {
      // It asks for no work: it changes what the work is that somebody asked for.
      const isAnswer = standing === "held" && isQuestioned(chain) && issue.open;
      if (isAnswer || (act.kind === "edit" && standing === "live")) {
        counting.push(act);
        standing = "live";
      }
      continue;
    }
    // Only where the work is done is it an act at all.
    const says = act.kind === "reopen" ? undefined : saysTo(act, act.kind, standing, chain);
    if (says !== undefined) {
      idle.push({ act, says });
      continue;
    }
    counting.push(act);
    standing = STANDS_THEN[wantOf(act) ?? "ready"];
  }
  return { counting, idle, overrides, refused };
}

const STANDS_THEN = { ready: "live", hold: "stopped", cancel: "idle" } as const;

/** What is said to an act that changes nothing as things stand; `undefined`: it counts. */
function saysTo(
  act: JudgedAct,
  kind: Exclude<Act["kind"], "override" | "edit" | "answer" | "reopen">,
  standing: Standing,
  chain: ChainState,
): Reply | null | undefined {
  const wrote = act.command?.wrote ?? deedOf(act);
  const nothing = (why: string): Reply => ({ about: "nothing", wrote, why });
  switch (kind) {
    case "ready":
    case "hold":
      return undefined;
    case "resume":
      if (standing === "held" || standing === "stopped") return undefined;
      return nothing("nothing is held here. `/cairn ready` or `/cairn retry` begins a generation.");
    case "retry":
      // What a person stopped is for that word alone which says so.
      if (standing === "stopped") return nothing("somebody asked for a hold: `/cairn resume` lifts it.");
      return standing === "idle" && chain.generation === 0
        ? nothing("nothing was tried yet. `/cairn ready` begins.")
        : undefined;
    case "cancel":
      return standing === "idle" ? nothing("nobody has asked for work that could be stopped.") : undefined;
    case "reject":
      return standing === "live" && (chain.open !== null || chain.applied.includes("implement"))
        ? undefined
        : nothing("nothing waits for a yes or a no.");
    case "approve":
      return standing === "held" && chain.hold?.reason === "only-suggests"
        ? undefined
        : nothing("Cairn has asked for no approval here. Pull requests are approved by a review on GitHub.");
    case "asks":
      return null;
    case "unreadable":
      return { about: "problems", problems: act.command?.problems ?? [] };
  }
}

/** What shows whoever wrote a command that it was seen, and what it comes to. */
export function reactionTo(act: JudgedAct, { counting, overrides }: Weighed): Reaction {
  if (!act.permitted) return "-1";
  if (act.kind === "unreadable") return "confused";
  return counting.includes(act) || overrides.includes(act) ? "+1" : "eyes";
}

/** For people: who did what. */
export function deedOf({ actor, kind, command, label }: Act): string {
  if (command) return `@${actor.login} wrote ${command.wrote}`;
  if (kind === "edit") return `@${actor.login} edited the text`;
  if (kind === "answer") return `@${actor.login} answered`;
  if (kind === "reopen") return `@${actor.login} opened it again`;
  return `@${actor.login} ${kind === "cancel" ? "removed" : "set"} ${label}`;
}
