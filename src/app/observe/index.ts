/** Reading an issue part by part, as `decide` asks for it. */
export { createObserver, type Observer, type ObserverInput } from "./observer.ts";
export { hasWorked, issueOfRun, workedIn } from "./runs.ts";
