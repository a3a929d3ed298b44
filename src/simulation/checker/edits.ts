/** Edits of an issue's text: none is obeyed that nobody made who may, and none is passed over once it could be seen. */
import { editsOf } from "../../sandbox/world/edits.ts";
import type { ChainStep, Line } from "./chains.ts";
import type { Facts, Violation } from "./index.ts";

/** Edits stand among the acts below all comments. */
export const isEdit = (act: number): boolean => act <= -(2 ** 52);

/** Milliseconds by which reads may lag, and the time that it takes to act on them. */
const LONGEST_LAG = 40_000;

/** Milliseconds between what a declaration was decided on and its landing, where answers are slow: its text may be that much older. */
const LONGEST_FLIGHT = 120_000;

/** An issue's text from then on. */
interface TextState {
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

/** From its first state on. */
function textsOf({ sandbox: { world }, stage }: Facts, number: number): readonly TextState[] {
  const issue = [...world.issues.values()].find(
    (one) => one.repositoryId === stage.repository.id && one.number === number,
  );
  if (!issue) return [];
  const login = (id: number): string => world.users.get(id)?.login ?? "";
  const [first, ...bodies] = editsOf(world, "issue", issue.id).reverse();
  const renames = [...world.issueEvents.values()].flatMap(({ issueId, rename, actorId, createdAt: at }) =>
    issueId === issue.id && rename ? [{ at, by: login(actorId), ...rename }] : [],
  );
  let title = renames[0]?.from ?? issue.title;
  let body = first?.body ?? issue.body ?? "";
  const state = (at: number, by: string): TextState => ({ at, by, text: JSON.stringify([title, body]) });
  const changes = [
    ...bodies.map((one) => ({ at: one.editedAt, by: login(one.editorId), body: one.body })),
    ...renames.map(({ at, by, to }) => ({ at, by, title: to })),
  ].sort((a, b) => a.at - b.at);
  return [
    state(Number.NEGATIVE_INFINITY, ""),
    ...changes.map((change) => {
      if ("title" in change) title = change.title;
      else body = change.body;
      return state(change.at, change.by);
    }),
  ];
}

/** What somebody may have read who acts then. */
function readableAt(texts: readonly TextState[], at: number): ReadonlySet<string> {
  const from = at - LONGEST_LAG;
  const before = texts.findLastIndex((one) => one.at <= from);
  return new Set(texts.slice(Math.max(0, before)).flatMap((one) => (one.at <= at ? one.text : [])));
}

export function checkEdits(facts: Facts, issue: number, { steps }: Line): readonly Violation[] {
  const texts = textsOf(facts, issue);
  if (texts.length === 0) return [];
  return [...unfounded(texts, steps), ...overlooked(texts, steps)];
}

function unfounded(texts: readonly TextState[], steps: readonly ChainStep[]): readonly Violation[] {
  return steps.flatMap((step, index): readonly Violation[] => {
    if (step.step !== "raise" || !isEdit(Number(step.act))) return [];
    const since = steps.slice(0, index).findLast((one) => one.step === "declare")?.at ?? 0;
    const founded = texts.some(
      ({ at, by }) =>
        by !== "" && by !== "oda" && at <= step.at && at >= since - LONGEST_LAG - LONGEST_FLIGHT,
    );
    const what = `an edit raised generation ${step.generation}, and nobody who may had edited the text`;
    return founded ? [] : [{ rule: "edit-unfounded", what }];
  });
}

/** Within a generation agents work on one text, and what is merged was made of it, unless people go on with another. */
function overlooked(texts: readonly TextState[], steps: readonly ChainStep[]): readonly Violation[] {
  const found: Violation[] = [];
  let begun: ReadonlySet<string> | undefined;
  for (const step of steps) {
    if (step.step === "raise") begun = undefined;
    if (step.step === "resume") begun = readableAt(texts, step.at);
    if (step.step !== "declare" || !isOfText(step)) continue;
    const now = readableAt(texts, step.at);
    if (begun && ![...begun].some((text) => now.has(text))) {
      const what = `${step.edge}/${step.attempt} of generation ${step.generation} was declared over an edit`;
      found.push({ rule: "edit-overlooked", what });
    }
    begun ??= now;
  }
  return found;
}

/** An agent would read it, or what was made of it would be merged. */
function isOfText({ edge, effects }: ChainStep): boolean {
  return (
    edge === "merge" || (effects as readonly { kind: string }[]).some(({ kind }) => kind === "agent.run")
  );
}
