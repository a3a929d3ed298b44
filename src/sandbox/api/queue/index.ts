/** Merge queues: what they look at, and when. */
import type { Services } from "../../services.ts";
import { pokeQueues } from "./advance.ts";

export { dequeue, enqueue } from "./enqueue.ts";

export function installMergeQueue(services: Services): void {
  services.hooks.refMoved.push((move) => pokeQueues(services, move.repositoryId));
  services.hooks.pullChanged.push((issue) => pokeQueues(services, issue.repositoryId));
  services.hooks.gate.push((repositoryId) => pokeQueues(services, repositoryId));
}
