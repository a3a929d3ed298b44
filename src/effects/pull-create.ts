/** `pull.create`: one pull request of a generation's branch. Probed in every state: a closed one frees the name. */
import type { EffectHandler } from "../barrier/index.ts";
import { readPulls } from "./published.ts";

export interface PullMaterial {
  readonly title: string;
  readonly body: string;
}

export const pullCreateHandler: EffectHandler<"pull.create", PullMaterial, { readonly number: number }> = {
  kind: "pull.create",
  repeat: "once",
  async probe(site, effect) {
    const [pull] = await readPulls(site, effect.branch);
    return pull ? { kind: "found", value: { number: pull.number } } : { kind: "absent" };
  },
  send: (site, _proof, _claim, effect, material) =>
    site.writes.createPull({
      ...material,
      head: effect.branch,
      base: effect.base,
      ...(effect.draft ? { draft: true } : {}),
    }),
};
