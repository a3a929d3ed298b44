/** The issue is opened in the repository that it belongs to, with a token for that repository alone. */
import { performOrRecover } from "../src/barrier/index.ts";
import { sinceOf } from "../src/core/decide-route.ts";
import { routedText } from "../src/core/routed-text.ts";
import type { EffectOf } from "../src/core/words.ts";
import { issueCreateHandler } from "../src/effects/index.ts";
import { GitHubError } from "../src/github/index.ts";
import { belongsTo } from "../src/policy/triage.ts";
import { connectionTo } from "./connect.ts";
import { variable } from "./job.ts";
import { JobFailure } from "./job-failure.ts";
import { saidBy } from "./said.ts";
import { type Routing, settle, type Work } from "./work.ts";

/** Throws `JobFailure` `route-refused` where it surely was not opened, `Refusal` where this run may not. */
export async function performRoute(
  work: Work,
  effect: EffectOf<"issue.create">,
  { text, config, token }: Routing,
): Promise<void> {
  const { job, site, proof, claim, keeping } = work;
  const refuse = (why: string): never => {
    throw new JobFailure("route-refused", `${effect.name}: ${why}`);
  };
  const here = variable(job, "GITHUB_REPOSITORY");
  // Nothing pins labels: whoever has taken this one off wants it opened nowhere else.
  const belongs = belongsTo({ labels: text.labels, here }, config ?? { repositories: [] });
  if (belongs?.toLowerCase() !== effect.name.toLowerCase()) return refuse("no label gives it there any more");
  if (token === undefined) return refuse("the app has no access to it any more");
  const there = connectionTo(job, effect.name, token, keeping);
  const handler = issueCreateHandler(there, sinceOf(proof.view.state));
  let sent = false;
  const material = async () => {
    const { id } = (await there.reads.repository()).value;
    if (id !== effect.repository) refuse("another repository has this name by now");
    sent = true;
    return routedText({
      from: `${here}#${site.issue.number}`,
      asker: effect.asker.login,
      title: text.title,
      text: saidBy(text),
      key: effect.key,
    });
  };
  try {
    const end = await performOrRecover(site, proof, claim, handler, effect, material);
    const { number } = settle(work, effect, end, "route-refused");
    job.toolkit.info(`opened as ${effect.name}#${number}`);
  } catch (error) {
    // Before anything was sent a refused read says the same as a refused write.
    if (!sent && error instanceof GitHubError && IS_REFUSED.has(error.kind)) return refuse(error.message);
    throw error;
  }
}

const IS_REFUSED: ReadonlySet<GitHubError["kind"]> = new Set([
  "forbidden",
  "refused",
  "moved",
  "unauthorized",
]);
