/** Human acts, found in the issue's events: which are pending, in the order in which they happened (I10). */
import type { Act } from "./words.ts";

/** Labels by which people ask. A map: any word can be a label, `constructor` too. */
export const ASKING: ReadonlyMap<string, Act["kind"]> = new Map([
  ["cairn:ready", "ready"],
  ["cairn:hold", "hold"],
]);

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

/**
 * Acts that nobody has consumed. A person who removes the label again before it was consumed has withdrawn it;
 * the app's own removal withdraws nothing, as it may come late and hit a label that was set anew.
 */
export function pendingActs(
  events: readonly IssueEvent[],
  consumed: readonly number[],
  app: AppIdentity,
): readonly Act[] {
  const pending = new Map<number, Act>();
  for (const event of [...events].sort((a, b) => a.id - b.id)) {
    const kind = event.label === null ? undefined : ASKING.get(event.label);
    if (!kind || !event.actor || event.appId === app.appId || event.actor.id === app.botId) continue;
    if (event.event === "labeled" && !consumed.includes(event.id)) {
      pending.set(event.id, { id: event.id, kind, actor: event.actor, at: event.createdAt });
    }
    if (event.event === "unlabeled") {
      for (const [id, act] of pending) if (act.kind === kind) pending.delete(id);
    }
  }
  return [...pending.values()];
}
