/**
 * What `decide` may know: an issue as it was read from GitHub, part by part. A part that was not read is absent,
 * and `decide` asks for it; nothing in here is a memory of what somebody did.
 */
import type { Digest } from "./canonical.ts";
import type { ChainState } from "./chain.ts";
import type { OverrideAct } from "./commands/double-approval.ts";
import type { ChainRecord } from "./commit-message.ts";
import type { Ledger } from "./ledger.ts";
import type { ActRefusal } from "./refusals.ts";
import type { Finding } from "./triage.ts";
import type { WaitCode } from "./waits.ts";
import type { Act, Answer, Autonomy, IssueId, MergeMethod, Route, RunId, Sha } from "./words.ts";

export interface IssueView {
  readonly id: IssueId;
  readonly title: string;
  readonly open: boolean;
  /** Open again after it was closed: by a person, as Cairn opens none. */
  readonly reopened: boolean;
  readonly locked: boolean;
  readonly labels: readonly string[];
  readonly text: Digest;
}

export type ChainView =
  | { readonly kind: "absent" }
  | {
      readonly kind: "sound";
      readonly head: Sha;
      readonly record: ChainRecord;
      readonly state: ChainState;
      /**
       * Milliseconds since the epoch. As it is read: when GitHub made the head commit, which may be long before its ref
       * was moved there. As `decide` gets it: when the ref surely had been.
       */
      readonly at: number;
    }
  /** The ref points at something that Cairn did not make, or that breaks the rules. */
  | { readonly kind: "foreign"; readonly head: Sha; readonly why: string };

/** An act, and whether its actor may do it. */
export type JudgedAct = Act &
  (
    | { readonly permitted: true }
    | {
        readonly permitted: false;
        /** Why not, and who may: one or two sentences. */
        readonly refusal: { readonly reason: ActRefusal; readonly words: string };
      }
  );

export type RefusedAct = Extract<JudgedAct, { permitted: false }>;

/** What `.github/cairn.yml` means for the next intent, and where it was read. */
export type ConfigView =
  | {
      readonly kind: "valid";
      readonly digest: Digest;
      readonly commit: Sha;
      readonly base: string;
      readonly reviewers: readonly string[];
      readonly merge: "never" | "shadow" | "on-green-with-review";
      readonly mergeMethod: MergeMethod;
      /** Issues whose title begins so are closed, and never merged. */
      readonly syntheticPrefix: string;
      /** Issues with one of these labels are merged, and never closed. */
      readonly neverCloseLabels: readonly string[];
      /** Lost attempts of one edge after which people are asked. */
      readonly attempts: number;
      /** Milliseconds that the agents of one generation may work, all attempts together. */
      readonly budget: number;
      /** Milliseconds that the review command may work on one generation, all its looks together. */
      readonly reviewBudget: number;
      readonly autonomy: Autonomy;
      /** Rounds of fixing that a generation may have. */
      readonly fixRounds: number;
      /** A command reviews what is published. */
      readonly commandReview: boolean;
      /** A command is asked about an issue's text before an agent begins. */
      readonly commandTriage: boolean;
      /** When the quiet hours end that it is in, milliseconds since the epoch; `null`: it is in none. */
      readonly quietUntil: number | null;
    }
  | { readonly kind: "invalid"; readonly why: string };

/** What the rules of triage say of the issue as it stands. */
export interface TriageView {
  /** What is missing; none: it may be taken. */
  readonly findings: readonly Finding[];
  /** Open issues that it depends on: `#12`, `owner/repo#3`. */
  readonly blockers: readonly string[];
  /** Comments that were taken for a part of the text. */
  readonly answers: readonly Answer[];
  /** Login of somebody without the right who changed title or text after the last act; `null`: nobody did. */
  readonly changedBy: string | null;
  /**
   * Where it belongs, if that is all that keeps it from being taken, and it may be opened there for whoever asked last.
   */
  readonly route?: Route;
}

/** The issue that the open edge was to open in another repository. */
export type RoutedView =
  | { readonly kind: "found"; readonly number: number }
  | { readonly kind: "absent" }
  /** That repository cannot be read: one sentence that says why. */
  | { readonly kind: "cannot-tell"; readonly why: string };

/** Who made the issue's text what it is, where that is not what its agents work on. */
export type EditView =
  | {
      readonly kind: "by";
      /** `null`: the account is gone. */
      readonly actor: { readonly id: number; readonly login: string } | null;
      readonly at: number;
      /** Whether they may set `cairn:ready`. */
      readonly permitted: boolean;
    }
  /** What was read does not fit together: some of it is old. */
  | { readonly kind: "unclear" };

