/** Takes a local git repository over into the sandbox: branches, tags and their whole history, bit for bit. */
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createDiskStore, type DiskStore } from "./disk.ts";
import { GitStoreError } from "./errors.ts";
import { runGit } from "./run-git.ts";
import type { Sha } from "./store.ts";

export interface ImportedRepository {
  readonly store: DiskStore;
  /** Short name of the branch that became the default one. */
  readonly defaultBranch: string;
  /** Sentence for people where the default branch had to be chosen, because the source's HEAD names none that exists. */
  readonly notice: string | undefined;
}

type SourceHead =
  | { readonly kind: "branch"; readonly name: string }
  | { readonly kind: "detached"; readonly sha: Sha }
  | { readonly kind: "unborn"; readonly name: string };

/**
 * Imports the repository at `source` (work tree or bare) into a new bare one in `directory`.
 * Only branches and tags are taken: no other refs, hooks or configuration, nothing uncommitted.
 * `defaultBranch` decides where the source's HEAD names no branch; without it `main`, `master` or an only branch does.
 * Throws `GitStoreError`: `not-a-repository`, `empty-repository`, `shallow-repository`, `partial-repository`,
 * `unsupported-format`, `no-default-branch`, `target-exists`.
 */
export async function importRepository(
  source: string,
  directory: string,
  options: { readonly defaultBranch?: string } = {},
): Promise<ImportedRepository> {
  const scratch = await mkdtemp(join(tmpdir(), "cairn-import-"));
  try {
    const env = await trustingEnvironment(scratch);
    const place = await findRepository(source, env);
    const head = await readSourceHead(place, env);
    const { name, notice } = chooseDefault(place, head, await branchesOf(place, env), options.defaultBranch);
    const store = await createDiskStore(directory, { defaultBranch: name });
    await copyRefs(place, store.directory, env);
    return { store, defaultBranch: name, notice };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** git refuses to read other users' repositories; the person who names one here has decided to trust it. */
async function trustingEnvironment(scratch: string): Promise<Record<string, string>> {
  const config = join(scratch, "gitconfig");
  await writeFile(config, "[safe]\n\tdirectory = *\n");
  return { GIT_CONFIG_GLOBAL: config };
}

async function findRepository(source: string, env: Record<string, string>): Promise<string> {
  const place = await realpath(source).catch((cause: NodeJS.ErrnoException) => {
    throw notARepository(resolve(source), `nothing can be read there (${cause.code})`);
  });
  // Without the ceiling a plain directory inside some checkout would import that whole checkout.
  const ceiling = { ...env, GIT_CEILING_DIRECTORIES: dirname(place) };
  const args = ["rev-parse", "--is-shallow-repository", "--show-object-format"];
  const found = await runGit(place, args, { answers: [0, 128], env: ceiling }).catch(
    (cause: GitStoreError) => {
      throw notARepository(place, cause.what);
    },
  );
  if (found.code !== 0) throw notARepository(place, "there is no git repository");
  const [shallow, format] = found.stdout.toString("utf8").trim().split("\n");
  if (shallow === "true") {
    throw new GitStoreError("shallow-repository", {
      what: "the repository is a shallow clone, without its whole history",
      where: place,
      next: "Run `git fetch --unshallow` there first.",
    });
  }
  if (format !== "sha1") {
    throw new GitStoreError("unsupported-format", {
      what: `the repository names its objects by ${format}, GitHub by sha1`,
      where: place,
      next: "Import a repository with sha1 objects.",
    });
  }
  return place;
}

function notARepository(where: string, why: string): GitStoreError {
  return new GitStoreError("not-a-repository", {
    what: `no repository to import: ${why}`,
    where,
    next: "Give the path of a git work tree's root or of a bare repository.",
  });
}

async function branchesOf(place: string, env: Record<string, string>): Promise<string[]> {
  const { stdout } = await runGit(place, ["for-each-ref", "--format=%(refname)", "refs/heads/"], { env });
  const names = stdout.toString("utf8").split("\n").filter(Boolean);
  return names.map((name) => name.slice("refs/heads/".length));
}

async function readSourceHead(place: string, env: Record<string, string>): Promise<SourceHead> {
  const symbolic = await runGit(place, ["symbolic-ref", "--quiet", "HEAD"], { answers: [0, 1], env });
  const resolved = await runGit(place, ["rev-parse", "--verify", "--quiet", "HEAD"], {
    answers: [0, 1],
    env,
  });
  const sha = resolved.stdout.toString("utf8").trim();
  if (symbolic.code !== 0) return { kind: "detached", sha };
  const name = symbolic.stdout
    .toString("utf8")
    .trim()
    .replace(/^refs\/heads\//, "");
  return sha === "" ? { kind: "unborn", name } : { kind: "branch", name };
}

function chooseDefault(
  place: string,
  head: SourceHead,
  branches: readonly string[],
  wanted: string | undefined,
): { name: string; notice: string | undefined } {
  if (branches.length === 0) {
    throw new GitStoreError("empty-repository", {
      what:
        head.kind === "detached"
          ? "the repository has no branch, only a detached HEAD"
          : "the repository has no commit on any branch",
      where: place,
      next:
        head.kind === "detached" ? "Run `git switch -c main` there first." : "Commit something there first.",
    });
  }
  if (wanted !== undefined && branches.includes(wanted)) return { name: wanted, notice: undefined };
  if (wanted === undefined && head.kind === "branch") return { name: head.name, notice: undefined };
  const guess =
    ["main", "master"].find((name) => branches.includes(name)) ??
    (branches.length === 1 ? branches[0] : undefined);
  if (wanted !== undefined || guess === undefined) {
    throw new GitStoreError("no-default-branch", {
      what:
        wanted === undefined
          ? `${describeHead(head)}, and no branch stands out as the default one`
          : `the repository has no branch ${wanted}`,
      where: place,
      next: `Check out the branch that is meant; there are: ${branches.slice(0, 10).join(", ")}.`,
    });
  }
  return {
    name: guess,
    notice: `${describeHead(head)} in ${place}; ${guess} is taken as the default branch.`,
  };
}

function describeHead(head: SourceHead): string {
  switch (head.kind) {
    case "branch":
      return `HEAD is at ${head.name}`;
    case "detached":
      return `HEAD is detached at ${head.sha.slice(0, 10)}`;
    case "unborn":
      return `HEAD names ${head.name}, which does not exist`;
  }
}

async function copyRefs(from: string, to: string, env: Record<string, string>): Promise<void> {
  const quiet = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-gc"];
  const refspecs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
  try {
    await runGit(to, ["fetch", ...quiet, from, ...refspecs], { env });
  } catch (cause) {
    throw (await isPartial(from, env)) ? partialRepository(from, cause) : cause;
  }
  await runGit(to, ["pack-refs", "--all"]);
}

/** A clone with a filter (`--filter=blob:none`): git gets what it lacks when somebody asks for it. */
async function isPartial(place: string, env: Record<string, string>): Promise<boolean> {
  const args = ["config", "--get-regexp", "^remote\\..*\\.promisor$", "true"];
  return (await runGit(place, args, { answers: [0, 1], env })).code === 0;
}

function partialRepository(where: string, cause: unknown): GitStoreError {
  return new GitStoreError("partial-repository", {
    what: "the repository is a partial clone and lacks objects of its own history",
    where,
    next: "Run `git fetch --refetch --no-filter` there first.",
    cause,
  });
}
