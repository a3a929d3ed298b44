/** What `actions/cache` and the caches of the `actions/setup-…` actions do: look for one, put it back, save one. */
import type { CacheEntry } from "../caches.ts";
import type { JobState } from "../job-state.ts";
import type { TriggerEvent } from "../port.ts";

export interface CacheInput {
  readonly paths: readonly string[];
  readonly key: string;
  readonly restoreKeys: readonly string[];
}

const LONGEST_KEY = 512;
const MOST_KEYS = 10;

/** Own ref, base of the pull request, default branch (docs: "Restrictions for accessing a cache"). */
export function refsOf(event: TriggerEvent): readonly string[] {
  const pull = event.payload.pull_request as { base?: { ref?: string } } | undefined;
  const base = pull?.base?.ref === undefined ? [] : [`refs/heads/${pull.base.ref}`];
  return [event.ref, ...base, `refs/heads/${event.repository.defaultBranch}`];
}

/** The cache that fits best. Throws where a key is not one. */
export function findCache(job: JobState, input: CacheInput): CacheEntry | undefined {
  const keys = [input.key, ...input.restoreKeys];
  if (keys.length > MOST_KEYS) throw new Error("Key Validation Error: Keys are limited to a maximum of 10.");
  for (const key of keys) {
    if (key.length > LONGEST_KEY) {
      throw new Error(`Key Validation Error: ${key} cannot be larger than ${LONGEST_KEY} characters.`);
    }
    if (key.includes(",")) throw new Error(`Key Validation Error: ${key} cannot contain commas.`);
  }
  const { repository, event } = job.facts;
  const query = { ...input, repositoryId: repository.id, refs: refsOf(event) };
  return job.caches.find(query, job.places);
}

/** Puts the best cache back; its key, or `undefined` where there is none. */
export async function restoreCache(job: JobState, input: CacheInput): Promise<string | undefined> {
  const found = findCache(job, input);
  if (!found) {
    job.log.say(`Cache not found for input keys: ${[input.key, ...input.restoreKeys].join(", ")}`);
    return undefined;
  }
  await job.caches.restore(found, job.places);
  job.log.say(`Cache restored from key: ${found.key}`);
  return found.key;
}

/** Saves a cache of the run's own ref. What keeps it from being saved is a warning: no job fails of it. */
export async function saveCache(
  job: JobState,
  input: Pick<CacheInput, "paths" | "key">,
): Promise<"saved" | "not saved"> {
  const { repository, event } = job.facts;
  const saved = await job.caches.save({ ...input, repositoryId: repository.id, ref: event.ref }, job.places);
  switch (saved) {
    case "saved":
      job.log.say(`Cache saved with key: ${input.key}`);
      return "saved";
    case "taken":
      job.log.say(
        `Failed to save: Unable to reserve cache with key ${input.key}, another job may be creating this cache.`,
      );
      return "not saved";
    case "nothing":
      job.log.warning(
        "Path Validation Error: Path(s) specified in the action for caching do(es) not exist, hence no cache is being saved.",
      );
      return "not saved";
  }
}

/** Keys are compared without case when it comes to a hit, as the action compares them. */
export const isHit = (key: string, matched: string | undefined): boolean =>
  matched?.toLowerCase() === key.toLowerCase();
