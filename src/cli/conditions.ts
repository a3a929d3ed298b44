/** Conditions on this machine's GitHub that `demo` and `sandbox` take: how far reads lag, and its limits. */
import { LIMITS_GRAMMAR, parseLimits } from "../sandbox/api/limit-settings.ts";
import { SettingsTextError } from "../sandbox/control/settings-text.ts";
import { LAG_GRAMMAR, parseLag } from "../sandbox/lag/settings.ts";
import { ExitError } from "./exit.ts";

export const CONDITION_OPTIONS = { lag: { type: "string" }, limits: { type: "string" } } as const;

export interface Conditions {
  readonly lag?: string;
  readonly limits?: string;
}

/** For `--help`: the texts begin at this column. */
export function conditionsHelp(column: number): string {
  const entry = (option: string, text: string): string =>
    `  ${option}`.padEnd(column) + text.replaceAll("\n", `\n${" ".repeat(column)}`);
  return [
    entry(
      "--lag LAG",
      `reads show the data as it was some time ago (default: off): off, or a time alone, or\n${LAG_GRAMMAR}`,
    ),
    entry("--limits LIMITS", `limits of requests (default: github):\n${LIMITS_GRAMMAR}`),
  ].join("\n");
}

/** Throws `ExitError` 2 that names the option, the place in it, and what is allowed. */
export function readConditions(given: Conditions): Conditions {
  check("lag", given.lag, parseLag);
  check("limits", given.limits, parseLimits);
  return {
    ...(given.lag === undefined ? {} : { lag: given.lag }),
    ...(given.limits === undefined ? {} : { limits: given.limits }),
  };
}

function check(option: string, text: string | undefined, parse: (text: string) => unknown): void {
  try {
    if (text !== undefined) parse(text);
  } catch (error) {
    if (error instanceof SettingsTextError) throw new ExitError(2, `--${option} ${error.message}`);
    throw error;
  }
}
