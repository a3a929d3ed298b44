/** Human acts by label, found in the issue's events: which are pending, in the order in which they happened (I10). */
import type { ChainState } from "./chain.ts";
import { sameLabel } from "./entry-label.ts";
import { SHOWN_LABELS, STATES } from "./states.ts";
import type { Act } from "./words.ts";

/** What setting a label asks for; `undefined`: nothing, it is an ordinary one. */
export function askedBy(label: string, entryLabel: string): "ready" | "hold" | undefined {
  if (sameLabel(label, entryLabel)) return "ready";
  return label === STATES.hold.label ? "hold" : undefined;
}

/** Whether its removal by a person gives up work that has not landed: the label that asked for it, and those that show it. */
const givesUp = (label: string, entryLabel: string): boolean =>
  sameLabel(label, entryLabel) || label === STATES.implementing.label || label === STATES.reviewing.label;

/** Labels whose meaning no configuration changes. */
const FIXED: ReadonlySet<string> = new Set(SHOWN_LABELS.filter((label) => label !== STATES.ready.label));

export interface IssueEvent {
  readonly id: number;
  readonly event: string;
  readonly actor: { readonly id: number; readonly login: string } | null;
  readonly appId: number | null;
  readonly label: string | null;
  readonly createdAt: number;
}

/** Who the app is on GitHub: what it did itself is no act of a person. */
export interface AppIdentity {
  readonly appId: number;
  /** Account id of its bot. */
  readonly botId: number;
}

/** What the chain knows of acts; a part of its state. */
export type Taken = Pick<ChainState, "acts"> & Partial<Pick<ChainState, "raised" | "applied" | "hold">>;

/**
 * The event by which the issue came here from another repository; `undefined`: it was opened here. What was asked for before
 * was asked for there: history, comments and labels go with an issue, its chain does not.
 */
export const arrivalOf = (events: readonly IssueEvent[]): IssueEvent | undefined =>
  [...events].sort((a, b) => a.id - b.id).findLast(({ event }) => event === "transferred");

/**
 * Acts that nobody has consumed. A person who removes the label again before it was consumed has withdrawn it, and after
 * that has given up what it began; the app's own removal does neither, as it may come late and hit a label that was set anew.
 * `entryLabel`: as the configuration has it now, whatever it was called when an event happened.
 */
export function pendingActs(
  events: readonly IssueEvent[],
  chain: Taken,
  app: AppIdentity,
  entryLabel: string,
): readonly Act[] {
  const pending = new Map<number, Act>();
  const arrival = arrivalOf(events)?.id ?? 0;
  for (const event of [...events].sort((a, b) => a.id - b.id)) {
    const { id, actor, label, createdAt: at } = event;
    if (id < arrival || !isUntaken(event, chain, app) || actor === null || label === null) continue;
    const kind = askedBy(label, entryLabel);
    if (event.event === "labeled" && kind && !(kind === "ready" && isBehind(event, chain)))
      pending.set(id, { id, kind, actor, at, label });
    if (event.event !== "unlabeled") continue;
    const asked = [...pending.values()].filter((act) => act.kind === kind);
    for (const act of asked) pending.delete(act.id);
    if (asked.length === 0 && givesUp(label, entryLabel) && isLive(chain) && isSince(event, chain)) {
      pending.set(id, { id, kind: "cancel", actor, at, label });
    }
  }
  return [...pending.values()];
}

/** Whether what these events ask for depends on how the entry label is called. */
export const needEntryLabel = (events: readonly IssueEvent[], chain: Taken, app: AppIdentity): boolean =>
  events.some(
    (event) =>
      (event.event === "labeled" || event.event === "unlabeled") &&
      event.label !== null &&
      !FIXED.has(event.label) &&
      isUntaken(event, chain, app) &&
      !isBehind(event, chain),
  );

/** Whether a person did it, and nothing on the chain has come of it. */
const isUntaken = ({ id, actor, appId }: IssueEvent, chain: Taken, app: AppIdentity): boolean =>
  actor !== null && appId !== app.appId && actor.id !== app.botId && !chain.acts.includes(id);

/**
 * Whether the app itself set the label last by which people ask: a label that shows a state may come behind a
 * person who has just taken it away.
 */
export function isReadyByApp(events: readonly IssueEvent[], app: AppIdentity, entryLabel: string): boolean {
  const ofReady = events.filter(
    ({ event, label }) =>
      label !== null && sameLabel(label, entryLabel) && (event === "labeled" || event === "unlabeled"),
  );
  const last = ofReady.sort((a, b) => a.id - b.id).at(-1);
  return last?.event === "labeled" && (last.appId === app.appId || last.actor?.id === app.botId);
}

/** Whether work that somebody asked for has not landed, as far as the chain knows: also while it waits between two attempts. */
const isLive = ({ applied = [], hold }: Taken): boolean => !hold && !applied.includes("merge");

/** Ids of events tell which came first; a command has none, and times are whole seconds. */
const isSince = ({ id, createdAt }: IssueEvent, { raised }: Taken): boolean =>
  raised !== undefined && (raised.act > 0 ? id > raised.act : createdAt > raised.at);

/**
 * Whether work was asked for anew since. A label that was set before that, and was an ordinary one then, is not taken for
 * an act when the configuration calls it the entry label: work that is under way, or done, would begin once more.
 */
const isBehind = ({ id, createdAt }: IssueEvent, { raised }: Taken): boolean =>
  raised !== undefined && (raised.act > 0 ? id < raised.act : createdAt < raised.at);
