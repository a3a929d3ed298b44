/**
 * The checker: reads what landed, what was there to see and when, and how GitHub looks in the end. It never asks
 * Cairn, and takes none of its words but those that stand on GitHub.
 */
import type { Sandbox } from "../../sandbox/index.ts";
import type { History } from "../history.ts";
import type { Shape } from "../shape.ts";
import type { Stage } from "../stage.ts";
import type { Telling } from "../telling.ts";
import { checkBlocked } from "./blocked.ts";
import { type ChainStory, readChains } from "./chains.ts";
import { checkEnds, type Ends } from "./ends.ts";
import { checkLandings, readParents } from "./landings.ts";
import { checkLevels } from "./levels.ts";
import { checkMerges } from "./merges.ts";
import { checkOnPulls } from "./on-pulls.ts";
import { checkPolicies } from "./policies.ts";
import { checkRefused } from "./refused.ts";
import { checkSecrets } from "./secrets.ts";
import { checkStatuses } from "./statuses.ts";
import { checkSteps } from "./steps.ts";
import { checkTriage } from "./triage.ts";

export const RULES = [
  "landed-twice",
  "no-visible-intent",
  "settled-generation",
  "published-unchecked",
  "begun-in-vain",
  "base-lost",
  "asked-twice",
  "agent-despite-question",
  "transition-without-result",
  "act-consumed-twice",
  "act-ignored",
  "command-unfounded",
  "edit-unfounded",
  "edit-overlooked",
  "level-exceeded",
  "left-to-people",
  "quiet-hours-broken",
  "other-method",
  "untested-base",
  "unusable-configuration",
  "rounds-exceeded",
  "incident-closed",
  "neither-done-nor-held",
  "hold-without-reason",
  "status-untrue",
  "secret",
  "request-while-blocked",
  "restless",
  "sandbox-error",
] as const;

export type Rule = (typeof RULES)[number];

export interface Violation {
  readonly rule: Rule;
  /** One sentence. */
  readonly what: string;
  readonly issue?: number;
}

export interface Checked {
  readonly sandbox: Sandbox;
  readonly stage: Stage;
  readonly history: History;
  readonly telling: Telling;
  readonly issues: readonly number[];
  readonly gone: ReadonlySet<number>;
  readonly shape: Shape;
}

export interface Facts extends Checked {
  readonly chains: ReadonlyMap<number, ChainStory>;
  /** Parents of each commit that somebody but a person has pushed onto a branch. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
}

export { checkRestless, WINDOW } from "./restless.ts";

export async function check(checked: Checked): Promise<Ends & { readonly violations: readonly Violation[] }> {
  const facts = await factsOf(checked);
  const ends = checkEnds(facts);
  return {
    ...ends,
    violations: [
      ...checkLandings(facts),
      ...(await checkMerges(facts)),
      ...checkSteps(facts),
      ...checkTriage(facts),
      ...checkRefused(facts),
      ...(await checkSecrets(facts)),
      ...checkBlocked(facts),
      ...checkLevels(facts),
      ...(await checkPolicies(facts)),
      ...checkOnPulls(facts),
      ...ends.violations,
      ...checkStatuses(facts),
      ...checked.sandbox.errors.map((error): Violation => ({ rule: "sandbox-error", what: String(error) })),
    ],
  };
}

/** Whether every issue is where it may stay, and says so. */
export async function hasEnded(checked: Checked): Promise<boolean> {
  const { violations } = checkEnds(await factsOf(checked));
  return violations.length + checkStatuses(checked).length === 0;
}

async function factsOf(checked: Checked): Promise<Facts> {
  return { ...checked, chains: await readChains(checked), parents: await readParents(checked) };
}
