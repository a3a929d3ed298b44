/** Lines of an issue's history. */
import { type Actor, actingAppId, actingUserId } from "./actor.ts";
import { nextId } from "./ids.ts";
import type { Issue, IssueEvent, World } from "./state.ts";

type Details = Partial<Omit<IssueEvent, "id" | "issueId" | "event" | "actorId" | "viaAppId" | "createdAt">>;

/** Adds an event to an issue's history (`labeled`, `closed`, `review_requested`, …) and returns it. Sends no webhook. */
export function addIssueEvent(
  world: World,
  at: number,
  actor: Actor,
  issue: Issue,
  event: string,
  details: Details = {},
): IssueEvent {
  const entry: IssueEvent = {
    id: nextId(world, "event"),
    issueId: issue.id,
    event,
    actorId: actingUserId(actor),
    viaAppId: actingAppId(actor),
    createdAt: at,
    commitId: null,
    ...details,
  };
  world.issueEvents.set(entry.id, entry);
  return entry;
}
