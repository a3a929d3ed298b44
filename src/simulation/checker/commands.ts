/** Commands: none is obeyed that nobody gave who may, and one that stopped a run is obeyed before the next is declared. */
import type { CommentState } from "../history.ts";
import { type ChainStep, linesOf } from "./chains.ts";
import { isEdit } from "./edits.ts";
import type { Facts, Violation } from "./index.ts";

/** Comments stand among the acts below zero. */
const commentOf = (act: number): number => -act;

/** A comment as it was written first, and when it stood so. */
interface Written {
  readonly id: number;
  readonly at: number;
  /** Until it was edited or deleted; for ever: infinity. */
  readonly until: number;
  readonly body: string;
  readonly author: string;
}

/** Comments of people on an issue, of which a command would be one. */
export function writtenOn({ history, sandbox, stage }: Facts, number: number): readonly Written[] {
  const isThere = ({ place }: CommentState): boolean =>
    place?.repositoryId === stage.repository.id && place.number === number;
  const states = Map.groupBy(
    history.comments.filter((one) => isThere(one) && one.viaAppId === null),
    ({ id }) => id,
  );
  return [...states].flatMap(([id, [first, ...later]]) => {
    const author = sandbox.world.users.get(first?.authorId ?? 0)?.login ?? "";
    const until = later.find(({ body }) => body !== first?.body)?.at ?? Number.POSITIVE_INFINITY;
    return first?.body ? [{ id, at: first.at, until, body: first.body, author }] : [];
  });
}

/** Every step that changes something because of a comment names one that says so, by somebody with write access. */
export function unfounded(facts: Facts, issue: number): readonly Violation[] {
  const chain = facts.chains.get(issue);
  const steps = new Set<ChainStep>(chain ? linesOf(chain).flatMap((line) => line.steps) : []);
  const given = writtenOn(facts, issue).filter(
    ({ body, author }) => /^(?:Let us see\.\n\n)?\/cairn /.test(body) && author !== "oda",
  );
  const ids = new Set(given.map(({ id }) => id));
  return [...steps].flatMap((step) =>
    obeyed(step)
      .filter((act) => act < 0 && !isEdit(act) && !ids.has(commentOf(act)))
      .map((act) => ({
        rule: "command-unfounded",
        what: `comment ${commentOf(act)} was obeyed, and is no command of somebody who may`,
      })),
  );
}

const obeyed = (step: ChainStep): readonly number[] => [
  ...(step.step === "raise" || step.step === "resume"
    ? [Number(step.act), ...((step.with as number[] | undefined) ?? [])]
    : []),
  ...(step.step === "hold" ? ((step.acts as number[] | undefined) ?? []) : []),
  ...(step.step === "override" ? [Number(step.act)] : []),
];

/** Commands that count whatever stands, and that are there to be read until after `until`. */
export function commandsPending(
  facts: Facts,
  issue: number,
  until: number,
): readonly { readonly id: number; readonly at: number }[] {
  return writtenOn(facts, issue)
    .filter(
      ({ body, author, until: end }) =>
        /^\/cairn (?:ready|cancel|hold [^\n]*)$/.test(body) && author !== "oda" && end > until,
    )
    .map(({ id, at }) => ({ id: -id, at }));
}
