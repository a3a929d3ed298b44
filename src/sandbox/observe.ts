/**
 * What goes in and out of every sandbox of this process, told on channels of `node:diagnostics_channel`: for tools
 * that look on. Nobody listens in ordinary use, and then nothing is made for them.
 */
import { channel } from "node:diagnostics_channel";
import type { SandboxRequest, SandboxResponse } from "./api/http.ts";
import type { Route } from "./api/router.ts";

/** A request that a route answered. */
export interface Exchange {
  readonly route: Pick<Route, "method" | "template">;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly request: SandboxRequest;
  readonly response: SandboxResponse;
  /** Kind of the fault that met it. */
  readonly fault?: string;
}

/** An event, with the payload that the first of its listeners gets; they differ in `installation` alone. */
export interface Emitted {
  readonly event: string;
  readonly action: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
}

export const EXCHANGE_CHANNEL = "cairn:sandbox:exchange";
export const EVENT_CHANNEL = "cairn:sandbox:event";

const exchanges = channel(EXCHANGE_CHANNEL);
const events = channel(EVENT_CHANNEL);

export function tellExchange(exchange: Exchange): void {
  exchanges.publish(exchange);
}

export function tellEvent(emitted: Emitted): void {
  events.publish(emitted);
}
