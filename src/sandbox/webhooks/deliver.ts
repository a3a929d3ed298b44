/** Sending of webhooks: signed, in the order of the events, never sent again by itself. */
import { createHmac, randomUUID } from "node:crypto";
import type { SandboxClock } from "../clock.ts";
import type { Faults } from "../control/faults.ts";
import { nextId } from "../world/ids.ts";
import type { App, World } from "../world/state.ts";

/** Milliseconds after which GitHub gives up on an answer. */
const ANSWER_TIMEOUT_MS = 10_000;

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly deliveredAt: number;
  readonly redelivery: boolean;
  readonly event: string;
  readonly action: string | null;
  readonly appId: number;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds; `null` while it is on its way. */
  duration: number | null;
  /** 0: no answer. */
  statusCode: number | null;
  outcome: string | null;
}

/**
 * Takes a delivery to its address and returns the status of the answer. Throws where there is none, and when `end` is
 * aborted: the time for an answer is over, or the sandbox stops.
 */
export type Transport = (delivery: Delivery, end: AbortSignal) => Promise<number>;

export interface Deliverer {
  readonly deliveries: readonly Delivery[];
  send(app: App, event: Omit<Parameters<typeof headersFor>[1], "guid"> & { readonly body: string }): void;
  /** Sends one again, under the same GUID. `false`: no such delivery of this app. */
  redeliver(appId: number, id: number): boolean;
  /** Deliveries under way or held back. */
  pending(): number;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Gives up on what is under way, and sends no more. */
  stop(): void;
}

interface Sent {
  readonly event: string;
  readonly action: string | undefined;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly guid: string;
}

function headersFor(app: App, sent: Sent, body: string): Record<string, string> {
  return {
    accept: "*/*",
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/5b1c2d3",
    "x-github-delivery": sent.guid,
    "x-github-event": sent.event,
    "x-github-hook-id": String(app.id + 400_000_000),
    "x-github-hook-installation-target-id": String(app.id),
    "x-github-hook-installation-target-type": "integration",
    "x-hub-signature": `sha1=${createHmac("sha1", app.webhookSecret).update(body).digest("hex")}`,
    "x-hub-signature-256": `sha256=${createHmac("sha256", app.webhookSecret).update(body).digest("hex")}`,
  };
}

/** Sends by HTTP. */
export const overHttp: Transport = async (delivery, signal) => {
  const { url, headers, body } = delivery;
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers },
    body,
    signal,
    redirect: "manual",
  });
  await response.arrayBuffer();
  return response.status;
};

/** A deliverer. Deliveries start in the order of `send`, and do not wait for one another's answers. */
export function createDeliverer(
  world: World,
  clock: SandboxClock,
  faults: Faults,
  transport: Transport,
): Deliverer {
  const deliveries: Delivery[] = [];
  const waiting: (() => void)[] = [];
  const stopping = new AbortController();
  let pending = 0;
  let last: Promise<void> = Promise.resolve();

  function begin(): void {
    pending += 1;
  }
  function end(): void {
    pending -= 1;
    if (pending === 0) for (const wake of waiting.splice(0)) wake();
  }
  async function attempt(delivery: Delivery): Promise<void> {
    const startedAt = clock.now();
    const deadline = AbortSignal.any([clock.timeout(ANSWER_TIMEOUT_MS), stopping.signal]);
    try {
      delivery.statusCode = await transport(delivery, deadline);
      delivery.outcome = delivery.statusCode < 400 ? "OK" : "Invalid HTTP Response";
    } catch (error) {
      // GitHub notes it and goes on; a lost webhook is a normal thing that receivers must live with.
      delivery.statusCode = 0;
      delivery.outcome =
        error instanceof Error && error.name === "TimeoutError" ? "timed out" : "failed to connect to host";
    } finally {
      delivery.duration = clock.now() - startedAt;
      end();
    }
  }
  function start(delivery: Delivery): void {
    begin();
    deliveries.push(delivery);
    // One turn of the event loop between starts: sockets are opened in the order of the events.
    last = last
      .then(() => new Promise((resolve) => setImmediate(resolve)))
      .then(() => void attempt(delivery));
  }
  function later(delayMs: number, delivery: Delivery): void {
    begin();
    clock.schedule(delayMs, () => {
      start(delivery);
      end();
    });
  }
  return {
    deliveries,
    send(app, { body, ...event }) {
      if (app.webhookUrl === null || stopping.signal.aborted) return;
      const sent: Sent = { ...event, guid: randomUUID() };
      const make = (): Delivery => ({
        id: nextId(world, "delivery"),
        guid: sent.guid,
        deliveredAt: clock.now(),
        redelivery: false,
        event: sent.event,
        action: sent.action ?? null,
        appId: app.id,
        installationId: sent.installationId,
        repositoryId: sent.repositoryId,
        url: app.webhookUrl ?? "",
        headers: headersFor(app, sent, body),
        body,
        duration: null,
        statusCode: null,
        outcome: null,
      });
      const fault = faults.meetDelivery(sent.event, sent.action);
      switch (fault?.mode) {
        case "drop":
          return;
        case "delay":
          return later(fault.delayMs ?? 0, make());
        case "double":
          start(make());
          return start(make());
        case undefined:
          return start(make());
      }
    },
    redeliver(appId, id) {
      const old = deliveries.find((delivery) => delivery.id === id && delivery.appId === appId);
      if (!old) return false;
      const fresh = { id: nextId(world, "delivery"), deliveredAt: clock.now(), redelivery: true };
      start({ ...old, ...fresh, duration: null, statusCode: null, outcome: null });
      return true;
    },
    pending: () => pending,
    stop: () => stopping.abort(),
    idle: () => (pending === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
