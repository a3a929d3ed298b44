/** The words of merge and squash commits where a request brings none, as the repository's settings say. */
import type { Commit, Person } from "../../git/store.ts";
import { findIssue, findUser } from "../../world/find.ts";
import type { PullRequest } from "../../world/pull-state.ts";
import type { Issue } from "../../world/state.ts";
import { optionalString } from "../input.ts";
import { accountOf } from "../present/commit.ts";
import type { RouteContext } from "../router.ts";

/** Where a merge takes place, and what its request says. */
type Place = Pick<RouteContext, "world" | "repository" | "body">;

interface Words {
  readonly subject: string;
  readonly text: string;
}

/** `commits`: those of the pull request, oldest first. */
export function messageOf(
  context: Place,
  pull: PullRequest,
  method: "merge" | "squash",
  commits: readonly Commit[],
): string {
  const issue = findIssue(context.world, pull.issueId);
  const plain =
    method === "merge" ? mergeWords(context, pull, issue) : squashWords(context, pull, issue, commits);
  const subject = optionalString(context.body, "commit_title") ?? plain.subject;
  const text = optionalString(context.body, "commit_message") ?? plain.text;
  return `${subject}\n\n${text}`.trimEnd();
}

function mergeWords({ world, repository }: Place, pull: PullRequest, issue: Issue): Words {
  const owner = findUser(world, repository.ownerId).login;
  const { mergeCommitTitle, mergeCommitMessage } = repository.mergeWords;
  const texts = { PR_TITLE: issue.title, PR_BODY: issue.body ?? "", BLANK: "" };
  return {
    subject:
      mergeCommitTitle === "PR_TITLE"
        ? numbered(issue.title, pull)
        : `Merge pull request #${pull.number} from ${owner}/${pull.headRef}`,
    text: texts[mergeCommitMessage],
  };
}

/** At the default settings one commit keeps its own message, and of several there is a list. */
function squashWords(
  { world, repository }: Place,
  pull: PullRequest,
  issue: Issue,
  all: readonly Commit[],
): Words {
  const { squashMergeCommitTitle, squashMergeCommitMessage } = repository.mergeWords;
  // Merges are not counted among the commits (docs: "Merge message for a squash merge").
  const commits = all.filter((commit) => commit.parents.length < 2);
  const [only] = commits.length === 1 ? commits : [];
  const [subject = "", ...rest] = only?.message.split("\n") ?? [];
  const title = only && squashMergeCommitTitle === "COMMIT_OR_PR_TITLE" ? subject : issue.title;
  const list = commits.map((commit) => `* ${commit.message.trim()}`).join("\n\n");
  const texts = {
    COMMIT_MESSAGES: only ? rest.join("\n").trim() : list,
    PR_BODY: issue.body ?? "",
    BLANK: "",
  };
  const coAuthors = commits
    .flatMap((commit) => [commit.author, ...(only ? [] : namedIn(commit))])
    .filter((person) => accountOf(world, person)?.id !== issue.authorId);
  return { subject: numbered(title, pull), text: withCoAuthors(texts[squashMergeCommitMessage], coAuthors) };
}

const numbered = (title: string, pull: PullRequest): string => `${title} (#${pull.number})`;

type Named = Pick<Person, "name" | "email">;

/** Whom a commit itself names beside its author. The line stays where it is. */
function namedIn({ message }: Commit): Named[] {
  const lines = message.matchAll(/^co-authored-by:\s*(.+?)\s*<([^<>]+)>\s*$/gim);
  return [...lines].map(([, name = "", email = ""]) => ({ name, email }));
}

/** Whoever wrote a commit of another's pull request is named at the end, below a line where there is a text. */
function withCoAuthors(text: string, authors: readonly Named[]): string {
  const lines = new Set(authors.map((author) => `Co-authored-by: ${author.name} <${author.email}>`));
  if (lines.size === 0) return text;
  const trailers = [...lines].join("\n");
  return text === "" ? trailers : `${text}\n\n---------\n\n${trailers}`;
}
