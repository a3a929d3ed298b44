/** Why nothing happens now although nothing is wrong: each rest of `decide` that is no hold has one of these. */
import type { Meaning } from "./refusals.ts";

export type WaitCode =
  | "nobody-asked"
  | "issue-to-open"
  | "text-lacks"
  | "blocked"
  | "edit-unseen"
  | "reopening-unseen"
  | "quiet-hours"
  | "slots-full"
  | "comments-short"
  | "not-visible"
  | "run-to-start"
  | "run-to-claim"
  | "run-to-end"
  | "run-works"
  | "quiet-period"
  | "pull-unseen"
  | "pull-not-open"
  | "pull-draft"
  | "pull-moved"
  | "review-again"
  | "review-command"
  | "review-missing"
  | "check-pending"
  | "check-missing"
  | "foreign-commits"
  | "reserved-unapproved"
  | "head-unlisted"
  | "threads-open"
  | "base-moved"
  | "rules-unmet"
  | "issue-held"
  | "in-merge-queue"
  | "queue-left"
  | "merge-under-way"
  | "config-unusable"
  | "mergeable-unknown"
  | "merge-by-people"
  | "merge-shadow"
  | "merged"
  | "tried"
  | "synthetic"
  /** Not of `decide`: said by `cairn explain` alone. */
  | "app-to-act"
  | "cannot-tell";

const BY_ITSELF = "Nothing: the app looks again by itself.";

