/**
 * An issue that belongs to another repository, which the app reaches too: it is opened there once, for whoever asked for
 * the work here and may ask for it there. No agent works on it, and it takes no slot.
 */
import { quietWords } from "./admission.ts";
import type { ChainState, Owned, Routed, Step } from "./chain.ts";
import type { Decision } from "./decision.ts";
import { heldForEdit, withEdit } from "./edits.ts";
import { issueCreate } from "./keys.ts";
import { declaration, holding, type Plan, unseenBy } from "./plan.ts";
import { raising } from "./raise.ts";
import type { ConfigView, JudgedAct, Snapshot } from "./snapshot.ts";
import { deedOf, weigh } from "./weigh.ts";
import type { Act, Answer, Route } from "./words.ts";
import { isEdited } from "./work-text.ts";

type ValidConfig = Extract<ConfigView, { kind: "valid" }>;

const asDecision = ({ steps, markers }: Plan): Decision => ({ kind: "advance", steps, markers });

/** `acme/billing#5` */
const nameOf = ({ name, number }: Omit<Routed, "repository">): string => `${name}#${number}`;

/** The act is obeyed by opening the issue where it belongs. `undefined`: it belongs here, or people have to move it. */
export function routed(
  snapshot: Snapshot,
  chain: ChainState,
  first: readonly Step[],
  act: JudgedAct,
  acts: readonly JudgedAct[],
): Decision | undefined {
  const { triage, config } = snapshot;
  if (!triage) return { kind: "look", part: "triage" };
  const { route, changedBy } = triage;
  // The right there is the asker's own: what was asked about somebody else tells nothing.
  if (!route || config?.kind !== "valid" || route.asker.id !== act.actor.id) return undefined;
  const before = chain.routed?.find(({ repository }) => repository === route.repository);
  if (before) return asDecision(holding(chain, first, "routed", nameOf(before), { acts }));
  if (changedBy !== null) return asDecision(unseenBy(chain, first, changedBy, acts));
  const { quietUntil } = config;
  if (quietUntil !== null) {
    if (first.length > 0) return { kind: "advance", steps: first, markers: [] };
    const waitsFor = quietWords(quietUntil);
    return { kind: "rest", state: "ready", code: "quiet-hours", waitsFor, again: quietUntil };
  }
  const turn = { generation: chain.generation + 1, attempt: 1 };
  const why = `${deedOf(act)}, and a label says that this belongs to ${route.name}`;
  const raise = raising(snapshot, chain, act, acts, config);
  const { answers } = triage;
  return declaring(snapshot, chain, [...first, raise], { route, turn, why, config, answers });
}

/** The next attempt of the same generation, where everything is still as it was when somebody asked. */
export function routeAgain(snapshot: Snapshot, chain: ChainState, first: readonly Step[]): Decision {
  const { config, triage, ledger, issue } = snapshot;
  if (!config) return { kind: "look", part: "config" };
  if (config.kind === "invalid") return asDecision(holding(chain, first, "config-invalid", config.why));
  // Comments that cite steps which the chain lacks tell that it was moved back (I2).
  if (!ledger) return { kind: "look", part: "ledger" };
  if (isEdited(issue, chain))
    return heldForEdit(snapshot, chain, { first, when: "before another attempt", state: "routing" });
  if (!triage) return { kind: "look", part: "triage" };
  const { route, findings } = triage;
  if (!route || route.repository !== chain.route?.repository || route.asker.id !== chain.route.asker.id) {
    const other = "it is not as it was when somebody asked: a label, or the right there";
    const detail = findings.find(({ why }) => why !== undefined)?.why ?? other;
    return asDecision(holding(chain, first, "route-refused", detail));
  }
  const turn = { generation: chain.generation, attempt: chain.attempts.route.last + 1 };
  return declaring(snapshot, chain, first, {
    route,
    turn,
    why: "the attempt before it came to nothing",
    config,
  });
}

/** The issue was found there: the edge is settled, and people follow it there. */
export function arrived(
  { routed: found }: Snapshot,
  chain: ChainState,
  { edge, attempt, effects }: Owned,
): Decision {
  const there = effects.find((effect) => effect.kind === "issue.create");
  if (found?.kind !== "found" || !there) return { kind: "look", part: "routed" };
  const { number } = found;
  const settle: Step = { step: "settle", edge, attempt, as: "applied", opened: number };
  return asDecision(holding(chain, [settle], "routed", nameOf({ name: there.name, number })));
}

/** Whoever asks for work now; where nobody does, whoever asked for what is to be opened elsewhere. */
export function askerOf(snapshot: Snapshot, chain: ChainState): Act["actor"] | undefined {
  const asked = withEdit(snapshot, chain);
  const act = weigh("kind" in asked ? snapshot : asked, chain).counting.at(-1);
  return act?.actor ?? chain.route?.asker;
}

/** No intent of the generation is older than its act. Milliseconds. */
export const sinceOf = ({ raised }: Pick<ChainState, "raised">): number => raised?.at ?? 0;

interface Turn {
  readonly route: Route;
  readonly turn: { readonly generation: number; readonly attempt: number };
  readonly why: string;
  readonly config: ValidConfig;
  /** Where this very declaration takes them up. */
  readonly answers?: readonly Answer[];
}

function declaring(
  { issue, now, settings }: Snapshot,
  chain: ChainState,
  first: readonly Step[],
  { route, turn, ...more }: Turn,
): Decision {
  return asDecision(
    declaration({
      issue,
      chain,
      edge: "route",
      ...turn,
      effects: [issueCreate(issue.id, route, turn)],
      ...more,
      now,
      settings,
      first,
    }),
  );
}
