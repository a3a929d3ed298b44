/** What a sandbox told (`src/sandbox/observe.ts`), as plain data: it is looked at later, maybe in another process. */
import { subscribe } from "node:diagnostics_channel";
import { type Emitted, EVENT_CHANNEL, EXCHANGE_CHANNEL, type Exchange } from "../../src/sandbox/observe.ts";

export interface ObservedExchange {
  readonly kind: "exchange";
  readonly method: string;
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly sent: string;
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly fault: string | undefined;
}

export interface ObservedEvent {
  readonly kind: "event";
  readonly event: string;
  readonly action: string | undefined;
  /** JSON */
  readonly payload: string;
}

export type Observed = ObservedExchange | ObservedEvent;

/** Hears of everything that sandboxes in this process do, from now on. */
export function observe(take: (observed: Observed) => void): void {
  subscribe(EXCHANGE_CHANNEL, (message) => take(ofExchange(message as Exchange)));
  subscribe(EVENT_CHANNEL, (message) => take(ofEvent(message as Emitted)));
}

function ofExchange({ route, params, query, request, response, fault }: Exchange): ObservedExchange {
  return {
    kind: "exchange",
    method: route.method,
    template: route.template,
    params,
    query: Object.fromEntries(query),
    sent: request.body.toString("utf8"),
    status: response.cut === "reset" ? 0 : response.status,
    type: response.headers["content-type"] ?? "",
    body: response.body.toString("utf8"),
    fault,
  };
}

function ofEvent({ event, action, payload }: Emitted): ObservedEvent {
  return { kind: "event", event, action, payload: JSON.stringify(payload) };
}
