/**
 * The chain's rules a second time, written from DESIGN and not from the code: nothing is folded. The list of steps
 * that were taken is all there is, and every question is asked of that list anew.
 */
import type { Step } from "../../../src/core/chain.ts";
import type { Edge, Effect, EffectOf, RunId } from "../../../src/core/words.ts";

export type History = readonly Step[];
type Of<K extends Step["step"]> = Extract<Step, { step: K }>;

const of = <K extends Step["step"]>(history: History, kind: K): readonly Of<K>[] =>
  history.filter((step): step is Of<K> => step.step === kind);

/** What came after the last step of these kinds; the whole list if there was none. */
function since(history: History, ...kinds: readonly Step["step"][]): History {
  return history.slice(history.findLastIndex((step) => kinds.includes(step.step)) + 1);
}

/** Steps from the declare of the open edge on; `undefined`: none is open. */
function open(history: History): readonly [Of<"declare">, ...Step[]] | undefined {
  const rest = since(history, "settle", "seal");
  const at = rest.findIndex(({ step }) => step === "declare");
  const [first, ...others] = rest.slice(at < 0 ? rest.length : at);
  return first?.step === "declare" ? [first, ...others] : undefined;
}

/** Of the living generation alone. */
const current = (history: History): History => since(history, "raise");

export const actsOf = (history: History): readonly number[] =>
  history.flatMap((step) => {
    switch (step.step) {
      case "raise":
        return [step.act, ...step.with];
      case "hold":
      case "answer":
        return step.acts;
      case "refuse":
        return [step.act];
      case "resume":
        return [step.act, ...step.with];
      default:
        return [];
    }
  });

const same = (a: RunId | undefined, b: RunId): boolean => a?.id === b.id && a.attempt === b.attempt;

/** The hold that nobody has lifted. */
/** Names of what was asked for since an act was taken. */
const namesOf = (history: History): readonly string[] =>
  of(since(history, "raise", "hold"), "ask").flatMap(({ question, findings = [] }) => [
    question,
    ...findings,
  ]);

const asked = (history: History): Of<"hold"> | undefined =>
  of(since(history, "raise", "resume"), "hold").at(-1);

/** Whether the design allows this step after these. */
export function accepts(history: History, step: Step): boolean {
  const edge = open(history);
  const done = edge ?? [];
  const [owner] = of(done, "claim");
  const [cancel] = of(done, "cancel");
  const [result] = of(done, "result");
  const isNew = (acts: readonly number[]): boolean => acts.every((act) => !actsOf(history).includes(act));
  switch (step.step) {
    case "raise":
      return !edge && step.generation === of(history, "raise").length + 1 && isNew([step.act, ...step.with]);
    case "declare": {
      const earlier = of(current(history), "declare").filter((one) => one.edge === step.edge);
      return (
        !edge &&
        of(since(history, "raise", "resume"), "hold").length === 0 &&
        step.generation > 0 &&
        step.generation === of(history, "raise").length &&
        step.attempt === earlier.length + 1 &&
        step.effects.length > 0
      );
    }
    case "claim":
      return edge !== undefined && !owner && edge[0].digest === step.digest;
    case "result":
      return same(owner?.run, step.run) && !cancel && !result;
    case "cancel":
      return owner !== undefined && !cancel;
    case "settle":
      return (
        owner !== undefined &&
        edge?.[0].edge === step.edge &&
        edge[0].attempt === step.attempt &&
        (step.as !== "lost" || cancel !== undefined) &&
        (step.as !== "applied" || step.opened !== undefined || !edge[0].effects.some(isOpened)) &&
        (step.as !== "failed" || result !== undefined) &&
        (step.as !== "failed" ||
          !step.lost ||
          (result?.tree !== undefined && result.tree === step.lost.red?.tree))
      );
    case "seal":
      return edge !== undefined && !owner;
    case "hold":
      return !edge && isNew(step.acts);
    case "ask":
      return (
        !edge &&
        !namesOf(history).includes(step.question) &&
        !(step.findings ?? [step.question]).every((name) => namesOf(history).includes(name))
      );
    case "refuse":
      return isNew([step.act]);
    case "override": {
      const [first] = step.overrides;
      const before = of(current(history), "override").flatMap((one) => one.overrides);
      const all = [...before, ...step.overrides].filter(({ head }) => head === first?.head);
      const two = step.overrides.some(
        ({ action }) => new Set(all.flatMap((one) => (one.action === action ? [one.actor.id] : []))).size > 1,
      );
      return !edge && first !== undefined && isNew([step.act]) && (!step.lifts || two);
    }
    case "answer":
      return !edge && isNew(step.acts);
    case "resume":
      return asked(history)?.reason === "text-changed-in-review" && isNew([step.act, ...step.with]);
  }
}

/** What the edge was to do which this step settles. */
const effectsOf = (history: History, step: Of<"settle">) =>
  of(history.slice(0, history.indexOf(step)), "declare").at(-1)?.effects ?? [];

/** The review that it was to post. */
const reviewed = (history: History, step: Of<"settle">) =>
  effectsOf(history, step).find((effect) => effect.kind === "review.post");

/** What it was to put into a merge queue. */
const entered = (history: History, step: Of<"settle">) =>
  effectsOf(history, step).find((effect) => effect.kind === "merge.enqueue");

