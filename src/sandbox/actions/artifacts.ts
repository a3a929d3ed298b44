/** Artifacts of runs: named directories, written once, each with a digest that a download checks. */
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { walk } from "./file-patterns.ts";

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
  for (const file of [...walk(directory)].sort()) {
    const content = await readFile(file);
    hash.update(`${relative(directory, file)}\0${content.length}\0`).update(content);
    size += content.length;
  }
  return { digest: `sha256:${hash.digest("hex")}`, size };
}