/** Who opened the issue again last, by its events. */
export type ReopeningView =
  | {
      readonly kind: "by";
      /** Of the event. */
      readonly id: number;
      /** `null`: the account is gone. */
      readonly actor: { readonly id: number; readonly login: string } | null;
      readonly at: number;
      /** Whether they may set `cairn:ready`. */
      readonly permitted: boolean;
    }
  /** Its events do not show it, or not yet. */
  | { readonly kind: "unclear" };

/** Who works in the repository, and who waits to: the rule of `admission.ts` needs no more. */
export interface SlotsView {
  /** How many issues may have an agent's edge open. */
  readonly limit: number;
  /** Other issues that have one, by number. */
  readonly holders: readonly number[];
  /** Issues that wait for a slot and come first, by number. */
  readonly ahead: readonly number[];
}

/** The status of the owner's run, in the owner's attempt (I9). */
export type RunView =
  | {
      readonly kind: "alive";
      readonly status: string;
      /** When this attempt of the run began to wait for its first machine. */
      readonly since: number;
    }
  | {
      readonly kind: "over";
      readonly conclusion: string;
      readonly at: number;
      readonly url: string;
      /** When this attempt of it began to wait for its first machine. */
      readonly since?: number;
    }
  /** GitHub knows no such run, by two independent reads: somebody deleted it, which GitHub allows of ended runs alone. */
  | { readonly kind: "gone" }
  /** The engine does not answer, or not clearly. Not dead. */
  | { readonly kind: "cannot-tell"; readonly why: string };

/** A run that was started for the open intent. */
export interface StartView {
  readonly run: RunId;
  /** `completed`: it is over. */
  readonly status: string;
  readonly conclusion: string | null;
  readonly at: number;
  readonly url: string;
  /** Its agent has begun: only an owner's does. */
  readonly worked: boolean;
}

export type StartsView =
  | { readonly kind: "known"; readonly starts: readonly StartView[] }
  /** Nothing can be started: one sentence that says why. */
  | { readonly kind: "no-workflow"; readonly why: string };

export type BranchView =
  | { readonly kind: "absent" }
  /** Its commit carries the effect's key and GitHub's signature for the app. */
  | { readonly kind: "own"; readonly sha: Sha }
  | { readonly kind: "foreign"; readonly sha: Sha };

/** A pull request of the generation's branch. */
export interface PullView {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly mergeSha: Sha | null;
  /** When it was merged or closed, ms; none while it is open. */
  readonly closedAt?: number;
  readonly head: Sha;
  /** Logins that were asked for a review, or have given one. */
  readonly asked: readonly string[];
  /** Keys of what the open edge was to post there, and has. */
  readonly posted?: readonly string[];
}

/** What was merged, beside what was to be. */
export type ReadBackView =
  | { readonly kind: "sound" }
  /** Reads are behind the merge. */
  | { readonly kind: "unseen" }
  /** `what`: words for what is not as it must be. */
  | { readonly kind: "mismatch"; readonly what: string };

/** A pull request and the merge queue of its base, which holds one head of it or none. */
export type QueueView =
  /** `position`: 1 is next. */
  | { readonly kind: "in"; readonly position: number }
  /** `entered`: the owner of the open edge has put it in. `why`: GitHub's word for how it left last; `null`: it never was in it. */
  | { readonly kind: "out"; readonly entered: boolean; readonly why: string | null };

/** What a head can be refused for: whoever made it has to look, or people. */
export type RefusedBy = "check-failed" | "changes-requested" | "conflict" | "review-unusable";

