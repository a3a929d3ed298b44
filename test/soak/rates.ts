/** How often each of a soak's faults happens, by the chances that it has: seldom, for a day long. */
import { KNOBS, type Knob, type Rates } from "../../src/simulation/knobs.ts";

const SOME: Partial<Record<Knob, number>> = {
  "webhook-dropped": 0.02,
  "webhook-doubled": 0.02,
  "webhook-late": 0.02,
  "webhook-reordered": 0.05,
  "request-lost": 0.002,
  "answer-lost": 0.002,
  "applied-late": 0.002,
  "5xx-applied": 0.001,
  "5xx-not-applied": 0.002,
  hang: 0.001,
  "401-mid-run": 0.05,
  "limit-with-retry-after": 0.002,
  "limit-without-retry-after": 0.001,
  // While reads lag, the sandbox compares its whole world at each of them.
  "stale-list": 0.003,
  "stale-object": 0.003,
  "stale-ref": 0.003,
  "stale-count": 0.003,
  crash: 0.02,
  "runner-lost": 0.005,
  "runner-paused": 0.003,
  "run-cancelled": 0.005,
  "run-rerun": 0.03,
  "ready-again": 0.005,
  "hold-asked": 0.02,
  "labels-flapping": 0.005,
  "issue-edited": 0.02,
  "base-moved": 0.02,
  "branch-pushed-to": 0.02,
  "pull-closed": 0.04,
  "changes-requested": 0.04,
  "agent-failed": 0.15,
};

export const RATES = Object.fromEntries(KNOBS.map((knob) => [knob, SOME[knob] ?? 0])) as Rates;
