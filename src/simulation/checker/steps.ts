/** Steps of the chain: acts are consumed once, and what was settled as done is there. */
import type { Declared, DeclaredEffect } from "./chains.ts";
import type { Facts, Violation } from "./index.ts";

export function checkSteps(facts: Facts): readonly Violation[] {
  const found: Violation[] = [];
  for (const [issue, chain] of facts.chains) {
    const acts = new Set<number>();
    for (const step of chain.steps) {
      const ids = [
        ...(step.step === "raise" ? [Number(step.act), ...((step.with as number[] | undefined) ?? [])] : []),
        ...(step.step === "hold" ? ((step.acts as number[] | undefined) ?? []) : []),
        ...(step.step === "refuse" ? [Number(step.act)] : []),
      ];
      for (const id of ids) {
        // A chain that a person moved back knows less than it did.
        if (acts.has(id) && !chain.tampered) {
          found.push({ rule: "act-consumed-twice", what: `act ${id} was consumed twice`, issue });
        }
        acts.add(id);
      }
    }
    for (const declared of chain.declares) {
      const working = declared.endedAs === "lost" && isAtWork(facts, declared);
      if (working) {
        const what = `${declared.edge}/${declared.attempt} of generation ${declared.generation} was settled as lost while its run was at work`;
        found.push({ rule: "settled-generation", what, issue });
      }
      // On a chain that a person moved it cannot be told which step ended which.
      if (declared.endedAs !== "applied" || chain.tampered) continue;
      for (const effect of declared.effects) {
        if (!isThere(facts, issue, declared, effect)) {
          const what = `${declared.edge}/${declared.attempt} was settled as applied, and ${effect.key} is nowhere`;
          found.push({ rule: "transition-without-result", what, issue });
        }
      }
    }
  }
  return found;
}

/** Whether the engine had not called that attempt of the run over by then. */
function isAtWork({ sandbox, stage }: Facts, { run, endedAt = 0 }: Declared): boolean {
  if (!run) return false;
  const attempt = sandbox.engine?.attempt(stage.repository.id, run.id, run.attempt);
  return attempt !== undefined && (attempt.status !== "completed" || attempt.updatedAt > endedAt);
}

/** By then, in the log of what landed; whoever did it. */
function isThere(
  { sandbox, history }: Facts,
  _issue: number,
  declared: Declared,
  effect: DeclaredEffect,
): boolean {
  const by = declared.endedAt ?? 0;
  const pulls = [...sandbox.world.pulls.values()].filter((one) => one.headRef === effect.branch);
  const landed = history.landed().filter((one) => one.at <= by && one.kind === effect.kind);
  switch (effect.kind) {
    case "review.request":
      // Who was asked, or has given a review before anybody asked.
      return (
        landed.some((one) =>
          pulls.some((pull) => one.key.startsWith(`review.request:pull/${pull.number}@`)),
        ) ||
        [...sandbox.world.reviews.values()].some((one) => pulls.some((pull) => pull.id === one.pullId)) ||
        pulls.some((pull) => pull.merged || sandbox.world.issues.get(pull.issueId)?.state === "closed")
      );
    case "merge": {
      const number = Number(/pull\/(\d+)@/.exec(effect.key)?.[1]);
      return [...sandbox.world.pulls.values()].some((one) => one.number === number && one.merged);
    }
    case "pull.close": {
      const number = Number(/pull\/(\d+)/.exec(effect.key)?.[1]);
      const pull = [...sandbox.world.pulls.values()].find((one) => one.number === number);
      return landed.some((one) => effect.key.startsWith(`${one.key}#g`)) || pull?.merged === true;
    }
    default:
      return landed.some((one) => one.key === effect.key || effect.key.startsWith(`${one.key}#g`));
  }
}
