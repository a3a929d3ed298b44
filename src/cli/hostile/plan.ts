/** What goes wrong in a hostile demo, and how it is set up. */
import type { FaultRule } from "../../sandbox/control/faults.ts";
import { SAMPLE_AGENT } from "../sample.ts";

export const FAULTS = [
  "old read",
  "lost answer",
  "doubled webhook",
  "dropped webhook",
  "killed app",
  "lost runner",
] as const;

export type FaultName = (typeof FAULTS)[number];

export const HOSTILE_LAG = "list=400ms,get=150ms,count=250ms,ref=100ms";

/** The app notices by its sweep what a lost webhook did not tell it. */
export const HOSTILE_SWEEP_SECONDS = "1";

/** The sample's agent, which takes its time in the first attempt: there its runner is lost. */
export const HOSTILE_AGENT = `${SAMPLE_AGENT} && { [ "$CAIRN_ATTEMPT" -gt 1 ] || sleep 60; }`;
export const FIRST_ATTEMPT = /agent\.run:\S+a1$/;
/** First words of the sample's agent: it is at work. */
export const AGENT_SPEAKS = /^reading the issue/;

/** Milliseconds: the app's quiet period of 120 s, and a look after it. */
export const QUIET = 125_000;
/** So the app's log says that it waits for one. */
export const WAITS_FOR_QUIET = "the quiet period:";

/** A fault that the sandbox itself makes, once. */
export interface Planned {
  readonly fault: FaultName;
  readonly words: string;
  readonly rule: FaultRule;
}

const REPO = "/repos/{owner}/{repo}";

export const PLANNED: readonly Planned[] = [
  lostAnswer("moved the chain", "PATCH", "/git/refs/{ref}"),
  lostAnswer("written the intent's comment", "POST", "/issues/{issue_number}/comments"),
  lostAnswer("opened the pull request", "POST", "/pulls"),
  lostAnswer("merged the pull request", "PUT", "/pulls/{pull_number}/merge"),
  webhook("double", "issues", "labeled"),
  webhook("double", "workflow_run", "completed"),
  webhook("drop", "pull_request_review", "submitted"),
  webhook("drop", "check_suite", "completed"),
];

function lostAnswer(what: string, method: string, path: string): Planned {
  return {
    fault: "lost answer",
    words: `GitHub has ${what}; the connection is cut before it can say so`,
    rule: { method, path: `${REPO}${path}`, actor: "installation", fault: { kind: "answer-lost" } },
  };
}

function webhook(mode: "double" | "drop", event: string, action: string): Planned {
  return {
    fault: mode === "double" ? "doubled webhook" : "dropped webhook",
    words: `webhook ${event}.${action} ${mode === "double" ? "comes twice" : "never comes"}`,
    rule: { fault: { kind: "webhook", event, action, mode } },
  };
}
