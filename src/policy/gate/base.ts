/** The base: what its rules ask beside reviews and checks, as far as GitHub tells. */
import { MOST_UPDATES } from "../../core/base-update.ts";
import { DEFAULTS } from "../config/index.ts";
import { type Condition, type GateFacts, holds, look, short, unmet, usable } from "./facts.ts";

/**
 * Whether Cairn itself brings a head up to date, as it does only before a merge of its own: what people merge, they judge. Of one
 * generation a bounded number of times.
 */
export function updatesBase({ config, updated = 0 }: GateFacts): boolean {
  const { untestedBase, merge } = usable(config ?? DEFAULTS);
  return untestedBase === "update" && merge === "on-green-with-review" && updated < MOST_UPDATES;
}

/** Where classic protection asks for it, only administrators may read that: GitHub's own verdict tells. */
const maybeBlocked = (state: string | null): boolean => state === "blocked";

export const threadsResolved: Condition = {
  code: "threads-open",
  title: "conversations are resolved where the base asks for it",
  judge({ rules, threads, pull }) {
    if (!rules) return look("rules");
    if (!rules.conversations && !maybeBlocked(pull.mergeableState)) return holds("it does not");
    if (threads === undefined) return look("threads");
    if (threads === 0) return holds("all of them");
    const many = threads === 1 ? "1 conversation is" : `${threads} conversations are`;
    return unmet(`${many} not resolved`, `the conversations on #${pull.number} to be resolved`);
  },
};

/**
 * GitHub says `behind` only where the base's rules ask for heads that are up to date. With which base a check ran no API
 * tells, so where the configuration asks, the head itself has to contain the base's newest commit.
 */
export const isUpToDate: Condition = {
  code: "base-moved",
  title: "its checks ran against the base as it is, where the base or the configuration asks for it",
  judge(facts) {
    const { rules, pull, config, onTip, updated = 0 } = facts;
    if (!rules) return look("rules");
    // A queue tries each head against the base itself.
    if (rules.queue) return holds("the merge queue tries it");
    const often = updated < MOST_UPDATES ? "" : `: Cairn has done that ${updated} times`;
    const then = updatesBase(facts) ? ", which Cairn mends once all else holds" : "";
    const moved = unmet(
      `${pull.baseRef} has moved on since ${short(pull.headSha)}${then}`,
      `${pull.baseRef} to be merged into #${pull.number}, and that head to be reviewed${often}`,
    );
    if (pull.mergeableState === "behind") return moved;
    if (rules.strict) return holds("it is up to date");
    if (!config) return look("config");
    const { untestedBase, merge } = usable(config);
    if (untestedBase === "accept") return holds("neither asks for it");
    if (untestedBase === "update" && merge !== "on-green-with-review")
      return holds("that is asked of Cairn's own merges");
    if (onTip === undefined) return look("onTip");
    return onTip ? holds("it is up to date") : moved;
  },
};

export const rulesMet: Condition = {
  code: "rules-unmet",
  title: "GitHub lets it through by the rules of the base",
  judge({ rules, pull }) {
    if (!rules) return look("rules");
    if (rules.locked) return unmet(`${pull.baseRef} is locked`, `${pull.baseRef} to be unlocked`);
    if (rules.queue) return holds("the merge queue decides");
    if (maybeBlocked(pull.mergeableState))
      return unmet(
        `GitHub calls it blocked`,
        `what the rules of ${pull.baseRef} ask for beside that, as #${pull.number} shows it`,
      );
    return holds(pull.mergeableState ?? "GitHub names nothing");
  },
};
