/** In the end every issue is done, or held in words that tell who can lift it. */

import { lastLine } from "./chains.ts";
import type { Facts, Violation } from "./index.ts";
import { markersOn } from "./markers.ts";
import { isTry } from "./policies.ts";

export interface Ends {
  readonly done: number;
  /** Reasons of the holds. */
  readonly held: readonly string[];
  readonly violations: readonly Violation[];
}

export function checkEnds(facts: Facts): Ends {
  const { sandbox, stage, issues, gone, chains } = facts;
  const { world } = sandbox;
  const violations: Violation[] = [];
  const held: string[] = [];
  let done = 0;
  for (const number of issues) {
    const issue = [...world.issues.values()].find(
      (one) => one.repositoryId === stage.repository.id && one.number === number,
    );
    if (!issue || gone.has(number)) continue;
    const labels = issue.labelIds.map((id) => stage.repository.labels.get(id)?.name ?? "");
    const chain = chains.get(number);
    const merged = [...world.pulls.values()].some(
      (one) => one.merged && one.headRef.startsWith(`cairn/${number}-g`),
    );
    // A person closed it before anything began: whatever labels it has, nobody waits.
    if (issue.state === "closed" && !chain?.heads.length) continue;
    if (labels.includes("cairn:hold")) {
      const reason = holdOn(facts, number);
      if (reason === undefined) {
        violations.push({
          rule: "hold-without-reason",
          what: "nothing says why, or how it is lifted",
          issue: number,
        });
      } else held.push(reason);
    } else if (merged && (issue.state === "closed" || labels.includes("cairn:done"))) done += 1;
    // Cairn closes no issue that a person has opened again, a try neither.
    else if (labels.includes("cairn:done") && issue.stateReason === "reopened" && isTry(facts, number))
      done += 1;
    // Somebody without the right asked, and was told so.
    else if (lastStep(facts, number) === "refuse") held.push("refused");
    // A person closed it, and nothing is under way on it: nobody waits.
    else if (issue.state === "closed" && !(chain && lastLine(chain).open)) done += 0;
    else {
      const what = `it is ${issue.state} with the labels ${labels.join(", ") || "none"}`;
      violations.push({ rule: "neither-done-nor-held", what, issue: number });
    }
  }
  return { done, held, violations };
}

/** The chain's last step, where its marker is there to be read. */
function lastStep(facts: Facts, issue: number): string | undefined {
  const chain = facts.chains.get(issue);
  const last = chain && lastLine(chain).steps.at(-1);
  const told = markersOn(facts, issue).some(({ digest }) => digest === last?.digest);
  return told ? last?.step : undefined;
}

/**
 * How a hold says that it is lifted: by the label, by a command, or by putting right what an alarm is about. Whoever was told
 * that the configuration is not there takes the label for the default one: the command is right all the same.
 */
const isLifted = (prose: string, entryLabel: string): boolean =>
  prose.includes(`sets \`${entryLabel}\` again`) ||
  /writes `\/cairn (?:ready|resume)`|goes on by itself|looks again by itself/.test(prose);

/** The reason of the last hold, question or alarm, where its words name what happened and the label that lifts it. */
function holdOn(facts: Facts, issue: number): string | undefined {
  const last = markersOn(facts, issue).findLast(
    ({ value }) => value.type === "hold" || value.type === "question" || value.type === "alarm",
  );
  if (!last || !isLifted(last.prose, facts.stage.entryLabel)) return undefined;
  if (last.value.type === "question") return "text-lacks";
  return typeof last.value.reason === "string" ? last.value.reason : undefined;
}
