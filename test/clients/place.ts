/** Where a client works: a sandbox with work on it, directories of its own, addresses with a token in them. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Call, type Fixture, start } from "../sandbox/fixture.ts";
import { git, makeScratch } from "../sandbox/git-machine.ts";

export interface Place extends AsyncDisposable {
  readonly fixture: Fixture;
  /** The maintainer, over the API. */
  readonly maya: Call;
  /** A directory that does not exist yet, inside one that goes away. */
  directory(): string;
  /** Address for git of a repository of `acme`, with this token as its password. */
  address(token: string, repository?: string): string;
  /** A work tree of `acme/tools` in the maintainer's name. */
  clone(...options: readonly string[]): Promise<string>;
}

/** A sandbox of its own, for one test or one file. */
export async function place(): Promise<Place> {
  const fixture = await start();
  const scratch = await makeScratch();
  let count = 0;
  const directory = (): string => join(scratch.path, `work-${++count}`);
  const address: Place["address"] = (token, repository = "tools") =>
    `${fixture.sandbox.url.replace("//", `//x-access-token:${token}@`)}/acme/${repository}.git`;
  return {
    fixture,
    maya: fixture.as(fixture.tokens.maintainer),
    directory,
    address,
    async clone(...options) {
      const work = directory();
      await git(scratch.path, "clone", "-q", ...options, address(fixture.tokens.maintainer), work);
      return work;
    },
    async [Symbol.asyncDispose]() {
      await fixture[Symbol.asyncDispose]();
      await scratch.remove();
    },
  };
}

/** Commits files in a work tree; returns the commit. */
export async function commitFiles(
  work: string,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(work, path)), { recursive: true });
    await writeFile(join(work, path), content);
  }
  await git(work, "add", "--all");
  await git(work, "commit", "-q", "-m", `Write ${Object.keys(files).join(", ")}`);
  return git(work, "rev-parse", "HEAD");
}
