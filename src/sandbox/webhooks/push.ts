/** `create`, `delete` and `push`: what GitHub tells when a branch or tag moves. */
import { presentPushedCommit } from "../api/present/commit.ts";
import { presentWholeRepository } from "../api/present/repository.ts";
import { presentUser } from "../api/present/user.ts";
import type { Commit, GitStore, Sha } from "../git/store.ts";
import { type Cause, type RefMove, type Services, storeOf } from "../services.ts";
import { actingUserId } from "../world/actor.ts";
import { findRepository, findUser, fullName } from "../world/find.ts";
import type { Repository } from "../world/state.ts";

const ZEROS = "0".repeat(40);
/** GitHub lists up to 2,048 commits; a sandbox needs no more than these. */
const MOST_COMMITS = 20;

/** Tells of one move. Refs outside heads and tags are told to nobody, as on GitHub. */
export async function announcePush(services: Services, move: RefMove, cause: Cause): Promise<void> {
  const kind = /^refs\/(heads|tags)\//.exec(move.ref)?.[1];
  if (kind === undefined) return;
  const repository = findRepository(services.world, move.repositoryId);
  const name = move.ref.slice(`refs/${kind}/`.length);
  const refType = kind === "heads" ? "branch" : "tag";
  const head =
    move.after === null ? undefined : await storeOf(services, repository.id).commitBehind(move.after);
  const workflows =
    head === undefined ? undefined : { ref: move.ref, sha: head, headBranch: name, headSha: head };
  const common = { ref: name, ref_type: refType, pusher_type: "user" };
  if (move.before === null) {
    const fields = {
      ...common,
      master_branch: repository.defaultBranch,
      description: repository.description,
    };
    services.emit({ event: "create", repositoryId: repository.id, fields, workflows }, cause.actor);
  }
  if (move.after === null) {
    services.emit(
      { event: "delete", repositoryId: repository.id, fields: common, workflows: "default-branch" },
      cause.actor,
    );
  }
  const fields = await pushFields(services, repository, move, head, cause);
  services.emit({ event: "push", repositoryId: repository.id, fields, workflows }, cause.actor);
}

/** `after` is the tag's own object where one was pushed, `headSha` the commit behind it (reported). */
async function pushFields(
  services: Services,
  repository: Repository,
  move: RefMove,
  headSha: Sha | undefined,
  cause: Cause,
) {
  const { world, urls } = services;
  const store = storeOf(services, repository.id);
  const pusher = findUser(world, actingUserId(cause.actor));
  const name = fullName(world, repository);
  const commits = await Promise.all(
    (await pushedCommits(store, repository, move)).map((commit) =>
      withFiles(services, repository, store, commit),
    ),
  );
  const head = headSha === undefined ? undefined : await store.readCommit(headSha);
  const shown =
    head &&
    (commits.find((commit) => commit.id === head.sha) ??
      (await withFiles(services, repository, store, head)));
  const from = move.before?.slice(0, 12) ?? move.after?.slice(0, 12);
  return {
    ref: move.ref,
    before: move.before ?? ZEROS,
    after: move.after ?? ZEROS,
    repository: pushRepository(services, repository),
    pusher: { name: pusher.login, email: pusher.email },
    created: move.before === null,
    deleted: move.after === null,
    forced: move.forced,
    base_ref: null,
    compare: `${urls.html}/${name}/compare/${from}...${move.after?.slice(0, 12) ?? ZEROS.slice(0, 12)}`,
    commits,
    head_commit: shown ?? null,
  };
}

/** In `push`, and only there, some times are seconds since the epoch. */
function pushRepository({ world, urls }: Services, repository: Repository) {
  const owner = findUser(world, repository.ownerId);
  return {
    ...presentWholeRepository(world, urls, repository),
    owner: { name: owner.login, email: owner.email, ...presentUser(urls, owner) },
    created_at: Math.floor(repository.createdAt / 1000),
    pushed_at: Math.floor(repository.pushedAt / 1000),
    stargazers: 0,
    master_branch: repository.defaultBranch,
  };
}

/** Oldest first, as GitHub lists them. A new branch: what the default branch does not have. */
async function pushedCommits(
  store: GitStore,
  repository: Repository,
  move: RefMove,
): Promise<readonly Commit[]> {
  if (move.after === null || (await store.objectType(move.after)) !== "commit") return [];
  const main: Sha | undefined = repository.refs.get(`refs/heads/${repository.defaultBranch}`);
  const before = move.before === null ? undefined : await store.commitBehind(move.before);
  const known = before ?? (main === move.after ? undefined : main);
  const log = await store.log(move.after, {
    limit: MOST_COMMITS,
    ...(known ? { notReachableFrom: known } : {}),
  });
  return [...log].reverse();
}

async function withFiles({ world, urls }: Services, repository: Repository, store: GitStore, commit: Commit) {
  const parent = commit.parents[0];
  const files = parent === undefined ? [] : await store.diff(parent, commit.sha);
  const paths = (status: string): string[] =>
    files.filter((file) => file.status === status).map((file) => file.path);
  const renamed = files.filter((file) => file.status === "renamed");
  return {
    ...presentPushedCommit(world, urls, repository, commit),
    added: [...paths("added"), ...renamed.map((file) => file.path)],
    removed: [...paths("removed"), ...renamed.map((file) => file.previousPath ?? "")],
    modified: paths("modified"),
  };
}
