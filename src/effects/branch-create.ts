/** `branch.create`: the verified patch as one commit, on a branch of its generation. GitHub refuses a second one. */
import type { EffectHandler, Site } from "../barrier/index.ts";
import { Refusal } from "../barrier/index.ts";
import type { Sha } from "../github/ports.ts";
import { readBranch } from "./published.ts";

/** A commit that was made and that no ref names yet. */
export interface BranchMaterial {
  readonly commit: Sha;
}

export const branchCreateHandler: EffectHandler<"branch.create", BranchMaterial, { readonly sha: Sha }> = {
  kind: "branch.create",
  repeat: "again",
  async probe(site, effect) {
    const branch = await readBranch(site, effect.branch);
    switch (branch.kind) {
      case "absent":
        return { kind: "absent" };
      case "own":
        return { kind: "found", value: { sha: branch.sha } };
      case "foreign":
        throw new ForeignBranch(effect.branch, branch.sha);
    }
  },
  send: (site: Site, _proof, _claim, effect, material) =>
    site.writes.createRef(`refs/heads/${effect.branch}`, material.commit),
};

/** Somebody else has the name: nothing of theirs is touched. */
export class ForeignBranch extends Refusal {
  constructor(branch: string, sha: Sha) {
    super("not-owner", `branch ${branch} is at ${sha}, which is not Cairn's commit`);
  }
}
