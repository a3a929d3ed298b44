/** Counts the faults of a hostile demo and tells of each as it happens; what the sandbox does, as its own logs have it. */
import type { Sandbox } from "../../sandbox/index.ts";
import { FAULTS, type FaultName, type Planned } from "./plan.ts";

export interface Happened {
  readonly fault: FaultName;
  readonly count: number;
}

export interface Tally {
  /** One more. `words`: the line about it. */
  add(fault: FaultName, words: string): void;
  /** Tells of what the sandbox did since the last time. */
  follow(): void;
  happened(): readonly Happened[];
}

/** `rules`: what was planned, by the id of its fault on the sandbox. */
export function createTally(
  { faults, requestLog }: Pick<Sandbox, "faults" | "requestLog">,
  rules: ReadonlyMap<string, Planned>,
  say: (words: string) => void,
): Tally {
  const counts = new Map<FaultName, number>();
  const told = new Map<string, number>();
  let read = 0;

  function add(fault: FaultName, words: string, by = 1): void {
    counts.set(fault, (counts.get(fault) ?? 0) + by);
    say(words);
  }
  function followRules(): void {
    for (const { id, happened } of faults.list()) {
      const planned = rules.get(id);
      const before = told.get(id) ?? 0;
      if (!planned || happened === before) continue;
      told.set(id, happened);
      add(planned.fault, planned.words, happened - before);
    }
  }
  function followReads(): void {
    const fresh = requestLog.slice(read);
    read += fresh.length;
    // People look as well; what they see decides nothing here.
    const old = fresh.filter(({ behind, tokenKind }) => behind !== undefined && tokenKind !== "user");
    if (old.length === 0) return;
    const parts = old.map(({ route }) => route?.split("/").slice(4).join("/") || "the repository");
    const words = `${old.length === 1 ? "a read" : `${old.length} reads`} of an older state`;
    add("old read", `${words}: ${[...new Set(parts)].join(", ")}`, old.length);
  }
  return {
    add: (fault, words) => add(fault, words),
    follow() {
      followRules();
      followReads();
    },
    happened: () => FAULTS.map((fault) => ({ fault, count: counts.get(fault) ?? 0 })),
  };
}
