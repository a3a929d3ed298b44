/** Human acts by label, found in the issue's events: which are pending, in the order in which they happened (I10). */
import type { ChainState } from "./chain.ts";
import { STATES } from "./states.ts";
import type { Act } from "./words.ts";

/** Labels by which people ask. A map: any word can be a label, `constructor` too. */
export const ASKING: ReadonlyMap<string, "ready" | "hold"> = new Map([
  ["cairn:ready", "ready"],
  ["cairn:hold", "hold"],
]);

/** Labels whose removal by a person gives up work that has not landed: the one that asked for it, and those that show it. */
const GIVES_UP: ReadonlySet<string | undefined> = new Set(
  (["ready", "implementing", "reviewing"] as const).map((state) => STATES[state].label),
);

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
export type Taken = Pick<ChainState, "acts"> &
  Partial<Pick<ChainState, "raised" | "open" | "applied" | "hold">>;

/**
 * Acts that nobody has consumed. A person who removes the label again before it was consumed has withdrawn it, and after
 * that has given up what it began; the app's own removal does neither, as it may come late and hit a label that was set anew.
 */
export function pendingActs(events: readonly IssueEvent[], chain: Taken, app: AppIdentity): readonly Act[] {
  const pending = new Map<number, Act>();
  for (const event of [...events].sort((a, b) => a.id - b.id)) {
    const { id, actor, label, createdAt: at } = event;
    if (!actor || event.appId === app.appId || actor.id === app.botId || chain.acts.includes(id)) continue;
    const kind = label === null ? undefined : ASKING.get(label);
    if (kind && event.event === "labeled") pending.set(id, { id, kind, actor, at });
    if (event.event !== "unlabeled" || label === null) continue;
    const asked = [...pending.values()].filter((act) => act.kind === kind);
    for (const act of asked) pending.delete(act.id);
    if (asked.length === 0 && GIVES_UP.has(label) && isLive(chain) && isSince(event, chain)) {
      pending.set(id, { id, kind: "cancel", actor, at, label });
    }
  }
  return [...pending.values()];
}

/**
 * Whether the app itself set the label last by which people ask: a label that shows a state may come behind a
 * person who has just taken it away.
 */
export function isReadyByApp(events: readonly IssueEvent[], app: AppIdentity): boolean {
  const ofReady = events.filter(
    ({ event, label }) => label === STATES.ready.label && (event === "labeled" || event === "unlabeled"),
  );
  const last = ofReady.sort((a, b) => a.id - b.id).at(-1);
  return last?.event === "labeled" && (last.appId === app.appId || last.actor?.id === app.botId);
}

/** Whether somebody's work is under way that has not landed, as far as the chain knows. */
const isLive = ({ open, applied = [], hold }: Taken): boolean =>
  !hold && (Boolean(open) || applied.includes("implement")) && !applied.includes("merge");

/** Ids of events tell which came first; a command has none, and times are whole seconds. */
const isSince = ({ id, createdAt }: IssueEvent, { raised }: Taken): boolean =>
  raised !== undefined && (raised.act > 0 ? id > raised.act : createdAt > raised.at);
