/** What `cairn doctor` checks: a closed list, each with what it means for Cairn if it is wrong, and what to do then. */

export type CheckName =
  | "installation"
  | "permissions"
  | "events"
  | "workflow"
  | "workflow-enabled"
  | "configuration"
  | "authority"
  | "agent"
  | "commands"
  | "reviewers"
  | "required-checks"
  | "merge-queue"
  | "merge-method"
  | "scratch-issue"
  | "commit-without-files"
  | "commit-message"
  | "commit-signature"
  | "commit-author"
  | "commit-date"
  | "chain-created"
  | "chain-read"
  | "chain-created-once"
  | "chain-moved"
  | "chain-not-forced"
  | "text-inline"
  | "comment-kept"
  | "comment-app"
  | "scratch-closed";

export interface CheckWords {
  /** What must hold, in one sentence. */
  readonly holds: string;
  /** What follows for Cairn where it does not. */
  readonly means: string;
  readonly next: string;
  /** `github`: a fact about GitHub that only a trial tells. `setup`: what people have set up. */
  readonly about: "github" | "setup";
}

const NAMESPACE =
  "Give the app another namespace, such as `CAIRN_REF_NAMESPACE=heads/cairn` (chains are branches then), and run the doctor with it.";
const NOT_THIS_GITHUB = "Do not run Cairn against this GitHub, and tell its makers.";

