/** The primitive: the only way to an effect, shared by the app and the Action. */
export { behind, checkFresh } from "./behind.ts";
export { judge, readChain } from "./chain-read.ts";
export { type ClaimEnd, checkClaim, claimIntent, claimOf, refreshed, stillOwner } from "./claim.ts";
export { type CommitCache, createCommitCache } from "./commit-cache.ts";
export { REFUSALS, Refusal, type RefusalCode } from "./errors.ts";
export { type EffectHandler, fateOf, type Performed, type Probe, performOrRecover } from "./perform.ts";
export type { Behind, Claim, Proof } from "./proof.ts";
export { checkPins, type PinnedText, proveIntent, waitUntilIntentVisible } from "./prove.ts";
export { type ResultInput, writeResult } from "./result.ts";
export { emailOf, HEAD_FRESHNESS, type Identity, refOf, type Site } from "./site.ts";
export { makeSteps, type StepEnd } from "./step.ts";
export { type WalkedCommit, walkBack } from "./walk.ts";
