/**
 * What passes between the world and the process of the app. The world owns the time: it sends what reaches the app, and
 * when; the app lets its own time pass until then, does what there is to do, and answers with what it sends itself.
 */

import type { ExchangeRequest, ExchangeResponse } from "../../src/app/exchange-answer.ts";
import type { AppSettings } from "../../src/app/settings.ts";
import type { Delivery } from "../../src/app/target.ts";

/** What the process keeps for nothing, for each issue that is opened: so that a test shows that it is noticed. */
export interface Leak {
  readonly bytes: number;
  readonly timers: number;
}

export interface Start {
  readonly kind: "start";
  readonly settings: AppSettings;
  /** Of id tokens, in hex. */
  readonly idTokenKey: string;
  readonly leak: Leak;
}

/** What reaches the app. */
export type Arrival =
  | ({ readonly kind: "delivery" } & Delivery)
  | { readonly kind: "exchange"; readonly id: number; readonly request: ExchangeRequest }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "no-answer"; readonly id: number };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the app sends. */
export type Sent =
  | {
      readonly kind: "request";
      readonly id: number;
      readonly url: string;
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: "exchanged"; readonly id: number; readonly response: ExchangeResponse }
  | { readonly kind: "log"; readonly message: string };

export type Order = (
  | Start
  | { readonly kind: "turn"; readonly arrivals: readonly Arrival[] }
  | { readonly kind: "measure" }
) & {
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export interface Turned {
  readonly kind: "turned";
  readonly sent: readonly Sent[];
  /** When the app's next timer is due; `null`: none waits. */
  readonly dueAt: number | null;
}

/** What the app's process has, after garbage was collected. Bytes. */
export interface Measured {
  readonly kind: "measured";
  readonly heap: number;
  /** Outside of the heap, buffers included. */
  readonly external: number;
  readonly resident: number;
  /** Of the app, on virtual time. */
  readonly timers: number;
  /** Requests that have no answer yet. */
  readonly requests: number;
  /** Node's own, by name: this process has no more than its channel to the world. */
  readonly resources: Readonly<Record<string, number>>;
}

export type Report = Turned | Measured;
