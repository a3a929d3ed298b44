/** What the checks come to: each once, in the order of the list. */
import { GitHubError } from "../../github/index.ts";
import type { Outcome } from "../../github/outcome.ts";
import { CHECKS, type CheckName } from "./checks.ts";

export type Verdict = "ok" | "wrong" | "unknown";

export interface Finding {
  readonly verdict: Verdict;
  /** The case at hand, in one line. */
  readonly found: string;
}

export interface Findings {
  /** Throws where the check was made before. */
  put(name: CheckName, verdict: Verdict, found: string): void;
  /** As `put` with what `work` returns; `unknown` where GitHub does not answer. */
  make(name: CheckName, work: () => Promise<Finding>): Promise<void>;
  verdict(name: CheckName): Verdict | undefined;
  /** Why those that were not made were not. */
  stop(why: string): void;
  /** Those that were not made are `unknown`. */
  all(): readonly (Finding & { readonly name: CheckName })[];
}

export function createFindings(): Findings {
  const made = new Map<CheckName, Finding>();
  let stopped = "not tried, as what it needs is not there";
  const put: Findings["put"] = (name, verdict, found) => {
    if (made.has(name)) throw new TypeError(`${name} was checked before`);
    made.set(name, { verdict, found });
  };
  return {
    put,
    async make(name, work) {
      try {
        const { verdict, found } = await work();
        put(name, verdict, found);
      } catch (error) {
        if (!(error instanceof GitHubError)) throw error;
        put(name, "unknown", error.message);
      }
    },
    verdict: (name) => made.get(name)?.verdict,
    stop(why) {
      stopped = `not tried: ${why}`;
    },
    all: () =>
      (Object.keys(CHECKS) as CheckName[]).map((name) => ({
        name,
        ...(made.get(name) ?? { verdict: "unknown", found: stopped }),
      })),
  };
}

export const ok = (found: string): Finding => ({ verdict: "ok", found });
export const wrong = (found: string): Finding => ({ verdict: "wrong", found });
export const unknown = (found: string): Finding => ({ verdict: "unknown", found });

/** Of a request that must be taken. A limit or a token that ended says nothing about what was asked. */
export function verdictOf(end: Outcome<unknown>): Verdict {
  switch (end.kind) {
    case "applied":
      return "ok";
    case "refused":
      return end.reason === "rate-limited" || end.reason === "unauthorized" ? "unknown" : "wrong";
    case "unknown":
      return "unknown";
  }
}

/** GitHub's answer to a request that changes something, in one line. */
export function answerOf(end: Outcome<unknown>): string {
  switch (end.kind) {
    case "applied":
      return `GitHub answered ${end.status}`;
    case "refused":
      return `GitHub answered ${end.status} ${end.message}`;
    case "unknown":
      return `no clear answer: ${end.message}`;
  }
}
