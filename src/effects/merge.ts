/**
 * `merge`: one head of one pull request. `sha` makes GitHub refuse any other head. The commit carries the key; those that are
 * rebased keep their messages, and are known by the head's message and tree.
 */
import type { EffectHandler, Site } from "../barrier/index.ts";
import { carries, trailerOf } from "../core/keys.ts";
import type { EffectOf } from "../core/words.ts";
import type { CommitInfo, Sha } from "../github/ports.ts";

export interface MergeMaterial {
  readonly title: string;
  readonly message: string;
}

/** Milliseconds for which the gate's word permits a merge: approvals, the base and the hour are as they were then. */
export const GATE_FRESHNESS = 120_000;

interface Merged {
  readonly sha: Sha | null;
}

export const mergeHandler: EffectHandler<"merge", MergeMaterial, Merged> = {
  kind: "merge",
  repeat: "once",
  staleAfter: GATE_FRESHNESS,
  async probe(site, effect) {
    const pull = await site.reads.pull(effect.pull);
    if (!pull?.value.merged) return { kind: "absent" };
    return { kind: "found", value: { sha: pull.value.mergeCommitSha } };
  },
  /** The base may show the merge before the pull request does. */
  async ownTrace(site, effect) {
    const pull = (await site.reads.pull(effect.pull))?.value;
    if (pull?.merged) return { kind: "found", value: { sha: pull.mergeCommitSha } };
    const sha = pull && (await mergeInBase(site, effect, pull.baseRef));
    return sha === undefined ? { kind: "absent" } : { kind: "found", value: { sha } };
  },
  send: (site, _proof, _claim, effect, material) =>
    site.writes.mergePull({
      number: effect.pull,
      sha: effect.head,
      method: effect.method,
      title: material.title,
      message: `${material.message.trimEnd()}\n\n${trailerOf(effect.key)}`,
    }),
};

/** How many merges may have come to the base since. */
const DEPTH = 10;

/**
 * The commit of the base that the merge has made, or the last that it has replayed; `undefined`: none of the base's last ones
 * is. What was replayed on a base that had moved has another tree: until the pull request shows it, nobody can tell it.
 */
export async function mergeInBase(
  site: Site,
  effect: Pick<EffectOf<"merge">, "key" | "head" | "method">,
  base: string,
): Promise<Sha | undefined> {
  const isIt = await traceOf(site, effect);
  let sha = (await site.reads.ref(`heads/${base}`))?.value;
  for (let depth = 0; sha !== undefined && depth < DEPTH; depth += 1) {
    const commit = await site.commits.get(site.reads, sha);
    if (!commit) return undefined;
    if (isIt(commit)) return sha;
    sha = commit.parents[0];
  }
  return undefined;
}

async function traceOf(
  site: Site,
  { key, head, method }: Pick<EffectOf<"merge">, "key" | "head" | "method">,
): Promise<(commit: CommitInfo) => boolean> {
  if (method !== "rebase") return ({ message }) => carries(message, key);
  const tip = await site.commits.get(site.reads, head);
  return ({ message, tree }) => tree === tip?.tree && message.trimEnd() === tip.message.trimEnd();
}
