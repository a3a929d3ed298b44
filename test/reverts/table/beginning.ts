/** When work begins: slots, and whose turn it is. */
import { cut, noticed, type Revert } from "../revert.ts";

const TWENTY = noticed(
  "test/simulation/slots.test.ts",
  "32: twenty issues and two slots: never more than two agents, the oldest first, all move on to their end",
);
const DEAD = noticed(
  "test/loop/slots.test.ts",
  "32: one slot: the next issue waits, says for whom, and begins by itself once the first one's run is dead",
);

export const BEGINNING = {
  "slots-are-counted": {
    scenarios: [32],
    guard: "No agent begins where as many work as there are slots.",
    cuts: [
      cut(
        "src/core/admission.ts",
        "if (slots.ahead.length < slots.limit - slots.holders.length) return undefined;",
        "return undefined;",
      ),
    ],
    tests: [
      TWENTY,
      DEAD,
      noticed("test/core/decide-admission.test.ts", "a slot: two are free, and two wait longer"),
    ],
  },
  "what-begins-meanwhile-counts": {
    scenarios: [32],
    guard: "What this process began since the list was read holds a slot too.",
    cuts: [cut("src/app/observe/slots.ts", "new Set([...found, ...begun])", "new Set(found)")],
    tests: [
      TWENTY,
      noticed(
        "test/app/slots.test.ts",
        "what this process begins counts at once, before and after the list was read; who waits longer comes first",
      ),
    ],
  },
  "a-dead-run-holds-no-slot": {
    scenarios: [32],
    guard: "A slot whose run is over is free, whether its loss is settled or not.",
    cuts: [
      cut(
        "src/app/observe/slots.ts",
        'return run === undefined || note(run).status !== "completed";',
        "return true;",
      ),
    ],
    tests: [noticed("test/app/slots.test.ts", "a claimed edge holds it as long as its run is not over")],
  },
  "who-makes-room-wakes": {
    scenarios: [32],
    guard: "Where a slot becomes free, the oldest that waits is looked at.",
    cuts: [
      cut(
        "src/app/places.ts",
        'if (before !== now && before !== "neither") moved.add(issue.repository);',
        "",
      ),
    ],
    tests: [
      noticed(
        "test/app/slots.test.ts",
        "whoever makes room, or leaves the queue, wakes the oldest that waits, and nobody else does",
      ),
    ],
  },
} satisfies Readonly<Record<string, Revert>>;
