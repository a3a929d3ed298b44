/** Required checks: which there are, and what was reported for the head. */
import { VERDICT_CHECK } from "../../core/verdict.ts";
import type { BranchRules, CheckInfo, RequiredCheck } from "../../github/ports.ts";
import type { Config } from "../config/index.ts";
import {
  type Condition,
  type GateFacts,
  holds,
  type Judgement,
  look,
  short,
  unmet,
  usable,
} from "./facts.ts";

/** How far a required check is. `stopped`: it has ended without a word about the work. */
type Standing = "green" | "failed" | "neutral" | "skipped" | "pending" | "stopped" | "expected";

interface Required {
  readonly name: string;
  readonly standing: Standing;
  /** In words: `failure`, `pending`. */
  readonly says: string;
  /** More to what is waited for, where whoever looks would not see why. */
  readonly wants?: string;
}

type CheckRules = Pick<Config, "checks" | "requiredChecks" | "checksNeutral" | "checksSkipped">;

/**
 * From protection, rulesets and the configuration, each with the worst that the expected app has reported. What
 * Cairn itself reports never counts: it would wait for itself.
 */
export function requiredOf(
  rules: BranchRules,
  reported: readonly CheckInfo[],
  config: CheckRules,
  appId: number,
): readonly Required[] {
  const byConfig = config.requiredChecks.map((name): RequiredCheck => ({ name, appId: null }));
  const wanted = [...rules.checks, ...byConfig].filter(
    (need) => need.appId !== appId && !(need.name === VERDICT_CHECK && need.appId === null),
  );
  const unique = new Map(wanted.map((need) => [`${need.name}\n${need.appId}`, need]));
  const others = reported.filter((check) => check.appId !== appId);
  return [...unique.values()].map((need) => {
    const named = others.filter((check) => check.name === need.name);
    const here = named.filter((check) => need.appId === null || check.appId === need.appId);
    const standings = here.map((check) => ({ standing: standingOf(check, config), says: wordOf(check) }));
    const [worst] = standings.sort((a, b) => WORST.indexOf(a.standing) - WORST.indexOf(b.standing));
    if (!worst) return { name: need.name, standing: "expected", ...(named.length > 0 ? ELSEWHERE : NOBODY) };
    if (worst.standing !== "stopped") return { name: need.name, ...worst };
    return { name: need.name, ...worst, wants: ` to be run again: it ended as ${worst.says}` };
  });
}

const NOBODY = { says: "nobody has reported it" };
const BY_ANOTHER = "reported by another app than the one that is expected";
const ELSEWHERE = { says: BY_ANOTHER, wants: `: so far it was ${BY_ANOTHER}` };

const WORST: readonly Standing[] = [
  "failed",
  "pending",
  "stopped",
  "expected",
  "neutral",
  "skipped",
  "green",
];

/** Ends that say nothing of the work: somebody stopped it, has to let it go on, or it was never reported to its end. */
const STOPPED: ReadonlySet<string | null> = new Set(["cancelled", "action_required", "stale"]);

const wordOf = (check: CheckInfo): string => check.conclusion ?? "pending";

/** Neutral and skipped say that nobody looked: that is green only where the configuration says so. */
function standingOf({ status, conclusion }: CheckInfo, config: CheckRules): Standing {
  if (status !== "completed") return "pending";
  if (STOPPED.has(conclusion)) return "stopped";
  switch (conclusion) {
    case "success":
      return "green";
    case "neutral":
      return config.checksNeutral === "accept" ? "green" : "neutral";
    case "skipped":
      return config.checksSkipped === "accept" ? "green" : "skipped";
    default:
      return "failed";
  }
}

/** Whether any of this could have failed at all: without that nobody has to know what is required. */
export const mayHaveFailed = ({ status, conclusion }: CheckInfo): boolean =>
  status === "completed" &&
  conclusion !== "success" &&
  conclusion !== "neutral" &&
  conclusion !== "skipped" &&
  !STOPPED.has(conclusion);

function requiredBy(facts: GateFacts): readonly Required[] | Extract<Judgement, { kind: "look" }> {
  const { rules, checks, config, app } = facts;
  if (!checks) return { kind: "look", part: "checks" };
  if (!rules) return { kind: "look", part: "rules" };
  if (!config) return { kind: "look", part: "config" };
  return requiredOf(rules, checks, usable(config), app.appId);
}

export const checksNotFailed: Condition = {
  code: "check-failed",
  title: "no required check has failed",
  judge(facts) {
    const { checks, app, pull } = facts;
    if (!checks) return look("checks");
    if (!checks.some((check) => check.appId !== app.appId && mayHaveFailed(check)))
      return holds("none has failed");
    const required = requiredBy(facts);
    if ("kind" in required) return required;
    const failed = required.find(({ standing }) => standing === "failed");
    if (!failed) return holds("what failed is not required");
    return unmet(`${failed.name} (${failed.says}) on ${pull.headSha}`, `${failed.name} to succeed`);
  },
};

export const checksExist: Condition = {
  code: "check-missing",
  title: "at least one check is required",
  judge(facts) {
    const required = requiredBy(facts);
    if ("kind" in required) return required;
    if (required.length > 0) return holds(required.map(({ name }) => name).join(", "));
    if (!facts.config) return look("config");
    if (usable(facts.config).checks === "allow-none") return holds("none, which `checks: allow-none` allows");
    return unmet(
      `${facts.base} requires none, nor does \`required-checks\``,
      "a required check to exist on the base branch (or `checks: allow-none`)",
    );
  },
};

export const checksGreen: Condition = {
  code: "check-pending",
  title: "every required check is green on this head",
  judge(facts) {
    const required = requiredBy(facts);
    if ("kind" in required) return required;
    const failedAside = facts.aside?.has("check-failed") === true;
    const open = required
      .filter(({ standing }) => !(failedAside && standing === "failed"))
      .find(({ standing }) => standing !== "green");
    if (!open) return holds(required.length === 0 ? "none is required" : "all of them");
    return unmet(
      `${open.name}: ${open.says}`,
      `the required check ${open.name} on ${short(facts.pull.headSha)}${open.wants ?? ""}`,
    );
  },
};