/** What the merge gate says of one head, from one snapshot of its facts. */
export type GateView =
  | {
      readonly kind: "open";
      readonly head: Sha;
      readonly pull: number;
      /** The base takes merges through its merge queue alone. */
      readonly queue?: true;
      /** Overrides without which it would not be, in pairs. */
      readonly despite?: readonly OverrideAct[];
    }
  /** All conditions hold, and the work is a try: it is closed instead of merged. */
  | {
      readonly kind: "synthetic";
      readonly head: Sha;
      readonly pull: number;
      readonly despite?: readonly OverrideAct[];
    }
  /**
   * All that a merge needs holds at this head, but that it contains the newest commit of its base, and the configuration has Cairn
   * bring it up to date. `askedBy`: logins of the people who have approved it.
   */
  | {
      readonly kind: "update";
      readonly head: Sha;
      readonly pull: number;
      readonly askedBy: readonly string[];
    }
  /** Nobody has said no, and the review command has not looked at this head. */
  | { readonly kind: "review"; readonly head: Sha; readonly pull: number }
  /** Not yet, and nobody has to do anything but what is named. */
  | {
      readonly kind: "waits";
      readonly head: Sha;
      readonly code: WaitCode;
      readonly for: string;
      readonly again: number | null;
    }
  /** Somebody said no. */
  | {
      readonly kind: "refused";
      readonly head: Sha;
      readonly reason: RefusedBy;
      readonly detail: string;
      /** Logins of the people who ask for changes, of this head or an older one. */
      readonly askedBy?: readonly string[];
    };

/** What is to be seen of the gate's verdict: compared with what it should say, and never believed. */
export interface VerdictView {
  /** Of the check run. */
  readonly id: number;
  readonly says: string;
}

export interface Settings {
  /** Milliseconds in which a request that was sent may still land (DESIGN: the one assumption about time). */
  readonly quietPeriod: number;
  /** Milliseconds in which an intent may be claimed. */
  readonly intentLifetime: number;
  /** Milliseconds after which a start that no run shows is repeated. */
  readonly startPatience: number;
  /** Runs that end without a claim before people are asked. */
  readonly starts: number;
}

export interface Snapshot {
  /** GitHub's clock, milliseconds since the epoch. */
  readonly now: number;
  readonly settings: Settings;
  readonly issue: IssueView;
  readonly chain: ChainView;
  /**
   * The label by which people ask for work, as it was last read: what to call it, and which label shows that it waits. What
   * `acts` holds was found by the configuration as it is.
   */
  readonly entryLabel: string;
  /** Oldest first. Where commands are among them, the ledger was read. */
  readonly acts?: readonly JudgedAct[];
  /** The entry label was set last by Cairn itself, to show what nobody asks for any more, or the issue came from another repository with its labels; of the events that `acts` were found in. */
  readonly readyByApp?: boolean;
  /** Comments whose commands this process has reacted to; `undefined`: nobody reacts. It only spares repetitions. */
  readonly reacted?: ReadonlySet<number>;
  readonly ledger?: LedgerView;
  readonly config?: ConfigView;
  readonly triage?: TriageView;
  /** Of an issue whose text is not the one that is worked on. */
  readonly edit?: EditView;
  /** Of a finished issue that is open again. */
  readonly reopening?: ReopeningView;
  /** Comments that belong to the text that is worked on and are not as they were, as far as they were read. */
  readonly alteredAnswers?: readonly number[];
  readonly slots?: SlotsView;
  readonly run?: RunView;
  /** Milliseconds that the agent of the owner's run was at work, by the engine's own times of its job (I9). */
  readonly worked?: number;
  readonly starts?: StartsView;
  readonly branch?: BranchView;
  readonly pulls?: readonly PullView[];
  /** Of a merge whose owner ended without a word of it. */
  readonly readBack?: ReadBackView;
  readonly queue?: QueueView;
  readonly gate?: GateView;
  /** Cairn's own check run on the head that the gate speaks of; `null`: there is none. */
  readonly verdict?: VerdictView | null;
  /** Whether the configuration said `merge: shadow` when it was last read. It only marks what is shown. */
  readonly trial?: boolean;
  /** Open pull requests of all generations' branches. */
  readonly opened?: readonly { readonly generation: number; readonly pull: number }[];
  readonly routed?: RoutedView;
  /** When the reads behind branch, pulls and routed began, on GitHub's clock (I4, I6). */
  readonly probedSince?: number;
  /** When this process last sent a start for this intent, if it did: it only delays a repetition. */
  readonly startedAt?: number;
}

/** `short`: the list was shorter than GitHub's own count; absence proves nothing then (I6). */
export type LedgerView =
  | { readonly kind: "complete"; readonly ledger: Ledger }
  | { readonly kind: "short"; readonly ledger: Ledger; readonly expected: number; readonly found: number };

/** Parts that `decide` may ask for. */
export type Part =
  | "acts"
  | "ledger"
  | "config"
  | "triage"
  | "edit"
  | "reopening"
  | "slots"
  | "run"
  | "worked"
  | "starts"
  | "branch"
  | "pulls"
  | "readBack"
  | "queue"
  | "gate"
  | "opened"
  | "routed";
