/**
 * Caches of repositories, on the sandbox's disk. A cache belongs to the ref on which it was made, is never changed,
 * and is found by its key, by the front of its key, and by the list of paths that it was made of
 * (docs: "Dependency caching reference").
 */
import { createHash } from "node:crypto";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { findFiles } from "./file-patterns.ts";

export interface CacheEntry {
  readonly repositoryId: number;
  readonly ref: string;
  readonly key: string;
  /** Stands for the paths: another list of paths is another cache. */
  readonly version: string;
  readonly directory: string;
}

/** A job's places: what is cached below its root comes back below another job's root. */
export interface CachePlaces {
  readonly root: string;
  readonly workspace: string;
  readonly home: string;
}

export interface CacheQuery {
  readonly repositoryId: number;
  /** Refs whose caches may be used, the first one first. */
  readonly refs: readonly string[];
  readonly paths: readonly string[];
  readonly key: string;
  readonly restoreKeys: readonly string[];
}

export interface Caches {
  /** In each ref: the key, then what begins with the key, then what begins with a restore key; the newest wins. */
  find(query: CacheQuery, places: CachePlaces): CacheEntry | undefined;
  restore(entry: CacheEntry, places: CachePlaces): Promise<void>;
  /** `taken`: the ref has a cache of that key already. `nothing`: no path is there. */
  save(
    input: {
      readonly repositoryId: number;
      readonly ref: string;
      readonly key: string;
      readonly paths: readonly string[];
    },
    places: CachePlaces,
  ): Promise<"saved" | "taken" | "nothing">;
}

export function createCaches(directory: string): Caches {
  const entries: CacheEntry[] = [];
  const reserved = new Set<string>();

  function inRef(query: CacheQuery, ref: string, version: string): CacheEntry | undefined {
    const newest = entries
      .filter((one) => one.repositoryId === query.repositoryId && one.ref === ref && one.version === version)
      .reverse();
    const exact = newest.find((one) => one.key === query.key);
    if (exact) return exact;
    for (const front of [query.key, ...query.restoreKeys]) {
      const found = newest.find((one) => one.key.startsWith(front));
      if (found) return found;
    }
    return undefined;
  }

  return {
    find(query, places) {
      const version = versionOf(query.paths, places);
      for (const ref of new Set(query.refs)) {
        const found = inRef(query, ref, version);
        if (found) return found;
      }
      return undefined;
    },
    async restore(entry, places) {
      for (const [part, target] of Object.entries(rootsOf(places))) {
        const from = join(entry.directory, part);
        await mkdir(from, { recursive: true });
        await cp(from, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
      }
    },
    async save({ repositoryId, ref, key, paths }, places) {
      const version = versionOf(paths, places);
      // Reserved before it is filled and found only then, as on GitHub: of two jobs one saves.
      const name = JSON.stringify([repositoryId, ref, key, version]);
      if (reserved.has(name)) return "taken";
      const { files } = findFiles(paths, { base: places.workspace, home: places.home });
      if (files.length === 0) return "nothing";
      reserved.add(name);
      const folder = join(directory, String(repositoryId), String(reserved.size));
      for (const file of files) await keep(file, folder, places);
      entries.push({ repositoryId, ref, key, version, directory: folder });
      return "saved";
    },
  };
}

const rootsOf = ({ root }: CachePlaces) => ({ job: root, machine: "/" });

async function keep(file: string, folder: string, { root }: CachePlaces): Promise<void> {
  const part = file.startsWith(`${root}/`) ? "job" : "machine";
  const target = join(folder, part, relative(part === "job" ? root : "/", file));
  await mkdir(dirname(target), { recursive: true });
  await cp(file, target, { verbatimSymlinks: true, preserveTimestamps: true });
}

function versionOf(paths: readonly string[], { root }: CachePlaces): string {
  const text = paths.map((path) => path.replaceAll(root, "<job>")).join("|");
  return createHash("sha256").update(text).digest("hex");
}
