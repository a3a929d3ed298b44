/** Commands: none is obeyed that nobody gave who may, and one that stopped a run is obeyed before the next is declared. */
import type { CommentState } from "../history.ts";
import { type ChainStep, type Line, linesOf } from "./chains.ts";
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

/** Numbers of an issue, and of the pull requests that were opened for it: commands count there as well. */
export const placesOf = ({ sandbox, stage }: Facts, issue: number): readonly number[] => [
  issue,
  ...[...sandbox.world.pulls.values()].flatMap((one) =>
    one.repositoryId === stage.repository.id && one.headRef.startsWith(`cairn/${issue}-g`) ? one.number : [],
  ),
];

/** Comments of people in these places, of which a command would be one. */
export function writtenIn({ history, sandbox, stage }: Facts, places: readonly number[]): readonly Written[] {
  const isThere = ({ place }: CommentState): boolean =>
    place?.repositoryId === stage.repository.id && places.includes(place.number);
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
  const steps = new Map<ChainStep, boolean>(chain ? linesOf(chain).flatMap(withQuestions) : []);
  const written = (places: readonly number[]): readonly Written[] =>
    writtenIn(facts, places).filter(({ author }) => author !== "oda");
  const commands = new Set(
    written(placesOf(facts, issue))
      .filter(({ body }) => /^(?:Let us see\.\n\n)?\/cairn /.test(body))
      .map(({ id }) => id),
  );
  // Questions are answered on the issue.
  const all = new Set([...commands, ...written([issue]).map(({ id }) => id)]);
  return [...steps].flatMap(([step, isAnswer]) =>
    obeyed(step)
      .filter((act) => act < 0 && !isEdit(act) && !(isAnswer ? all : commands).has(commentOf(act)))
      .map((act) => ({
        rule: "command-unfounded",
        what: `comment ${commentOf(act)} was obeyed, and is no command of somebody who may`,
      })),
  );
}

/**
 * Each step, and whether the issue was held for a question of the triage command's: then an answer may raise a generation, or
 * is taken along by a hold for what happened beside it.
 */
const withQuestions = ({ steps }: Line): readonly [ChainStep, boolean][] =>
  steps.map((step, index) => {
    const held = steps.slice(0, index).findLast((one) => one.step === "hold" || one.step === "raise");
    return [step, (step.step === "raise" || step.step === "hold") && held?.reason === "triage-asks"];
  });

const obeyed = (step: ChainStep): readonly number[] => [
  ...(step.step === "raise" || step.step === "resume"
    ? [Number(step.act), ...((step.with as number[] | undefined) ?? [])]
    : []),
  ...(step.step === "hold" ? ((step.acts as number[] | undefined) ?? []) : []),
  ...(step.step === "override" ? [Number(step.act)] : []),
];

/**
 * Commands on an issue that count whatever stands, and that are there to be read until after `until`. Of those on its pull
 * requests GitHub may never have told.
 */
export function commandsPending(
  facts: Facts,
  issue: number,
  until: number,
): readonly { readonly id: number; readonly at: number }[] {
  return writtenIn(facts, [issue])
    .filter(
      ({ body, author, until: end }) =>
        /^\/cairn (?:ready|cancel|hold [^\n]*)$/.test(body) && author !== "oda" && end > until,
    )
    .map(({ id, at }) => ({ id: -id, at }));
}
