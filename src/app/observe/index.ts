/** Reading an issue part by part, as `decide` asks for it. */
export { isTrial, readEntryLabel } from "./config.ts";
export { createObserver, type Observer, type ObserverInput } from "./observer.ts";
export type { Neighbour, Neighbours } from "./route.ts";
export { hasWorked, issueOfRun, workedIn } from "./runs.ts";
