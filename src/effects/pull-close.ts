/** `pull.close`: a pull request of an older generation, replaced by this one's work. */
import type { EffectHandler } from "../barrier/index.ts";

export const pullCloseHandler: EffectHandler<"pull.close", undefined, null> = {
  kind: "pull.close",
  repeat: "once",
  async probe(site, effect) {
    const pull = await site.reads.pull(effect.pull);
    return pull && pull.value.state === "open" ? { kind: "absent" } : { kind: "found", value: null };
  },
  send: (site, _proof, _claim, effect) => site.writes.closePull(effect.pull),
};
