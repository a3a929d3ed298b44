/** Repositories, as an owner of the machine sets them up: new or taken over from a local one. No rights are asked. */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { loadHead } from "../api/actions/heads.ts";
import { createDiskStore } from "../git/disk.ts";
import { notInMemory } from "../git/errors.ts";
import { importRepository } from "../git/import.ts";
import { createMemoryStore } from "../git/memory/store.ts";
import type { GitStore, TreeChange } from "../git/store.ts";
import type { Services } from "../services.ts";
import { repositoryByName, userByLogin } from "../world/find.ts";
import { nextId } from "../world/ids.ts";
import type { Repository, Role } from "../world/state.ts";
import { must } from "./accounts.ts";

export interface NewRepository {
  readonly private?: boolean;
  /** Path to content: the first commit on the default branch. Without files the repository is empty. */
  readonly files?: Readonly<Record<string, string>>;
  readonly defaultBranch?: string;
}

/** Where repositories are kept. In memory they are gone with the sandbox, and git cannot clone them. */
export type Storage = { readonly kind: "disk"; readonly directory: string } | { readonly kind: "memory" };

/** Login of the owner, as it is written. Throws `RangeError` where there is no such account or the name is taken. */
function assertFree({ world }: Services, owner: string, name: string): string {
  const account = must(userByLogin(world, owner), `account ${owner}`);
  if (repositoryByName(world, owner, name)) throw new RangeError(`the repository ${owner}/${name} exists`);
  return account.login;
}

async function place(directory: string, owner: string, name: string): Promise<string> {
  const parent = join(directory, "repositories", owner);
  await mkdir(parent, { recursive: true });
  const names = await readdir(parent);
  // A repository that was renamed or deleted since keeps the directory that it was made in.
  const free = (count: number): string => {
    const candidate = count === 1 ? `${name}.git` : `${name}-${count}.git`;
    return names.includes(candidate) ? free(count + 1) : candidate;
  };
  return join(parent, free(1));
}

async function addRepository(
  services: Services,
  owner: string,
  name: string,
  store: GitStore,
  defaultBranch: string,
  visibility: "private" | "public",
): Promise<Repository> {
  const { world, clock } = services;
  const at = clock.now();
  const repository: Repository = {
    id: nextId(world, "repository"),
    ownerId: must(userByLogin(world, owner), `account ${owner}`).id,
    name,
    private: visibility === "private",
    description: null,
    archived: false,
    defaultBranch,
    createdAt: at,
    updatedAt: at,
    pushedAt: at,
    allowMergeCommit: true,
    allowSquashMerge: true,
    allowRebaseMerge: true,
    allowAutoMerge: false,
    allowUpdateBranch: false,
    mergeWords: {
      mergeCommitTitle: "MERGE_MESSAGE",
      mergeCommitMessage: "PR_TITLE",
      squashMergeCommitTitle: "COMMIT_OR_PR_TITLE",
      squashMergeCommitMessage: "COMMIT_MESSAGES",
    },
    deleteBranchOnMerge: false,
    actionsMayWritePulls: false,
    collaborators: new Map(),
    labels: new Map(),
    refs: new Map((await store.listRefs("")).map(({ ref, sha }) => [ref, sha])),
    pushers: new Map(),
    verifiedCommits: new Set(),
    nextNumber: 1,
    protections: new Map(),
    secrets: new Map(),
    variables: new Map(),
  };
  world.repositories.set(repository.id, repository);
  services.stores.set(repository.id, store);
  const branches = [...repository.refs].filter(([ref]) => ref.startsWith("refs/heads/"));
  await Promise.all(branches.map(([, sha]) => loadHead(services, repository.id, sha)));
  announceNewRepository(services, repository);
  return repository;
}

/** An installation for all repositories covers new ones too, and its app is told. */
function announceNewRepository(services: Services, repository: Repository): void {
  const actor = { kind: "user", userId: repository.ownerId } as const;
  services.emit({ event: "repository", action: "created", repositoryId: repository.id, fields: {} }, actor);
}

/** A new repository with, where files are given, one commit. */
export async function createRepository(
  services: Services,
  storage: Storage,
  owner: string,
  name: string,
  input: NewRepository,
): Promise<Repository> {
  const login = assertFree(services, owner, name);
  const defaultBranch = input.defaultBranch ?? "main";
  const store =
    storage.kind === "memory"
      ? createMemoryStore()
      : await createDiskStore(await place(storage.directory, login, name), { defaultBranch });
  if (input.files) await firstCommit(services, store, owner, defaultBranch, input.files);
  return addRepository(services, owner, name, store, defaultBranch, input.private ? "private" : "public");
}

async function firstCommit(
  services: Services,
  store: GitStore,
  owner: string,
  branch: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const user = must(userByLogin(services.world, owner), `account ${owner}`);
  const changes: TreeChange[] = [];
  for (const [path, content] of Object.entries(files)) {
    changes.push({ path, mode: "100644", sha: await store.createBlob(Buffer.from(content)) });
  }
  const tree = await store.createTree(undefined, changes);
  const email = user.email ?? `${user.id}+${user.login}@users.noreply.github.com`;
  const person = {
    name: user.name ?? user.login,
    email,
    timestamp: Math.floor(services.clock.now() / 1000),
    timezone: "+0000",
  };
  const sha = await store.createCommit({
    tree,
    parents: [],
    author: person,
    committer: person,
    message: "Initial commit\n",
  });
  await store.updateRef({ ref: `refs/heads/${branch}`, to: sha, expected: null });
}

/**
 * Takes over a local git repository: branches, tags, history.
 * Throws `GitStoreError` as `git/import.ts` says, and `not-in-memory`.
 */
export async function importLocalRepository(
  services: Services,
  storage: Storage,
  owner: string,
  name: string,
  source: string,
  input: Omit<NewRepository, "files">,
): Promise<Repository> {
  const login = assertFree(services, owner, name);
  if (storage.kind === "memory") throw notInMemory("the import of a repository", source);
  const target = await place(storage.directory, login, name);
  const imported = await importRepository(
    source,
    target,
    input.defaultBranch ? { defaultBranch: input.defaultBranch } : {},
  );
  return addRepository(
    services,
    owner,
    name,
    imported.store,
    imported.defaultBranch,
    input.private ? "private" : "public",
  );
}

export function addCollaborator(
  { world }: Services,
  repository: Repository,
  login: string,
  role: Role,
): void {
  repository.collaborators.set(must(userByLogin(world, login), `user ${login}`).id, role);
}
