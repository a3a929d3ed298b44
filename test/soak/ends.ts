/** How the issues of a soak ended, as the sandbox shows it. */
import { type ChainStory, lastLine, readChains } from "../../src/simulation/checker/chains.ts";
import { type Checked, check } from "../../src/simulation/checker/index.ts";
import { countBy } from "../../src/simulation/run-seed.ts";
import type { Ends, IssueEnd } from "./soak.ts";

export async function endsOf(checked: Checked): Promise<Ends> {
  const { sandbox, stage } = checked;
  const { done, held, violations } = await check(checked);
  const chains = await readChains(checked);
  const runs = sandbox.engine?.runs(stage.repository.id) ?? [];
  return {
    done,
    held: countBy(held),
    violations,
    unsettled: [
      ...[...chains].flatMap(([issue, chain]) => openOn(checked, issue, chain)),
      ...runs.flatMap((run) => (run.status === "completed" ? [] : [`run ${run.id} is ${run.status}`])),
    ],
    issues: [...chains].map(([issue, chain]) => endOf(checked, issue, chain)),
  };
}

/** A merge that landed is settled by a later generation, if there ever is one (docs/adr/0001-lazy-settlement.md). */
function openOn({ sandbox }: Checked, issue: number, chain: ChainStory): readonly string[] {
  const open = lastLine(chain).declares.filter((one) => one.ended === undefined);
  const merged = [...sandbox.world.pulls.values()].some(
    (pull) => pull.merged && pull.headRef.startsWith(`cairn/${issue}-g`),
  );
  return open.flatMap(({ edge, run }) =>
    edge === "merge" && merged
      ? []
      : [`#${issue}: ${edge} is ${run ? `claimed by run ${run.id}` : "open"} and not settled`],
  );
}

function endOf({ sandbox, stage }: Checked, number: number, chain: ChainStory): IssueEnd {
  const { world } = sandbox;
  const issue = [...world.issues.values()].find(
    (one) => one.repositoryId === stage.repository.id && one.number === number,
  );
  const comments = [...world.comments.values()].filter(
    (one) => one.issueId === issue?.id && one.viaAppId === stage.app.app.id,
  );
  const { steps } = lastLine(chain);
  return {
    issue: number,
    comments: comments.length,
    generations: steps.filter(({ step }) => step === "raise").length,
    steps: steps.length,
  };
}
