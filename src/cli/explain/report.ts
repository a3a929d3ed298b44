/** What `cairn explain` tells: the same for people and for machines. */

import type { HoldReason } from "../../core/holds.ts";
import type { InertReason } from "../../core/refusals.ts";
import type { IssueState } from "../../core/states.ts";
import type { WaitCode } from "../../core/waits.ts";
import type { Edge } from "../../core/words.ts";
import type { ChainLink } from "./chain.ts";

export interface Report {
  readonly issue: {
    readonly repository: string;
    readonly repositoryId: number;
    readonly number: number;
    readonly title: string;
    readonly state: "open" | "closed";
    readonly labels: readonly string[];
  };
  readonly app: {
    readonly login: string | null;
    /** `null`: nothing shows it. */
    readonly id: number | null;
    readonly how: "named" | "seen" | "unknown";
    readonly others: readonly string[];
  };
  readonly now: Now;
  readonly chain: {
    readonly ref: string;
    readonly kind: "absent" | "sound" | "foreign";
    readonly head: string | null;
    readonly generation: number;
    readonly links: readonly ChainLink[];
    readonly cut: boolean;
  };
  readonly ledger: {
    readonly comments: { readonly found: number; readonly expected: number };
    readonly markers: readonly {
      readonly comment: number;
      readonly type: string;
      readonly says: string;
      readonly digest: string;
    }[];
    readonly inert: readonly {
      readonly comment: number;
      readonly author: string;
      readonly code: InertReason;
      readonly what: string;
    }[];
  };
  /** The edge that is under way. */
  readonly open: {
    readonly edge: Edge;
    readonly attempt: number;
    readonly generation: number;
    readonly owner: { readonly run: number; readonly attempt: number; readonly status: string } | null;
    readonly starts: readonly { readonly run: number; readonly status: string; readonly url: string }[];
    readonly cancelled: string | null;
  } | null;
  /** What of the work GitHub shows. */
  readonly visible: readonly string[];
  /** What is declared and cannot be seen. */
  readonly missing: readonly string[];
  /** What this token could not read, with GitHub's words. */
  readonly unread: readonly string[];
}

/** Why nothing happens now, and who can change that. */
export interface Now {
  readonly code: WaitCode | HoldReason;
  readonly state: IssueState | null;
  readonly what: string;
  /** The case at hand: a name, a number, a run. */
  readonly detail: string;
  readonly next: string;
  /** Its place among those that wait for their turn; `null`: it does not wait for it. */
  readonly position: number | null;
  /** When the app looks again, ISO 8601; `null`: when something happens. */
  readonly again: string | null;
}