export const CHECKS: Readonly<Record<CheckName, CheckWords>> = {
  installation: {
    holds: "The app is installed on the repository, and not suspended.",
    means: "Cairn sees nothing of the repository.",
    next: "An owner of the repository installs the app on it, or ends its suspension.",
    about: "setup",
  },
  permissions: {
    holds:
      "The installation grants what `app.yml` asks for; `members` only where teams are named, `merge_queues` only where there is a queue.",
    means: "Some requests of Cairn will be refused with 403, and issues will not move.",
    next: "Set the permissions in the App's settings; then an owner of the repository accepts them.",
    about: "setup",
  },
  events: {
    holds: "The app hears of the events that `app.yml` names.",
    means: "Cairn notices some changes only with its next sweep, minutes later.",
    next: "Subscribe to the events in the App's settings.",
    about: "setup",
  },
  workflow: {
    holds: "The default branch has the calling workflow, as the README shows it.",
    means: "Runs cannot be started, found or trusted: issues are held as `never-started`.",
    next: "Somebody with write access corrects the file on the default branch.",
    about: "setup",
  },
  "workflow-enabled": {
    holds: "The calling workflow is enabled.",
    means: "GitHub refuses to start it: issues are held as `never-started`.",
    next: "Somebody with write access enables it under Actions.",
    about: "setup",
  },
  configuration: {
    holds: "`.github/cairn.yml` on the default branch can be used; without the file the defaults count.",
    means: "Each issue is held as `config-invalid`.",
    next: "Somebody with write access corrects the file.",
    about: "setup",
  },
  authority: {
    holds:
      "`.github/cairn-authority.yml`, if there is one, can be used, and GitHub shows the app the teams that it names.",
    means:
      "Nobody is let in by a team that is not shown (`team-unread`); with a file that cannot be used, nobody starts or allows anything.",
    next: "Somebody with write access corrects the file, or an owner of the organization grants the app `members: read`.",
    about: "setup",
  },
  agent: {
    holds: "The configuration names the agent's command.",
    means: "Each issue is held as `agent-missing`.",
    next: "Set `agent.command` in `.github/cairn.yml`.",
    about: "setup",
  },
  commands: {
    holds:
      "bash can read each configured command (`agent`, `check`, `review`, `triage`), and the default branch has the file that it begins with, where it begins with one.",
    means:
      "The command fails in each run: no work is published, no check passes, or no verdict and no answer can be used.",
    next: "Correct the command in `.github/cairn.yml`, or commit the file.",
    about: "setup",
  },
  reviewers: {
    holds: "Everybody whom the configuration asks for a review may write to the repository.",
    means: "Their approval does not count, or they cannot be asked: pull requests wait.",
    next: "Correct `reviewers` in `.github/cairn.yml`, or give them write access.",
    about: "setup",
  },
  "required-checks": {
    holds: "Where Cairn is to merge, the default branch requires a check, or the configuration wants none.",
    means: "No pull request is ever merged: each waits as `check-missing`.",
    next: "An administrator requires a check for the branch, or somebody sets `checks: allow-none`.",
    about: "setup",
  },
  "merge-queue": {
    holds: "Where Cairn is to merge into a branch with a merge queue, the app may put pull requests into it.",
    means: "GitHub may refuse to take them: each is held as `merge-refused`.",
    next: "Grant the app `merge_queues: write` in its settings; then an owner of the repository accepts it.",
    about: "setup",
  },
  "merge-method": {
    holds: "Where Cairn is to merge, the repository allows the configured `merge-method`.",
    means: "GitHub refuses each merge, after all else was done: issues are held as `merge-refused`.",
    next: "An administrator allows it under *Pull Requests* in the repository's settings, or somebody sets `merge-method` in `.github/cairn.yml` to one that is allowed.",
    about: "setup",
  },
  "scratch-issue": {
    holds: "The app can open an issue to try things out on.",
    means: "What only a trial tells is not known.",
    next: "Read GitHub's words: issues may be switched off, the repository archived, or a limit met.",
    about: "setup",
  },
  "commit-without-files": {
    holds: "`POST git/commits` takes the empty tree.",
    means: "No step of a chain can be made: nothing ever begins.",
    next: NOT_THIS_GITHUB,
    about: "github",
  },
  "commit-message": {
    holds: "A commit's message of 24 KB comes back as it was sent.",
    means: "Chains of issues with a long history cannot be read: they are held as `chain-foreign`.",
    next: NOT_THIS_GITHUB,
    about: "github",
  },
  "commit-signature": {
    holds: "GitHub signs the commits that the app makes through the API.",
    means: "Cairn takes its own chains for somebody else's, and holds every issue as `chain-foreign`.",
    next: NOT_THIS_GITHUB,
    about: "github",
  },
  "commit-author": {
    holds: "Those commits carry the address of the app's bot, `ID+LOGIN@users.noreply.github.com`.",
    means: "Cairn takes its own chains for somebody else's, and holds every issue as `chain-foreign`.",
    next: NOT_THIS_GITHUB,
    about: "github",
  },
  "commit-date": {
    holds: "Those commits carry GitHub's own time.",
    means: "The quiet period is counted from a wrong time: an effect could be tried again too early.",
    next: NOT_THIS_GITHUB,
    about: "github",
  },
  "chain-created": {
    holds: "`POST git/refs` creates the chain's ref in its namespace.",
    means: "No chain can begin: nothing ever begins.",
    next: NAMESPACE,
    about: "github",
  },
  "chain-read": {
    holds: "`git/ref` and `git/matching-refs` show that ref.",
    means: "Cairn cannot see its chains, nor a sweep the issues that have one.",
    next: NAMESPACE,
    about: "github",
  },
  "chain-created-once": {
    holds: "`POST git/refs` refuses that ref once it exists.",
    means: "Two processes can both begin a chain: work could be done twice.",
    next: NAMESPACE,
    about: "github",
  },
  "chain-moved": {
    holds: "`PATCH git/refs` without force moves that ref to a descendant.",
    means: "Chains end at their first step: nothing is ever claimed.",
    next: NAMESPACE,
    about: "github",
  },
  "chain-not-forced": {
    holds: "`PATCH git/refs` without force refuses to move that ref to what does not descend from it.",
    means: "Two processes can both make a step: work could be done twice.",
    next: NAMESPACE,
    about: "github",
  },
  "text-inline": {
    holds: "Text inline in `POST git/trees` is kept byte for byte, NUL and line ends included.",
    means: "A patch with such a file is refused before it is published: `publish-refused`.",
    next: "Keep such files out of the agent's work, and tell Cairn's makers.",
    about: "github",
  },
  "comment-kept": {
    holds: "A comment comes back as it was sent, with the block that is hidden in it.",
    means: "Nobody can see an intent: no run ever begins.",
    next: NOT_THIS_GITHUB,
    about: "github",
  },
  "comment-app": {
    holds: "GitHub says of the comment that the app wrote it.",
    means: "Cairn takes its own markers for forgeries: no run ever begins.",
    next: NOT_THIS_GITHUB,
    about: "github",
  },
  "scratch-closed": {
    holds: "The scratch issue is closed again.",
    means: "It stays open, and is in people's way.",
    next: "Close it.",
    about: "setup",
  },
};

/** Facts that Cairn does not lean on, or that no trial of a minute tells: each with the reason. */
export const NOT_CHECKED: readonly { readonly fact: string; readonly why: string }[] = [
  {
    fact: "whether the 500 content-creating requests an hour are counted for each installation",
    why: "it would take 500 of them; if the limit is wider or narrower, GitHub refuses, and Cairn waits until the limit ends",
  },
  {
    fact: "whether edits of comments count as content-creating",
    why: "Cairn edits none",
  },
  {
    fact: "whether comments become visible in the order of their ids",
    why: "Cairn concludes nothing from the order, and no absence from a list that is shorter than the issue's own count",
  },
  {
    fact: "how far reads lag behind, and how late a request can land",
    why: "that is what the quiet period (CAIRN_QUIET_SECONDS) is for; a minute without a lag proves nothing",
  },
  {
    fact: "whether the runner has the programs that the configured commands need, and whether a file that one begins with may be executed",
    why: "commands run in the user's own workflow, on its runners, and nothing of them is run here; the first issue's run tells",
  },
  {
    fact: "whether webhooks reach the app, and runs its token exchange",
    why: "only GitHub and a runner can try; GET /healthz at the app's public address tells a part of it",
  },
];
