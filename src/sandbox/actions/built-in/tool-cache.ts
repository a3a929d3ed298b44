/** The dependency caches of the `actions/setup-…` actions. */
import { hashFiles } from "../steps/hash-files.ts";
import { isHit, restoreCache, saveCache } from "./cache-steps.ts";
import type { BuiltInContext } from "./port.ts";

export interface ToolCache {
  readonly paths: readonly string[];
  /** What stands in front of the hash of the dependency files. */
  readonly front: string;
  /** Patterns of the dependency files. */
  readonly files: readonly string[];
  readonly restoreKeys: readonly string[];
  /** What is said where no file matches. */
  readonly missing: string;
}

/** Restores the cache, and saves it at the end of a job that succeeded without a hit. Key and what was found. */
export async function useToolCache(
  context: BuiltInContext,
  { paths, front, files, restoreKeys, missing }: ToolCache,
): Promise<{ readonly key: string; readonly matched: string | undefined }> {
  const { job } = context;
  const hash = hashFiles(job.places, files);
  if (hash === "") throw new Error(missing);
  const key = `${front}-${hash}`;
  const matched = await restoreCache(job, { paths, key, restoreKeys });
  context.atEnd("success()", async () => {
    if (!isHit(key, matched)) await saveCache(job, { paths, key });
  });
  return { key, matched };
}
