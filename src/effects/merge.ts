/** `merge`: one head of one pull request. `sha` makes GitHub refuse any other head; the commit carries the key. */
import type { EffectHandler } from "../barrier/index.ts";
import { trailerOf } from "../core/keys.ts";
import type { Sha } from "../github/ports.ts";

export interface MergeMaterial {
  readonly title: string;
  readonly message: string;
}

export const mergeHandler: EffectHandler<"merge", MergeMaterial, { readonly sha: Sha | null }> = {
  kind: "merge",
  repeat: "once",
  async probe(site, effect) {
    const pull = await site.reads.pull(effect.pull);
    if (!pull?.value.merged) return { kind: "absent" };
    return { kind: "found", value: { sha: pull.value.mergeCommitSha } };
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
