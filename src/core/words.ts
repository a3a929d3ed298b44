/** The words of Cairn: who and what every other file speaks of. Only shapes, no behaviour. */
import type { Digest } from "./canonical.ts";
import type { CommandProblem } from "./commands/parse.ts";
import type { Verb } from "./commands/table.ts";

export type Sha = string;

/** An issue for ever: names of owners and repositories change, these two numbers do not. */
export interface IssueId {
  /** Numeric id of the repository. */
  readonly repository: number;
  readonly number: number;
}

/**
 * One step of the work. `fix`: a round in which the agent mends what it has published. `review`: the repository's review
 * command looks at it. `route`: it is opened in the repository that it belongs to.
 */
export type Edge = "implement" | "fix" | "review" | "merge" | "route";

/** A workflow run in one of its attempts: the attempt is part of its name, a re-run is somebody else. */
export interface RunId {
  readonly id: number;
  readonly attempt: number;
}

/** An external change that must not happen twice, with what it takes to do it and to find it again. */
export type Effect =
  | { readonly kind: "agent.run"; readonly key: string }
  | { readonly kind: "branch.create"; readonly key: string; readonly branch: string }
  /** One commit more on the branch of an open pull request, on exactly this head. */
  | {
      readonly kind: "branch.push";
      readonly key: string;
      readonly branch: string;
      readonly pull: number;
      readonly head: Sha;
      /** Commit of the base that conflicts with the head: what is pushed is a merge of the two, and this its second parent. */
      readonly merges?: Sha;
    }
  | { readonly kind: "branch.update"; readonly key: string; readonly pull: number; readonly head: Sha }
  | {
      readonly kind: "pull.create";
      readonly key: string;
      readonly branch: string;
      readonly base: string;
      /** People say when it is ready for review. */
      readonly draft?: true;
      /** Its merge is not to close the issue. */
      readonly keepsIssue?: true;
    }
  | { readonly kind: "pull.close"; readonly key: string; readonly pull: number }
  | {
      readonly kind: "review.request";
      readonly key: string;
      readonly branch: string;
      readonly reviewers: readonly string[];
      /** The last head that they have seen: whoever asked for changes is asked to look at what comes after it. */
      readonly after?: Sha;
    }
  /** What the review command says of this very head, as a comment that is bound to it. */
  | { readonly kind: "review.post"; readonly key: string; readonly pull: number; readonly head: Sha }
  | {
      readonly kind: "merge";
      readonly key: string;
      readonly pull: number;
      readonly head: Sha;
      readonly method: MergeMethod;
    }
  /** Into the merge queue of the base, which merges by its own method, or puts it out again. */
  | { readonly kind: "merge.enqueue"; readonly key: string; readonly pull: number; readonly head: Sha }
  /** An issue like this one in another repository of the same owner. */
  | ({ readonly kind: "issue.create"; readonly key: string } & Route);

/** Where an issue belongs, and for whom it is opened there. */
export interface Route {
  /** Numeric id of that repository. */
  readonly repository: number;
  /** `owner/name` that it had when this was declared. */
  readonly name: string;
  /** Who asked for the work here, and may ask for it there. */
  readonly asker: { readonly id: number; readonly login: string };
}

export type EffectKind = Effect["kind"];
export type EffectOf<K extends EffectKind> = Extract<Effect, { kind: K }>;
export type MergeMethod = "merge" | "squash" | "rebase";

/** What one effect came to, as the run that owned it says. */
export type Fate =
  /** GitHub answered that it is done, or it was found done. */
  | "applied"
  /** Surely not done: it was never sent, or GitHub refused it. */
  | "not-sent"
  /** Sent, and nobody knows. */
  | "unknown";

/** What is known of an attempt whose run is over and left something undone, so that it is charged: the evidence that a hold shows. */
export interface LostAttempt {
  readonly attempt: number;
  readonly run: RunId;
  /** Page of the run. */
  readonly url: string;
  /** How the engine says that the run ended: `failure`, `cancelled`, … */
  readonly conclusion: string;
  /** Milliseconds that its agent was at work; waiting for a machine or for a limit's end is not charged (I9). */
  readonly worked: number;
  /** It was not lost: its work was verified, and the repository's check said no. */
  readonly red?: RedCheck;
  /** It was not lost: a merge that ended with nothing merged, in its owner's words, on one line. */
  readonly said?: string;
}

/** Merges that ended with nothing merged, all at one head, oldest first. */
export interface Unmerged {
  readonly head: Sha;
  readonly ended: readonly LostAttempt[];
}

/** A check that said no. */
export interface RedCheck {
  /** Git tree of the verified patch, as the owner's result names it. */
  readonly tree: Sha;
  /** What it said, in one line. */
  readonly said: string;
}

/** The earlier attempt that another one mends: nothing of it was published, as the repository's check said no. */
export interface Mends {
  readonly attempt: number;
  readonly run: RunId;
  /** What the check said, in one line: data that others wrote. */
  readonly said: string;
}

/** What a command comes to. `asks`: for an answer and nothing else. `unreadable`: nobody can say for what. */
export type CommandKind = Exclude<Verb, "status" | "help"> | "asks" | "unreadable";

/** A human act, found in the issue's events, in its comments, or in its text. */
export interface Act {
  /** By `act-ids.ts`: of an event, a comment or an edit. */
  readonly id: number;
  /** `edit`: of the issue's text. `answer`: to the triage command's question. `reopen`: of a finished issue. */
  readonly kind: CommandKind | "edit" | "answer" | "reopen";
  readonly actor: { readonly id: number; readonly login: string };
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The label that was set or, to give work up, removed; none of a command. */
  readonly label?: string;
  /** What was written, where it was; none of a label. */
  readonly command?: CommandWords;
}

/** What a comment's commands come to: of several, the last that does something. */
export interface CommandWords {
  /** The comment's id. */
  readonly comment: number;
  /** As people write it: `/cairn hold`. */
  readonly wrote: string;
  /** REASON of a `hold` or `reject`, else empty. */
  readonly reason: string;
  /** `nameOfOverride` of each `override`. */
  readonly overrides: readonly string[];
  /** What is asked, where nothing else is. */
  readonly questions: readonly ("status" | "help")[];
  readonly problems: readonly CommandProblem[];
}

/** A comment by somebody who may ask for work, written after a question about the text: it is part of the text. */
export interface Answer {
  readonly comment: number;
  readonly digest: Digest;
}

/** How far Cairn goes by itself: says what it would do; a draft; a pull request for review; the merge. */
export type Autonomy = "suggest" | "propose" | "bounded" | "full";

/** Why a round of fixing begins: what is wrong with the head that its push names. */
export interface Fixes {
  readonly reason: "check-failed" | "changes-requested" | "conflict";
  /** What was found, in one line. */
  readonly found: string;
  /** How many rounds there may be. */
  readonly rounds: number;
}

/** Names the issue's text that agents work on, and its title alone: only events tell who changed that. */
export interface WorkText {
  readonly text: Digest;
  readonly title: Digest;
}

/** What an intent pins, so that whoever performs it works on what was decided. */
export interface Pins {
  /** Digest of the issue's text when the intent was declared. */
  readonly text: Digest;
  /** Answers that belong to it; none where nothing was asked. */
  readonly answers?: readonly Answer[];
  /** Digest of the configuration, and the commit of the default branch that it was read from. */
  readonly config: Digest;
  readonly commit: Sha;
  readonly base: string;
}
