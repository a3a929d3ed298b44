/** How far Cairn may go by itself (`autonomy`): it lands nothing that the level leaves to people. */

import { placesOf, writtenIn } from "./commands.ts";
import type { Facts, Violation } from "./index.ts";
import { isByQueue, issueOf } from "./landings.ts";

export function checkLevels(facts: Facts): readonly Violation[] {
  const { shape, history, stage } = facts;
  if (shape.autonomy === "full") return [];
  const leftToPeople = new Set<string>(
    shape.autonomy === "bounded"
      ? ["merge", "merge.enqueue"]
      : ["merge", "merge.enqueue", "review.request", "review.post"],
  );
  if (shape.autonomy === "suggest") leftToPeople.add("issue.create");
  return history
    .landed()
    .filter(
      (one) =>
        one.actor.kind !== "user" &&
        !isByQueue(one) &&
        (one.repositoryId === stage.repository.id || one.kind === "issue.create"),
    )
    .flatMap((landed): readonly Violation[] => {
      const issue = issueOf(facts, landed);
      const place = issue === undefined ? {} : { issue };
      if (leftToPeople.has(landed.kind)) {
        return [
          {
            rule: "level-exceeded",
            what: `${landed.key} landed, and the level is ${shape.autonomy}`,
            ...place,
          },
        ];
      }
      if (landed.kind === "pull.create" && shape.autonomy !== "bounded" && !isDraft(facts, landed.key)) {
        return [
          { rule: "level-exceeded", what: `${landed.key} is no draft, at ${shape.autonomy}`, ...place },
        ];
      }
      if (shape.autonomy !== "suggest" || landed.kind !== "agent.run" || issue === undefined) return [];
      const generation = Number(/#g(\d+)/.exec(landed.key)?.[1]);
      const said = approvals(facts, issue, landed.at);
      const what = `${landed.key} began: generation ${generation}, and ${said} times somebody had approved`;
      return generation <= said ? [] : [{ rule: "level-exceeded", what, issue }];
    });
}

const isDraft = ({ sandbox, stage }: Facts, key: string): boolean =>
  [...sandbox.world.pulls.values()].some(
    (one) => one.repositoryId === stage.repository.id && key === `pull.create:${one.headRef}` && one.draft,
  );

/** At most one generation for each: not every yes is behind a question. */
const approvals = (facts: Facts, issue: number, by: number): number =>
  writtenIn(facts, placesOf(facts, issue)).filter(
    ({ at, body, author }) => at <= by && author !== "oda" && /^\/cairn approve$/m.test(body),
  ).length;
