/** `actions/cache`, `actions/cache/restore` and `actions/cache/save`. */
import { findCache, isHit, restoreCache, saveCache } from "./cache-steps.ts";
import type { BuiltIn, BuiltInContext } from "./port.ts";

const WAYS = ["enableCrossOsArchive"];
const RESTORE = ["path", "key", "restore-keys", "fail-on-cache-miss", "lookup-only", ...WAYS];

/** Restores, and saves at the end of a job that succeeded without a hit. */
export const cache: BuiltIn = {
  inputs: [...RESTORE, "upload-chunk-size"],
  async run(context) {
    const { key, paths } = wanted(context);
    const { job } = context;
    const matched = await restore(context);
    context.atEnd("success()", async () => {
      if (isHit(key, matched)) {
        job.log.say(`Cache hit occurred on the primary key ${key}, not saving cache.`);
      } else await saveCache(job, { key, paths });
    });
    return hitOutput(key, matched);
  },
};

export const cacheRestore: BuiltIn = {
  inputs: RESTORE,
  async run(context) {
    const { key } = wanted(context);
    const matched = await restore(context);
    return {
      "cache-primary-key": key,
      ...(matched === undefined ? {} : { "cache-matched-key": matched }),
      ...hitOutput(key, matched),
    };
  },
};

export const cacheSave: BuiltIn = {
  inputs: ["path", "key", "upload-chunk-size", ...WAYS],
  async run(context) {
    if ((await saveCache(context.job, wanted(context))) === "not saved") {
      context.job.log.warning("Cache save failed.");
    }
    return {};
  },
};

/** Nothing where there was no cache at all: the action has it so, and its users test for `!= 'true'`. */
const hitOutput = (key: string, matched: string | undefined): Record<string, string> =>
  matched === undefined ? {} : { "cache-hit": String(isHit(key, matched)) };

async function restore(context: BuiltInContext): Promise<string | undefined> {
  const input = wanted(context);
  const { job, inputs } = context;
  const lookup = inputs["lookup-only"] === "true";
  const matched = lookup ? findCache(job, input)?.key : await restoreCache(job, input);
  if (lookup && matched !== undefined) job.log.say(`Cache found and can be restored from key: ${matched}`);
  if (matched === undefined && inputs["fail-on-cache-miss"] === "true") {
    throw new Error(
      `Failed to restore cache entry. Exiting as fail-on-cache-miss is set. Input key: ${input.key}`,
    );
  }
  return matched;
}

function wanted({ inputs }: BuiltInContext) {
  const { key = "" } = inputs;
  const paths = lines(inputs.path);
  if (key === "") throw new Error("Input required and not supplied: key");
  if (paths.length === 0) throw new Error("Input required and not supplied: path");
  return { key, paths, restoreKeys: lines(inputs["restore-keys"]) };
}

const lines = (text: string | undefined): readonly string[] =>
  (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
