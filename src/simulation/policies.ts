/**
 * What a repository of some worlds has decided beyond the plain world, and what people do there because of it. Drawn from a
 * stream of chance of its own: a world without it is the one that its seed has always told.
 */
import type { Chance } from "./chance.ts";
import type { Knob } from "./knobs.ts";

/** What is missing is as by default. */
export interface Policies {
  /** `merge: shadow` instead of what the shape says. */
  readonly shadow?: true;
  /** By UTC, or by a place that is an hour ahead. */
  readonly quietHours?: string;
  readonly mergeMethod?: "squash" | "rebase";
  readonly untestedBase?: "wait";
  readonly fixRounds?: number;
  /** Some issues have titles that make them tries of the loop. */
  readonly tries?: true;
  /** Some issues have a label with which they stay open when their work is merged. */
  readonly incidents?: true;
  /** People write commands on pull requests as well. */
  readonly talkOnPulls?: true;
  /** People change the configuration while work is under way, and break it now and then. */
  readonly reconfigured?: true;
}

/** Name by which a world's policies are left out. */
export const POLICIES = "policies";

/** How the titles of tries begin, by default. */
export const TRY = "[cairn-e2e]";
/** Issues with it are never closed. */
export const INCIDENT = "incident";

/** Minutes of the day at which worlds begin. */
const MORNING = 9 * 60;

/** `undefined`: this world has none. `share`: of worlds that have some. */
export function drawPolicies(chance: Chance, share: number): Policies | undefined {
  if (!chance.happens(share)) return undefined;
  const drawn: Policies = {
    ...(chance.happens(0.2) ? { shadow: true } : {}),
    ...(chance.happens(0.4) ? { quietHours: drawQuietHours(chance) } : {}),
    ...(chance.happens(0.5) ? { mergeMethod: chance.pick(["squash", "rebase"]) } : {}),
    ...(chance.happens(0.35) ? { untestedBase: "wait" } : {}),
    ...(chance.happens(0.25) ? { fixRounds: chance.integer(0, 1) } : {}),
    ...(chance.happens(0.2) ? { tries: true } : {}),
    ...(chance.happens(0.2) ? { incidents: true } : {}),
    ...(chance.happens(0.5) ? { talkOnPulls: true } : {}),
    // New ones come last: what worlds draw for the others stays as it was.
    ...(chance.happens(0.3) ? { reconfigured: true } : {}),
  };
  return Object.keys(drawn).length === 0 ? undefined : drawn;
}

/** They begin while faults happen, and end long before all must have settled. */
function drawQuietHours(chance: Chance): string {
  const isBerlin = chance.happens(0.3);
  const from = MORNING + chance.integer(2, 45) + (isBerlin ? 60 : 0);
  const hours = `${timeOf(from)}-${timeOf(from + chance.integer(20, 240))}`;
  return isBerlin ? `${hours} Europe/Berlin` : hours;
}

const timeOf = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

/** Lines of the configuration, beside `merge`. */
export const policyLines = (policies: Policies): readonly string[] => [
  ...(policies.quietHours ? [`quiet-hours: ${policies.quietHours}`] : []),
  ...(policies.mergeMethod ? [`merge-method: ${policies.mergeMethod}`] : []),
  ...(policies.untestedBase ? [`untested-base: ${policies.untestedBase}`] : []),
  ...(policies.fixRounds === undefined ? [] : [`fix-rounds: ${policies.fixRounds}`]),
  ...(policies.incidents ? [`never-close-labels: [${INCIDENT}]`] : []),
];

/** How often people do there what only such a world gives them to do, whatever else goes wrong in it. */
export const policyRates = (policies: Policies): Readonly<Partial<Record<Knob, number>>> => ({
  ...(policies.talkOnPulls ? { "commands-on-pull": 0.15 } : {}),
  ...(policies.untestedBase ? { "branch-updated": 0.3, "base-moved": 0.05 } : {}),
  ...(policies.shadow || policies.quietHours ? { "merged-by-hand": 0.05 } : {}),
  ...(policies.reconfigured ? { "configuration-changed": 0.08 } : {}),
  ...(policies.shadow ? { "pull-closed": 0.02, "pull-merged-by-person": 0.02 } : {}),
});
