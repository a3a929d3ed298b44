/** How a job of the workflow ends that cannot go on. */
import type { HoldReason } from "../src/core/holds.ts";

/** A refused or impossible end, said in one line. `reason` is what a hold would say. */
export class JobFailure extends Error {
  override readonly name = "JobFailure";
  readonly reason: HoldReason;

  constructor(reason: HoldReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** An input or a variable that is missing or cannot be used. */
export class InputError extends Error {
  override readonly name = "InputError";
}
