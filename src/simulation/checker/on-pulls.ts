/** Who stops the work on a pull request is heard before it is merged, though GitHub may never have told of the comment. */
import { type Line, linesOf } from "./chains.ts";
import { writtenIn } from "./commands.ts";
import type { Facts, Violation } from "./index.ts";
import { actsOf } from "./steps.ts";

/** Milliseconds by which reads may lag, and the time that it takes to declare what they allow. */
const LONGEST_LAG = 100_000;

export function checkOnPulls(facts: Facts): readonly Violation[] {
  const found = new Map<string, Violation>();
  for (const [issue, chain] of facts.chains) {
    for (const line of linesOf(chain)) {
      for (const what of overlooked(facts, line))
        found.set(`${issue} ${what}`, { rule: "act-ignored", what, issue });
    }
  }
  return [...found.values()];
}

function overlooked(facts: Facts, { steps }: Line): readonly string[] {
  return steps.flatMap((step, index) => {
    if (step.step !== "declare" || step.edge !== "merge") return [];
    const [effect] = step.effects as readonly { readonly key: string }[];
    const pull = /^merge(?:\.enqueue)?:pull\/(\d+)@/.exec(effect?.key ?? "")?.[1];
    const before = steps.slice(0, index);
    const consumed = new Set(before.flatMap(actsOf));
    // Whoever asked for more work behind it has set it aside.
    const asked = before.findLast((one) => one.step === "raise" || one.step === "resume")?.at ?? 0;
    return writtenIn(facts, pull === undefined ? [] : [Number(pull)])
      .filter(({ body, author }) => author !== "oda" && /^\/cairn (?:cancel|hold [^\n]+)$/.test(body))
      .filter(({ at, until }) => at > asked && at < step.at - LONGEST_LAG && until > step.at)
      .filter(({ id }) => !consumed.has(-id))
      .map(({ id }) => `comment ${id} on #${pull} stops the work, and its merge was declared all the same`);
  });
}
