/**
 * What the codes of refusals mean to people. Each list is closed, and stands where its codes are given out: here
 * those of acts, of markers that count for nothing, and of the token exchange; holds in `holds.ts`, waits in
 * `waits.ts`, the barrier's in `barrier/errors.ts`. `docs/refusals.md` is made from all of them.
 */

/** What a code says. */
export interface Meaning {
  /** One sentence: what was found, and where. */
  readonly what: string;
  /** One sentence: what to do, and who can. */
  readonly next: string;
  /** Numbers of the scenarios in `docs/scenarios.md` in which it comes up. */
  readonly scenarios: readonly number[];
}

/** Acts of people that were seen and do not count. */
export type ActRefusal =
  | "no-right"
  | "not-named"
  | "team-unread"
  | "no-access"
  | "not-by-file"
  | "file-unusable";

const NAMED = "Somebody whom `.github/cairn-authority.yml` names for it does it, or that file is changed.";

export const ACT_REFUSALS: Readonly<Record<ActRefusal, Meaning>> = {
  "no-right": {
    what: "Somebody asked Cairn for something, by a label or a command, and does not have the permission that it needs.",
    next: "Somebody with that permission, mostly write access, does the same.",
    scenarios: [24, 29],
  },
  "not-named": {
    what: "Somebody gave a command that `.github/cairn-authority.yml` leaves to others.",
    next: NAMED,
    scenarios: [29],
  },
  "team-unread": {
    what: "Somebody gave a command that `.github/cairn-authority.yml` leaves to a team, and GitHub does not show the app who is in it: nobody knows whether they may.",
    next: "An owner of the organization grants the app `members: read`, or somebody corrects the team's name in the file; then the same is done again.",
    scenarios: [29],
  },
  "no-access": {
    what: "Somebody gave a command whom `.github/cairn-authority.yml` names, without triage permission on this repository.",
    next: "An administrator gives them access; a name alone gives nothing.",
    scenarios: [29],
  },
  "not-by-file": {
    what: "Somebody gave a command that lets something be merged, and has only a name in `.github/cairn-authority.yml` for it.",
    next: "Somebody with the permission that the command needs does the same.",
    scenarios: [29, 30],
  },
  "file-unusable": {
    what: "`.github/cairn-authority.yml` cannot be used, so nobody knows who may start or allow something.",
    next: "Somebody with write access corrects the file, and the command is given again.",
    scenarios: [29],
  },
};

/** Why a comment that looks like a marker counts for nothing (I7). */
export type InertReason =
  /** A marker in a comment that the app did not write. */
  | "not-ours"
  | "malformed"
  /** It names another issue: a copy. */
  | "other-issue"
  /** The chain does not declare this digest: edited, or forged with the app's hand. */
  | "undeclared";

export const INERT: Readonly<Record<InertReason, Meaning>> = {
  "not-ours": {
    what: "The comment was not written by the app.",
    next: "Nothing: it is a quotation or a forgery, and changes nothing.",
    scenarios: [11],
  },
  malformed: {
    what: "The marker in the app's comment cannot be read, or is not the last thing in it.",
    next: "Whoever edited the comment takes the edit back; Cairn itself edits none.",
    scenarios: [10, 11],
  },
  "other-issue": {
    what: "The marker names another issue or repository: it was copied from there.",
    next: "Nothing: it counts only where it was made.",
    scenarios: [10, 11],
  },
  undeclared: {
    what: "The issue's chain does not declare this marker's digest: the comment was edited.",
    next: "Whoever edited the comment takes the edit back.",
    scenarios: [10, 11],
  },
};

/** Why a workflow run gets no token. */
export type ExchangeCode =
  | "bad-request"
  | "bad-token"
  | "not-installed"
  | "wrong-repository"
  | "wrong-event"
  | "wrong-branch"
  | "wrong-workflow"
  | "wrong-actor"
  | "run-unseen"
  | "run-unconfirmed"
  | "chain-unsound"
  | "nothing-open"
  | "not-owner"
  | "cancelled"
  /** A limit has not ended, or has no room for this job now. */
  | "limited"
  /** The app itself could not find out, or does not answer. */
  | "unavailable";

const NO_WORK =
  "Nothing: no work waits for this run. Write `/cairn ready` on an issue, and the app starts one.";

