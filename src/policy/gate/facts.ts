/**
 * What the merge gate knows of one pull request. A part that was not read is absent, and the condition that needs it
 * asks for it: what a merge costs to judge is what it takes to find the nearest condition that is not met.
 */
import type { AppIdentity } from "../../core/acts.ts";
import type { RefusedBy } from "../../core/snapshot.ts";
import type { WaitCode } from "../../core/waits.ts";
import type {
  BranchRules,
  CheckInfo,
  Permission,
  PullCommitInfo,
  PullInfo,
  QueuePlace,
  ReviewInfo,
  Sha,
} from "../../github/ports.ts";
import { type Config, DEFAULTS } from "../config/index.ts";

/** The issue behind the pull request, as it was read last of all. */
export interface IssueFacts {
  readonly open: boolean;
  readonly title: string;
  readonly labels: readonly string[];
  /** Open issues that it depends on: `#12`, `owner/repo#3`. */
  readonly blockers: readonly string[];
  /** Labels of the pull request, read behind it by whoever is about to merge. */
  readonly pullLabels?: readonly string[];
}

export interface GateParts {
  readonly reviews?: readonly ReviewInfo[];
  /** Of the head. */
  readonly checks?: readonly CheckInfo[];
  /** Of the branch that the pull request goes into. */
  readonly rules?: BranchRules;
  readonly commits?: readonly PullCommitInfo[];
  readonly config?: Config | { readonly invalid: string };
  /** Of each account that has reviewed, by login. */
  readonly permissions?: ReadonlyMap<string, Permission>;
  readonly files?: { readonly files: number; readonly paths: readonly string[] };
  /** Whether the head contains the newest commit of the base. */
  readonly onTip?: boolean;
  /** Conversations that are not resolved. */
  readonly threads?: number;
  readonly issue?: IssueFacts;
  /** Where it stands in the merge queue of its base. */
  readonly place?: QueuePlace;
  /** Issues whose merge into the same base may still land, ascending. */
  readonly underWay?: readonly number[];
}

export type GatePart = keyof GateParts;

export interface GateFacts extends GateParts {
  readonly pull: PullInfo;
  /** Branch that the work goes into. */
  readonly base: string;
  /** Numeric id of the repository. */
  readonly repository: number;
  readonly app: AppIdentity;
  /** An intent of this issue was declared for a title that marks a try. */
  readonly synthetic: boolean;
  /** A command reviews the generation's work. `looked`: the head that it was last asked about. */
  readonly commandReview: { readonly looked: Sha | null } | null;
  /** The head that Cairn has put into a merge queue last. */
  readonly queued: Sha | null;
  /** How often heads of this generation were brought up to date with their base; 0 if left out. */
  readonly updated?: number;
  /** GitHub's clock, ms. */
  readonly now: number;
  /** Codes of conditions that two people have set aside for this head. */
  readonly aside?: ReadonlySet<string>;
  /** Reserved paths that two people have lifted for this head; a slash at the end means the folder. */
  readonly lifted?: readonly string[];
}

/** Of waits a wait's code, of what somebody said no to a hold's. */
export type GateCode = WaitCode | RefusedBy;

export type Judgement =
  | { readonly kind: "holds"; readonly found: string }
  /** `wanted`: what is waited for, to follow "waits for". `again`: GitHub's clock (ms) when a look is worth it. */
  | {
      readonly kind: "unmet" | "unknown";
      readonly found: string;
      readonly wanted: string;
      readonly again: number | null;
      /** What it is, where that is not what the condition's code says. */
      readonly code?: GateCode;
      /** Logins of the people who ask for changes. */
      readonly askedBy?: readonly string[];
    }
  | { readonly kind: "look"; readonly part: GatePart };

/** One condition of a merge; `code` is what is said where it does not hold. */
export interface Condition {
  readonly code: GateCode;
  /** What it asks for, for people. */
  readonly title: string;
  judge(facts: GateFacts): Judgement;
}

export const holds = (found: string): Judgement => ({ kind: "holds", found });
export const unmet = (found: string, wanted: string, again: number | null = null): Judgement => ({
  kind: "unmet",
  found,
  wanted,
  again,
});
export const unknown = (found: string, wanted: string, again: number | null = null): Judgement => ({
  kind: "unknown",
  found,
  wanted,
  again,
});
export const look = (part: GatePart): Judgement => ({ kind: "look", part });

/** What a configuration that cannot be used means until somebody repairs it: the defaults, which allow least. */
export const usable = (config: Config | { readonly invalid: string }): Config =>
  "invalid" in config ? DEFAULTS : config;

/** Milliseconds after which GitHub is asked again for what it is still computing. */
export const SOON = 1_500;

export const short = (sha: string): string => sha.slice(0, 12);
