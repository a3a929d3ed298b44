import type { Commit, Person } from "../../git/store.ts";
import type { Urls } from "../../services.ts";
import { findUser, fullName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { Repository, User, World } from "../../world/state.ts";
import { iso } from "./time.ts";
import { presentUser } from "./user.ts";

/** Address that GitHub gives to an account's commits. */
export function noReplyAddress(user: User): string {
  return `${user.id}+${user.login}@users.noreply.github.com`;
}

/** Account behind a commit's author or committer, by e-mail address. */
export function accountOf(world: World, person: Pick<Person, "email">): User | undefined {
  const address = person.email.toLowerCase();
  for (const user of world.users.values()) {
    if (user.email?.toLowerCase() === address || noReplyAddress(user).toLowerCase() === address) return user;
  }
  return undefined;
}

/** GitHub signs what an app commits through the API without author and committer; nothing else is signed here. */
export function presentVerification(repository: Repository, commit: Commit) {
  const signed = repository.verifiedCommits.has(commit.sha);
  return {
    verified: signed,
    reason: signed ? "valid" : "unsigned",
    signature: signed ? "-----BEGIN PGP SIGNATURE-----\n\n(sandbox)\n-----END PGP SIGNATURE-----\n" : null,
    payload: signed ? `tree ${commit.tree}\n` : null,
    verified_at: signed ? iso(commit.committer.timestamp * 1000) : null,
  };
}

export const presentPerson = (person: Person) => ({
  name: person.name,
  email: person.email,
  date: iso(person.timestamp * 1000),
});

export const commitNodeId = (sha: string): string => nodeId("C", Number.parseInt(sha.slice(0, 12), 16));

/** A commit as `/git/commits` shows it. */
export function presentGitCommit(world: World, urls: Urls, repository: Repository, commit: Commit) {
  const name = fullName(world, repository);
  const api = `${urls.api}/repos/${name}/git`;
  return {
    sha: commit.sha,
    node_id: commitNodeId(commit.sha),
    url: `${api}/commits/${commit.sha}`,
    html_url: `${urls.html}/${name}/commit/${commit.sha}`,
    author: presentPerson(commit.author),
    committer: presentPerson(commit.committer),
    tree: { sha: commit.tree, url: `${api}/trees/${commit.tree}` },
    message: commit.message.replace(/\n$/, ""),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${urls.html}/${name}/commit/${sha}`,
    })),
    verification: presentVerification(repository, commit),
  };
}

/** A commit as `/commits` shows it, with the accounts behind its people. */
export function presentCommit(world: World, urls: Urls, repository: Repository, commit: Commit) {
  const name = fullName(world, repository);
  const api = `${urls.api}/repos/${name}`;
  const git = presentGitCommit(world, urls, repository, commit);
  const author = accountOf(world, commit.author);
  const committer = accountOf(world, commit.committer);
  return {
    sha: commit.sha,
    node_id: git.node_id,
    commit: {
      author: git.author,
      committer: git.committer,
      message: git.message,
      tree: git.tree,
      url: git.url,
      comment_count: 0,
      verification: git.verification,
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: git.html_url,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: author ? presentUser(urls, author) : null,
    committer: committer ? presentUser(urls, committer) : null,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${urls.html}/${name}/commit/${sha}`,
    })),
  };
}

/** A commit in short, as runs and check suites name their head (OpenAPI `simple-commit`). */
export function presentHeadCommit({ sha, tree, message, author, committer }: Commit) {
  return {
    id: sha,
    tree_id: tree,
    message: message.replace(/\n$/, ""),
    timestamp: iso(committer.timestamp * 1000),
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
}

/** A commit inside a `push` webhook. */
export function presentPushedCommit(world: World, urls: Urls, repository: Repository, commit: Commit) {
  const person = (of: Person) => {
    const account = accountOf(world, of);
    return { name: of.name, email: of.email, ...(account ? { username: account.login } : {}) };
  };
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message.replace(/\n$/, ""),
    timestamp: iso(commit.committer.timestamp * 1000),
    url: `${urls.html}/${fullName(world, repository)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
  };
}

/** The account that GitHub names as committer of commits made on its pages and for apps. */
export const GITHUB_COMMITTER = { name: "GitHub", email: "noreply@github.com" } as const;

/** Name and address under which an account's commits are made through the API. */
export function personFor(world: World, userId: number, at: number): Person {
  const user = findUser(world, userId);
  return {
    name: user.name ?? user.login,
    email: user.email ?? noReplyAddress(user),
    timestamp: Math.floor(at / 1000),
    timezone: "+0000",
  };
}