export const EXCHANGE_REFUSALS: Readonly<Record<ExchangeCode, Meaning>> = {
  "bad-request": {
    what: "The request for a token is not of the documented form.",
    next: "Whoever runs app and workflow brings both to the same version.",
    scenarios: [20],
  },
  "bad-token": {
    what: "The run's id token is missing, not GitHub's, or over.",
    next: "Check that the calling workflow grants `id-token: write`, and the app's `CAIRN_AUDIENCE` and `CAIRN_OIDC_ISSUER`.",
    scenarios: [20],
  },
  "not-installed": {
    what: "The app is not installed on the run's repository.",
    next: "An owner of the repository installs the app on it.",
    scenarios: [20],
  },
  "wrong-repository": {
    what: "The name in the id token belongs to another repository by now.",
    next: "Nothing: the app finds the repository under its new name and starts a run there.",
    scenarios: [20],
  },
  "wrong-event": { what: "The run was not started by a dispatch.", next: NO_WORK, scenarios: [20] },
  "wrong-branch": { what: "The run is not on the default branch.", next: NO_WORK, scenarios: [20] },
  "wrong-workflow": {
    what: "The run is of another workflow than the one that the app starts, or calls one that it does not trust.",
    next: "Correct `uses:` in the calling workflow; or whoever runs the app sets `CAIRN_WORKFLOW` or `CAIRN_TRUSTED_WORKFLOWS`.",
    scenarios: [20],
  },
  "wrong-actor": { what: "Somebody else than the app started the run.", next: NO_WORK, scenarios: [20] },
  "run-unseen": {
    what: "GitHub does not show this run yet.",
    next: "Nothing: the job asks again.",
    scenarios: [20],
  },
  "run-unconfirmed": {
    what: "What GitHub shows of this run is not what its id token says, or the run is over.",
    next: "Nothing: the app starts another run if there is work.",
    scenarios: [20],
  },
  "chain-unsound": {
    what: "The issue's chain was moved by somebody else than Cairn.",
    next: "Somebody with write access moves the ref back to the last commit that Cairn made.",
    scenarios: [15],
  },
  "nothing-open": {
    what: "The issue's chain has no open intent.",
    next: NO_WORK,
    scenarios: [20],
  },
  "not-owner": {
    what: "Another run owns the open intent, or this run in another attempt.",
    next: "Nothing: that run does the work.",
    scenarios: [4, 20],
  },
  cancelled: {
    what: "The chain says that this run is to stop.",
    next: "Nothing: the app settles what there is and goes on.",
    scenarios: [12, 13],
  },
  limited: {
    what: "A limit of GitHub's has not ended, or has no room for this job now.",
    next: "Nothing: the job waits, and asks again when the limit ends.",
    scenarios: [5],
  },
  unavailable: {
    what: "The app could not find out, or does not answer.",
    next: "Whoever runs the app looks at its log; the app starts another run by itself.",
    scenarios: [15],
  },
};

/** Why a job fails that could not even say what became of the work. */
export type JobCode = "bad-input" | "github-error" | "command-stopped" | "unfinished" | "unexpected";

const LOOKED_AT = "the app sees that the run is over, and goes on from what there is.";

export const JOB_FAILURES: Readonly<Record<JobCode, Meaning>> = {
  "bad-input": {
    what: "An input or a variable of the job is missing, or cannot be used.",
    next: "Somebody with write access makes the calling workflow what the README shows.",
    scenarios: [19],
  },
  "github-error": {
    what: "GitHub did not answer a read, or does not let the job read.",
    next: `Nothing: ${LOOKED_AT}`,
    scenarios: [16],
  },
  "command-stopped": {
    what: "The job was cancelled while the agent or the check command was at work, and that was stopped.",
    next: `Nothing: ${LOOKED_AT}`,
    scenarios: [12, 17],
  },
  unfinished: {
    what: "A job ended before it could say how, or something was sent and no answer came.",
    next: `Nothing: ${LOOKED_AT}`,
    scenarios: [7, 17],
  },
  unexpected: {
    what: "Something went wrong that Cairn does not know.",
    next: "Read the job's log, and tell Cairn's makers; the app goes on from what there is.",
    scenarios: [17],
  },
};
