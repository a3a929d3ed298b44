/** The wire between somebody who asks and a repository in memory: it takes its time, and it loses answers. */
import type { Outcome, Refused } from "../../src/github/outcome.ts";
import type { Read } from "../../src/github/ports.ts";

/**
 * What becomes of one write: done and answered; done, or not, or late, or much later, and the answer lost; or
 * refused like this.
 */
export type Fault = "none" | "lost-applied" | "lost-unapplied" | "lost-late" | "lost-much-later" | Refused;

/** So many turns pass before something lands much later: more than whoever sent it waits for. */
const MUCH = 60;

/** Resolves when this request, or this answer, has arrived. */
export type Turn = (what: string) => Promise<void>;

export interface Wire {
  /** Of the writes to come, one after the other. */
  readonly faults: Fault[];
  /** What came, and what of it landed: `PATCH refs/cairn/12`. */
  readonly sent: string[];
  readonly landed: string[];
  send<T>(what: string, land: () => Outcome<T>): Promise<Outcome<T>>;
  ask<T>(what: string, answer: () => T | undefined): Promise<Read<T> | undefined>;
}

export function createWire(who: string, turn: Turn, faults: readonly Fault[], clock: { now: number }): Wire {
  const queue = [...faults];
  const sent: string[] = [];
  const landed: string[] = [];
  return {
    faults: queue,
    sent,
    landed,
    async send(what, land) {
      const fault = queue.shift() ?? "none";
      const name = typeof fault === "string" ? fault : fault.message;
      const unknown = {
        kind: "unknown",
        status: undefined,
        message: `the answer to ${what} is lost`,
      } as const;
      const apply = (): ReturnType<typeof land> => {
        const end = land();
        if (end.kind === "applied") landed.push(what);
        return end;
      };
      sent.push(what);
      await turn(`${who}: ${what} (${name})`);
      if (typeof fault !== "string") return fault;
      if (fault === "lost-late" || fault === "lost-much-later") {
        void after(fault === "lost-late" ? 1 : MUCH, () => turn(`${who}: ${what} is on its way`)).then(apply);
        return unknown;
      }
      const end = fault === "lost-unapplied" ? unknown : apply();
      await turn(`${who}: answer to ${what}`);
      return fault === "none" ? end : unknown;
    },
    async ask(what, answer) {
      const readAt = clock.now;
      await turn(`${who}: ${what}`);
      const value = answer();
      const serverTime = clock.now;
      await turn(`${who}: answer to ${what}`);
      return value === undefined ? undefined : { value, readAt, serverTime };
    },
  };
}

async function after(turns: number, turn: () => Promise<void>): Promise<void> {
  for (let count = 0; count < turns; count += 1) await turn();
}

export const refused = (message: string, status = 422): Refused => ({
  kind: "refused",
  status,
  reason:
    ({ 403: "forbidden", 405: "not-allowed", 409: "conflict", 422: "invalid", 429: "rate-limited" } as const)[
      status
    ] ?? "other",
  message,
  errors: [],
});

export const done = <T>(value: T): Outcome<T> => ({ kind: "applied", status: 200, value });
