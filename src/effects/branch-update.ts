/** `branch.update`: the base merged into a pull request's head. Guarded by the head that it was declared for. */
import type { EffectHandler } from "../barrier/index.ts";
import type { Sha } from "../github/ports.ts";

export const branchUpdateHandler: EffectHandler<"branch.update", undefined, { readonly head: Sha | null }> = {
  kind: "branch.update",
  repeat: "once",
  async probe(site, effect) {
    const pull = await site.reads.pull(effect.pull);
    // A head that moved is an update, ours or another: under this key nothing is left to do.
    if (pull && pull.value.headSha !== effect.head)
      return { kind: "found", value: { head: pull.value.headSha } };
    return { kind: "absent" };
  },
  async send(site, _proof, _claim, effect) {
    const end = await site.writes.updatePullBranch(effect.pull, effect.head);
    return end.kind === "applied" ? { ...end, value: { head: null } } : end;
  },
};
