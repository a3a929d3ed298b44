/** Teams as code owners: a team gives nobody access to a repository here, so that nobody could ever give their approval. */

import { notImplemented } from "../errors.ts";
import { readCodeOwners, teamsIn } from "../pulls/codeowners.ts";
import type { RouteContext } from "../router.ts";

/** 501 where the branch's `CODEOWNERS` names a team, for rules that want the owners' review. */
export async function refuseOwningTeams(context: RouteContext, branch: string): Promise<void> {
  const head = context.repository.refs.get(`refs/heads/${branch}`);
  const rules = head === undefined ? [] : await readCodeOwners(context.store, head);
  const [team] = rules.flatMap(({ owners }) => teamsIn(owners));
  if (team !== undefined) throw notImplemented(`teams as code owners (@${team})`);
}