/** The head that it was to bring up to date with its base. */
const updates = (history: History, step: Of<"settle">) =>
  effectsOf(history, step).find((effect) => effect.kind === "branch.update");

const isOpened = (effect: Effect): effect is EffectOf<"issue.create"> => effect.kind === "issue.create";

/** Issues of other repositories that were opened, in the order in which that was settled. */
const routedIn = (history: History) =>
  history.flatMap((step, at) => {
    const there = open(history.slice(0, at))?.[0].effects.find(isOpened);
    if (step.step !== "settle" || step.as !== "applied" || step.opened === undefined || !there) return [];
    return [{ repository: there.repository, name: there.name, number: step.opened }];
  });

const resultOf = ({ reason, digest, effects, tree }: Of<"result">) => ({
  ...{ reason, digest, effects },
  ...(tree === undefined ? {} : { tree }),
});

/** What the chain knows after these steps. */
export function known(history: History) {
  const edge = open(history);
  const done = edge ?? [];
  const living = current(history);
  const [owner] = of(done, "claim");
  const [cancel] = of(done, "cancel");
  const [result] = of(done, "result");
  const hold = asked(history);
  const worksOn = history.findLast((one) => one.step === "resume" || (one.step === "declare" && one.worksOn));
  const attempts = (name: Edge) => {
    const settles = of(living, "settle").filter((one) => one.edge === name);
    const looks = settles.flatMap((one) => {
      const worked = one.as === "lost" ? one.lost.worked : one.worked;
      return name !== "review" || worked === undefined ? [] : [worked];
    });
    return {
      last: of(living, "declare").filter((one) => one.edge === name).length,
      lost: settles.flatMap((one) => (one.as !== "applied" && one.lost ? [one.lost] : [])),
      ...(looks.length > 0 ? { worked: looks.reduce((sum, one) => sum + one, 0) } : {}),
    };
  };
  const applied = of(living, "settle").filter((one) => one.as === "applied");
  const queued = applied.map((one) => entered(living, one)?.head).findLast((head) => head !== undefined);
  const updated = applied.filter((one) => updates(living, one)).length;
  const lookedAt = of(living, "settle").findLast((one) => one.as !== "lost" && reviewed(living, one));
  const review = lookedAt
    ? { looked: reviewed(living, lookedAt)?.head ?? null }
    : of(history, "raise").at(-1)?.commandReview && { looked: null };
  // Every declare that somebody claimed, in the order of the claims.
  const triaged = history.flatMap((one, at) => {
    const declared = one.step === "claim" ? open(history.slice(0, at))?.[0] : undefined;
    return declared?.triages === undefined ? [] : [declared.triages];
  });
  const there = of(living, "declare")
    .findLast(({ effects }) => effects.some(isOpened))
    ?.effects.find(isOpened);
  const routed = routedIn(history);
  return {
    ...(there ? { route: { repository: there.repository, name: there.name, asker: there.asker } } : {}),
    ...(routed.length > 0 ? { routed } : {}),
    ...(review ? { commandReview: review } : {}),
    ...(queued === undefined ? {} : { queued }),
    ...(updated > 0 ? { updated } : {}),
    ...(of(history, "raise").at(-1)?.approved ? { approved: true } : {}),
    ...(triaged.length > 0 ? { triaged } : {}),
    seq: history.length,
    generation: of(history, "raise").length,
    acts: [...new Set(actsOf(history))].sort((a, b) => a - b),
    attempts: {
      implement: attempts("implement"),
      fix: attempts("fix"),
      review: attempts("review"),
      merge: attempts("merge"),
      route: attempts("route"),
    },
    open: edge
      ? {
          edge: edge[0].edge,
          generation: edge[0].generation,
          attempt: edge[0].attempt,
          digest: edge[0].digest,
          effects: edge[0].effects,
          budget: edge[0].budget,
          seq: history.length - done.length + 1,
          ...(edge[0].triages === undefined ? {} : { triages: edge[0].triages }),
          ...(edge[0].mends === undefined ? {} : { mends: edge[0].mends }),
          claim: owner?.run ?? null,
          result: result ? resultOf(result) : null,
          cancel: cancel?.why ?? null,
        }
      : null,
    questions: [...new Set(namesOf(history))],
    answers: of(history, "raise").at(-1)?.answers ?? [],
    ...(worksOn && "worksOn" in worksOn ? { worksOn: worksOn.worksOn } : {}),
    hold: hold ? { reason: hold.reason, digest: hold.digest } : null,
    applied: [
      ...new Set(applied.flatMap((one) => (entered(living, one) || updates(living, one) ? [] : [one.edge]))),
    ],
    declared: declaredOf(history),
  };
}

/** Digests of markers; a refusal that was said before is said by the marker of then. */
function declaredOf(history: readonly Step[]): readonly string[] {
  const declared: string[] = [];
  for (const one of history) {
    if (one.step === "refuse" && declared.includes(one.digest)) continue;
    if (
      one.step === "declare" ||
      one.step === "result" ||
      one.step === "hold" ||
      one.step === "ask" ||
      one.step === "refuse"
    )
      declared.push(one.digest);
  }
  return declared;
}
