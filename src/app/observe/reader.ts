/** What the readers of single parts share: where they read, and the clock that their answers carry. */
import type { Site } from "../../barrier/index.ts";
import type { ChainState } from "../../core/chain.ts";
import type { Read, RepositoryInfo } from "../../github/ports.ts";

export interface Reader {
  readonly site: Site;
  readonly repository: RepositoryInfo;
  /** File name of the caller workflow. */
  readonly workflowFile: string;
  /** Takes an answer's value, and the time that it carries. */
  note<T>(read: Read<T>): T;
  /** GitHub's clock by the answers so far, ms. */
  now(): number;
  /** The chain's folded state; `undefined` where there is none that can be trusted. */
  state(): ChainState | undefined;
  /** When GitHub made the commit that is the chain's head, ms; `undefined` where there is none that can be trusted. */
  headMadeAt(): number | undefined;
}

/** The generation that is under way, or the last one; 1 before the first. */
export const generationOf = (state: ChainState | undefined): number =>
  state?.open?.generation ?? state?.generation ?? 1;