export const WAITS: Readonly<Record<WaitCode, Meaning>> = {
  "nobody-asked": {
    what: "Nobody has asked for anything yet.",
    next: "Somebody with write access sets `cairn:ready`.",
    scenarios: [23],
  },
  "issue-to-open": {
    what: "The issue is closed, and an act on it waits.",
    next: "Somebody opens the issue again.",
    scenarios: [26],
  },
  "text-lacks": {
    what: "The issue is not taken as it stands, and one comment asks for what is missing.",
    next: "Somebody with write access edits the text or answers, and the app looks again by itself. Or its author edits it: where they have no write access, somebody who has it then reads the text and sets `cairn:ready` again.",
    scenarios: [24],
  },
  blocked: {
    what: "The issue depends on others that are still open.",
    next: "Somebody closes those, or removes the dependency; the app looks again by itself.",
    scenarios: [24],
  },
  "edit-unseen": {
    what: "The issue's text is not the one that is worked on, and what GitHub shows of its edits does not fit to it yet.",
    next: BY_ITSELF,
    scenarios: [24],
  },
  "reopening-unseen": {
    what: "The finished issue is open again, and GitHub does not show yet who opened it.",
    next: BY_ITSELF,
    scenarios: [26],
  },
  "quiet-hours": {
    what: "No agent begins, and Cairn merges nothing, in the hours that the configuration names.",
    next: "Nothing: the app goes on when they end.",
    scenarios: [32],
  },
  "slots-full": {
    what: "As many issues of this repository are being worked on as its configuration allows.",
    next: "Nothing: the oldest that waits is next when one of them is done. Or somebody raises `slots` in `.github/cairn.yml`.",
    scenarios: [32],
  },
  "comments-short": {
    what: "GitHub shows fewer comments than the issue has: its lists lag.",
    next: BY_ITSELF,
    scenarios: [8],
  },
  "not-visible": {
    what: "GitHub has been showing fewer comments than the issue has, for longer than its lists may lag.",
    next: "See GitHub's status page; nothing is lost, and the app looks again by itself.",
    scenarios: [8],
  },
  "run-to-start": {
    what: "The workflow was started, or is about to be, and no run of it can be seen.",
    next: "Nothing: the app starts it again; after three in vain it asks people.",
    scenarios: [2, 19],
  },
  "run-to-claim": {
    what: "A run was started and has not taken the work up.",
    next: "Nothing, unless it waits for a machine: then whoever runs the runners gives it one.",
    scenarios: [19],
  },
  "run-to-end": {
    what: "The intent has expired while a run was looking at it.",
    next: BY_ITSELF,
    scenarios: [10],
  },
  "run-works": {
    what: "A run owns the work, and has not ended; or GitHub does not say whether it has.",
    next: "Nothing; somebody with write access can set `cairn:hold` to stop it.",
    scenarios: [16],
  },
  "quiet-period": {
    what: "The owner's run has ended without a result: what it sent may still land.",
    next: BY_ITSELF,
    scenarios: [7, 17],
  },
  "pull-unseen": { what: "The pull request cannot be read yet.", next: BY_ITSELF, scenarios: [25] },
  "pull-not-open": {
    what: "The pull request was merged or closed while it was looked at.",
    next: BY_ITSELF,
    scenarios: [26],
  },
  "pull-draft": {
    what: "The pull request is a draft.",
    next: "Somebody with write access marks it as ready for review.",
    scenarios: [25],
  },
  "pull-moved": {
    what: "The pull request is not from a branch of this repository into its default branch.",
    next: "Somebody with write access sets its base back to the default branch.",
    scenarios: [25],
  },
  "review-again": {
    what: "Whoever asked for changes has not looked at what was pushed since.",
    next: "They review the pull request as it is now, or somebody dismisses that review.",
    scenarios: [25],
  },
  "review-command": {
    what: "The review command has not looked at this head.",
    next: "Nothing: the app starts it.",
    scenarios: [25],
  },
  "review-missing": {
    what: "Nobody has approved this very head who may: write access, neither its author nor a committer.",
    next: "Somebody with write access reviews the pull request as it is now.",
    scenarios: [25],
  },
  "check-pending": {
    what: "A required check has not reported success or failure on this head.",
    next: "Nothing, or whoever runs the check starts it again: so where it was cancelled, or waits for a person.",
    scenarios: [25],
  },
  "check-missing": {
    what: "The base branch requires no check, and the configuration wants one.",
    next: "An administrator requires a check for the branch, or somebody sets `checks: allow-none` in `.github/cairn.yml`.",
    scenarios: [25],
  },
  "foreign-commits": {
    what: "Somebody else than Cairn has pushed to the branch, and GitHub has not verified who, or nobody else has approved that head.",
    next: "Somebody with write access who has not committed reviews the pull request as it is now, where GitHub has verified each commit; else they merge it.",
    scenarios: [25],
  },
  "reserved-unapproved": {
    what: "The pull request touches files that are reserved for people, and no person has approved this head.",
    next: "Somebody with write access, who is no bot, reviews the pull request as it is now; or two people lift each of the paths: `/cairn override path:PATH`.",
    scenarios: [25],
  },
  "head-unlisted": {
    what: "GitHub does not list the pull request's head among its commits.",
    next: "Nothing: the app looks again by itself. Of pull requests with more than 250 commits GitHub lists no more: somebody merges those.",
    scenarios: [25],
  },
  "threads-open": {
    what: "The base branch wants conversations resolved, and some are not.",
    next: "Whoever takes part in them resolves the conversations on the pull request.",
    scenarios: [25],
  },
  "base-moved": {
    what: "The base branch or the configuration wants heads that are up to date, and the base has moved on since this one.",
    next: "Somebody with write access presses *Update branch* on the pull request, and somebody else reviews the new head.",
    scenarios: [25],
  },
  "rules-unmet": {
    what: "GitHub calls the pull request blocked by a rule of the base branch that Cairn may not read, or the branch is locked.",
    next: "Somebody with write access looks at the merge box of the pull request, which names the rule.",
    scenarios: [25],
  },
  "issue-held": {
    what: "The issue is closed, or `cairn:hold` is set on it or on its pull request.",
    next: "Somebody with write access takes the label off, or opens the issue again.",
    scenarios: [25],
  },
  "in-merge-queue": {
    what: "The pull request is in the merge queue of the base branch.",
    next: "Nothing: the queue merges it, or puts it out; somebody with write access can set `cairn:hold` to have Cairn take out what it put in.",
    scenarios: [25],
  },
  "queue-left": {
    what: "The merge queue of the base branch has put this head out again, and Cairn puts each head in once.",
    next: "Somebody with write access looks at the checks of the queue's trial, and puts the pull request in again or pushes what mends it.",
    scenarios: [25],
  },
  "merge-under-way": {
    what: "All conditions hold, and another merge into the same base is under way.",
    next: "Nothing: the app looks again by itself, with the base as it is then.",
    scenarios: [25],
  },
  "config-unusable": {
    what: "`.github/cairn.yml` cannot be used, so that nobody knows what a merge needs.",
    next: "Somebody with write access corrects the file.",
    scenarios: [31],
  },
  "mergeable-unknown": {
    what: "GitHub has not computed yet whether the pull request can be merged.",
    next: BY_ITSELF,
    scenarios: [25],
  },
  "merge-by-people": {
    what: "All conditions hold, and the configuration leaves the merge to people.",
    next: "Somebody with write access merges, or sets `merge: on-green-with-review` in `.github/cairn.yml`, beside `autonomy: full`, which is the default.",
    scenarios: [25],
  },
  "merge-shadow": {
    what: "All conditions hold, and the configuration has Cairn only say so: it would merge now.",
    next: "Somebody with write access merges, or closes the pull request: `cairn graduation` compares.",
    scenarios: [25],
  },
  tried: {
    what: "The issue is a try of the loop: its pull request was closed where any other is merged.",
    next: "Nothing; for another try somebody with write access sets `cairn:ready` again.",
    scenarios: [27],
  },
  synthetic: {
    what: "All conditions hold, and the issue is a try of the loop: it is closed, and never merged.",
    next: BY_ITSELF,
    scenarios: [27],
  },
  merged: {
    what: "The work is merged.",
    next: "Nothing; for more work somebody with write access sets `cairn:ready` again.",
    scenarios: [26],
  },
  "app-to-act": {
    what: "There is something to do, and the app has not done it yet.",
    next: "Nothing, if the app runs: a sweep comes at least every few minutes. If not, whoever runs it starts it and reads its log.",
    scenarios: [2],
  },
  "cannot-tell": {
    what: "GitHub does not show everything that this depends on to this token.",
    next: "Whoever asks does so again, or with a token that may read issues, contents, pull requests, actions and checks.",
    scenarios: [16],
  },
};
