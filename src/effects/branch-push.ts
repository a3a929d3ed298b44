/** `branch.push`: a round of fixing as one commit on the head that it mends. GitHub takes it as a fast-forward or not at all. */
import type { EffectHandler, Site } from "../barrier/index.ts";
import type { Sha } from "../github/ports.ts";
import type { BranchMaterial } from "./branch-create.ts";
import { findCommit } from "./published.ts";

export const branchPushHandler: EffectHandler<"branch.push", BranchMaterial, { readonly sha: Sha }> = {
  kind: "branch.push",
  // Sent again behind a person who takes the commit away it would bring it back.
  repeat: "once",
  async probe(site, effect) {
    const ref = await site.reads.ref(`heads/${effect.branch}`);
    const sha = ref && (await findCommit(site, ref.value, effect.key, effect.head));
    return sha === undefined ? { kind: "absent" } : { kind: "found", value: { sha } };
  },
  send: (site: Site, _proof, _claim, effect, { commit }) =>
    site.writes.updateRef(`refs/heads/${effect.branch}`, commit),
};
