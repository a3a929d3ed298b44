/** The merge gate: a table of conditions on one head, judged as far as it takes to name the nearest that is not met. */
export { mayHaveFailed } from "./checks.ts";
export type { GateFacts } from "./facts.ts";
export type { Row } from "./judge.ts";
export { type Judged, readGate, readTable } from "./read.ts";
export { loginOf } from "./reviews.ts";
