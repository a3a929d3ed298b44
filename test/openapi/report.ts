/** What many observations come to: differences as lines to read, each once, and what was shown to work. */
import { check, type Outcome } from "./check.ts";
import type { Observed } from "./observed.ts";

export interface Report {
  readonly violations: readonly string[];
  /** Routes that answered with success, `GET /repos/{owner}/{repo}`. */
  readonly routes: readonly string[];
  /** Names of exceptions that were needed. */
  readonly exceptions: readonly string[];
}

export async function reportOf(seen: readonly Observed[]): Promise<Report> {
  const outcomes: Outcome[] = [];
  for (const one of seen) outcomes.push(await check(one));
  const lines = outcomes.flatMap(({ violations }) =>
    violations.map(({ where, pointer, found, says }) => {
      const place = pointer.replaceAll(/\/\d+(?=\/|$)/g, "/0") || "/";
      return `${where}\n  ${place}: found ${found}; GitHub's description: ${says}`;
    }),
  );
  return {
    violations: [...new Set(lines)],
    routes: [...new Set(seen.flatMap(shown))].sort(),
    exceptions: [...new Set(outcomes.flatMap(({ used }) => used))].sort(),
  };
}

function shown(observed: Observed): readonly string[] {
  if (observed.kind === "event") return [];
  const { method, template, status } = observed;
  return status >= 200 && status < 400 ? [`${method} ${template}`] : [];
}
