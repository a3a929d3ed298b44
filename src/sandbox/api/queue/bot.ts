/** Who moves the base and takes entries out: GitHub's own bot, whoever put them in (reported). */
import type { Cause, Services } from "../../services.ts";
import { findApp } from "../../world/find.ts";
import { MERGE_QUEUE_APP_ID } from "../../world/merge-queue.ts";

export function queueCause({ world }: Services): Cause {
  const { id, botId } = findApp(world, MERGE_QUEUE_APP_ID);
  return { actor: { kind: "app", appId: id, userId: botId }, requestId: "" };
}
