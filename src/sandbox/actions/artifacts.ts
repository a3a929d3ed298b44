/** Artifacts of runs: named directories, written once, each with a digest that a download checks. */
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileGlob } from "./glob.ts";

export interface Artifact {
  readonly id: number;
  readonly runId: number;
  readonly name: string;
  readonly sizeInBytes: number;
  readonly createdAt: number;
  /** SHA-256 over names and contents, as `sha256:…`. */
  readonly digest: string;
  readonly directory: string;
}

export class ArtifactError extends Error {
  override readonly name = "ArtifactError";
}

export interface Artifacts {
  list(runId: number): readonly Artifact[];
  /** Throws `ArtifactError` where the name is taken or not allowed. */
  upload(input: UploadInput): Promise<Artifact>;
  /** Copies an artifact's files. Throws `ArtifactError` where they are no longer those that were uploaded. */
  download(artifact: Artifact, target: string): Promise<void>;
}

export interface UploadInput {
  readonly runId: number;
  readonly name: string;
  readonly files: readonly string[];
  /** What the names inside the artifact are relative to. */
  readonly root: string;
  readonly overwrite: "no" | "yes";
}

export function createArtifacts(
  directory: string,
  options: { readonly nextId: () => number; readonly now: () => number },
): Artifacts {
  const byRun = new Map<number, Artifact[]>();
  return {
    list: (runId) => byRun.get(runId) ?? [],
    async upload({ runId, name, files, root, overwrite }) {
      if (name === "" || /["<>|*?\r\n\\/:]/.test(name)) {
        throw new ArtifactError(`The artifact name is not valid: ${name}`);
      }
      const known = byRun.get(runId) ?? [];
      const before = known.find((one) => one.name === name);
      if (before && overwrite === "no") {
        throw new ArtifactError(
          "Failed to CreateArtifact: Received non-retryable error: (409) Conflict: an artifact with this name already exists on the workflow run",
        );
      }
      const target = join(directory, String(runId), name);
      await rm(target, { recursive: true, force: true });
      await mkdir(target, { recursive: true });
      for (const file of files) {
        const to = join(target, relative(root, file));
        await mkdir(dirname(to), { recursive: true });
        await cp(file, to);
      }
      const { digest, size } = await measure(target);
      const artifact: Artifact = {
        id: options.nextId(),
        runId,
        name,
        sizeInBytes: size,
        createdAt: options.now(),
        digest,
        directory: target,
      };
      byRun.set(runId, [...known.filter((one) => one !== before), artifact]);
      return artifact;
    },
    async download(artifact, target) {
      await mkdir(target, { recursive: true });
      await cp(artifact.directory, target, { recursive: true });
    },
  };
}

async function measure(directory: string): Promise<{ readonly digest: string; readonly size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  for (const file of (await walk(directory)).sort()) {
    const content = await readFile(file);
    hash.update(`${relative(directory, file)}\0${content.length}\0`).update(content);
    size += content.length;
  }
  return { digest: `sha256:${hash.digest("hex")}`, size };
}

/** All files below a directory, whole paths. */
export async function walk(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

export interface Found {
  readonly files: readonly string[];
  readonly root: string;
}

/** Files that lines of `path` name (files, folders, globs, `!` takes away), and the folder that they share. */
export async function findFiles(
  lines: readonly string[],
  base: string,
  hidden: "no" | "yes",
): Promise<Found> {
  const found = new Set<string>();
  const roots: string[] = [];
  for (const line of lines) {
    const excluded = line.startsWith("!");
    const pattern = resolved(excluded ? line.slice(1) : line, base);
    const matches = await expand(pattern);
    if (excluded) for (const file of matches.files) found.delete(file);
    else {
      for (const file of matches.files) found.add(file);
      roots.push(matches.root);
    }
  }
  const root = commonFolder(roots);
  const shown = [...found].filter(
    (file) =>
      hidden === "yes" ||
      !relative(root, file)
        .split(sep)
        .some((part) => part.startsWith(".")),
  );
  return { files: shown.sort(), root };
}

const resolved = (path: string, base: string): string => (path.startsWith("/") ? path : join(base, path));

async function expand(pattern: string): Promise<Found> {
  if (!/[*?[]/.test(pattern)) {
    const info = await stat(pattern).catch(() => undefined);
    if (!info) return { files: [], root: dirname(pattern) };
    return info.isDirectory()
      ? { files: await walk(pattern), root: pattern }
      : { files: [pattern], root: dirname(pattern) };
  }
  const parts = pattern.split("/");
  const root =
    parts
      .slice(
        0,
        parts.findIndex((part) => /[*?[]/.test(part)),
      )
      .join("/") || "/";
  const info = await stat(root).catch(() => undefined);
  if (!info?.isDirectory()) return { files: [], root };
  const matcher = fileGlob(pattern);
  return { files: (await walk(root)).filter((file) => matcher.test(file)), root };
}

function commonFolder(folders: readonly string[]): string {
  const [first = "/", ...rest] = folders;
  let common = first.split("/");
  for (const folder of rest) {
    const parts = folder.split("/");
    const differs = common.findIndex((part, index) => part !== parts[index]);
    if (differs >= 0) common = common.slice(0, differs);
  }
  return common.join("/") || "/";
}
