/** A small world in which exactly one thing goes wrong, and what can: all of it, one after the other. */
import type { RequestFault } from "../sandbox/control/faults.ts";

export type Outcome =
  | RequestFault
  | { readonly kind: "crash"; readonly moment: "before" | "after" }
  /**
   * A person does something in just that moment: sets a label, or edits the last marker. `sleep`: milliseconds for
   * which the sender's machine stands still before it sends, so that the app is the first to move.
   */
  | { readonly kind: "act"; readonly act: Act; readonly sleep?: number };

export type Act = "hold" | "ready" | "edit";

export interface Plan {
  /** Number of the request, from 1, in the order in which processes send them; 0: none. */
  readonly request: number;
  readonly outcome: Outcome;
  /** Every start is doubled: two runs for each piece of work. */
  readonly twice?: boolean;
  /** Milliseconds after which people ask once more, for a second generation. */
  readonly again?: number;
  /** Milliseconds after which a reviewer asks for changes, once; before that nobody reviews. */
  readonly changes?: number;
  /** Milliseconds after which another change comes to the base, once; before that nobody reviews. */
  readonly moves?: number;
}

const status = (code: number, message: string): Outcome => ({ kind: "status", status: code, message });

/** What can become of a request, each with its name. */
export const OUTCOMES: Readonly<Record<string, Outcome>> = {
  "lost on its way": { kind: "request-lost" },
  "landed, answer lost": { kind: "answer-lost" },
  "lands five seconds late": { kind: "applied-late", delayMs: 5_000 },
  "lands a minute late": { kind: "applied-late", delayMs: 60_000 },
  "landed, 502": { kind: "status-after", status: 502 },
  "not landed, 503": status(503, "Service Unavailable"),
  "landed, answer cut in half": { kind: "half-body" },
  "landed, no answer for 40 s": { kind: "hang", ms: 40_000 },
  "401": status(401, "Bad credentials"),
  "403, permission": status(403, "Resource not accessible by integration"),
  "403, secondary limit": {
    kind: "status",
    status: 403,
    message: "You have exceeded a secondary rate limit.",
    headers: { "retry-after": "60" },
  },
  "404": status(404, "Not Found"),
  "409": status(409, "Conflict"),
  "410": status(410, "Gone"),
  "422": status(422, "Validation Failed"),
  "sender lost before it": { kind: "crash", moment: "before" },
  "sender lost after it": { kind: "crash", moment: "after" },
};

/** What people can do while a request is on its way, whatever it asks. */
export const ACTS: Readonly<Record<string, Outcome>> = {
  "cairn:hold is set": { kind: "act", act: "hold" },
  "cairn:hold is set, the sender sleeps": { kind: "act", act: "hold", sleep: 10_000 },
  "the entry label is set again": { kind: "act", act: "ready" },
  "the last marker is edited": { kind: "act", act: "edit" },
};
