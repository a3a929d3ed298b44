/** Behind a check that said no: no agent begins without an attempt left, nor where the same files were refused twice. */
import { type ChainStep, type Declared, type Line, linesOf } from "./chains.ts";
import type { Facts, Violation } from "./index.ts";

export function checkRefused(facts: Facts): readonly Violation[] {
  const found = new Map<string, Violation>();
  for (const [issue, chain] of facts.chains) {
    for (const what of linesOf(chain).flatMap((line) => inVain(facts, line)))
      found.set(`${issue} ${what}`, { rule: "begun-in-vain", what, issue });
  }
  return [...found.values()];
}

const nameOf = ({ run }: Declared): string => `${run?.id}/${run?.attempt}`;

/** Attempts that were declared although their end was known; `steps` of one line alone count, whatever people moved. */
function inVain({ history, shape }: Facts, { declares, steps }: Line): readonly string[] {
  const work = declares.filter(({ edge }) => edge === "implement" || edge === "fix");
  return work.flatMap((declared): readonly string[] => {
    const { edge, generation, attempt } = declared;
    if (!declared.effects.some(({ kind }) => kind === "agent.run")) return [];
    const before = work.filter(
      (one) => one.edge === edge && one.generation === generation && one.attempt < attempt,
    );
    // The owner lived to tell what its check came to; of a lost one nobody knows.
    const refused = before.filter((one) => tells(steps, one) && history.refused.has(nameOf(one)));
    const trees = refused.map((one) => history.refused.get(nameOf(one)));
    const name = `${edge}/${attempt} of generation ${generation}`;
    const charged = before.filter(({ ended }) => ended?.as === "lost").length + refused.length;
    return [
      ...(new Set(trees).size < trees.length
        ? [`${name} was declared, and the check had said no to the same files twice`]
        : []),
      ...(edge === "implement" && refused.length > 0 && charged >= shape.attempts
        ? [`${name} was declared, and ${charged} attempts were lost or refused, of ${shape.attempts}`]
        : []),
    ];
  });
}

const tells = (steps: readonly ChainStep[], { run }: Declared): boolean =>
  steps.some((step) => step.step === "result" && step.reason === "check-red" && sameRun(step.run, run));

const sameRun = (a: unknown, b: Declared["run"]): boolean => {
  const { id, attempt } = (a ?? {}) as { readonly id?: number; readonly attempt?: number };
  return b !== undefined && id === b.id && attempt === b.attempt;
};
