/** The app's process as the world sees it: messages to it and from it, at the world's times. */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { ExchangeRequest, ExchangeResponse } from "../../src/app/exchange-answer.ts";
import type { Clockwork } from "../../src/simulation/clockwork.ts";
import type { Arrival, Measured, Order, Report, Sent, Start, Turned } from "./protocol.ts";

export interface RemoteAppOptions {
  readonly clockwork: Clockwork;
  /** The network that the app's process has. */
  readonly fetch: typeof fetch;
  readonly say: (what: string) => void;
  readonly start: Omit<Start, "kind">;
}

export interface RemoteApp {
  deliver(delivery: { readonly event: string; readonly body: string }): void;
  exchange(request: ExchangeRequest): Promise<ExchangeResponse>;
  /** Lets the world's time and the app's pass together until `at`, or until `stop` says so. Throws when the app is gone. */
  passUntil(at: number, stop?: () => boolean): Promise<void>;
  /** Milliseconds in which nothing happens in the app by itself. */
  readonly quietFor: number;
  measure(): Promise<Measured>;
  stop(): Promise<void>;
}

export async function startRemoteApp({ clockwork, fetch, say, start }: RemoteAppOptions): Promise<RemoteApp> {
  const child = fork(new URL("./app-process.ts", import.meta.url), {
    execArgv: ["--expose-gc"],
  });
  let asked: PromiseWithResolvers<Report> | undefined;
  child.on("message", (report: Report) => asked?.resolve(report));
  child.on("exit", (code, signal) => {
    asked?.reject(new Error(`the app's process has ended: ${code ?? signal}`));
  });
  const answered = (): Promise<Report> => {
    asked = Promise.withResolvers();
    return asked.promise;
  };
  // It says when it is ready.
  await answered();

  let arrivals: Arrival[] = [];
  let dueAt = Number.POSITIVE_INFINITY;
  let exchanges = 0;
  const exchanging = new Map<number, (response: ExchangeResponse) => void>();

  async function tell(order: Order): Promise<Report> {
    const answer = answered();
    child.send(order);
    return answer;
  }

  async function turn(order: Order): Promise<void> {
    const report = (await tell(order)) as Turned;
    dueAt = report.dueAt ?? Number.POSITIVE_INFINITY;
    for (const sent of report.sent) take(sent);
  }

  function take(sent: Sent): void {
    switch (sent.kind) {
      case "log":
        say(sent.message);
        break;
      case "exchanged":
        exchanging.get(sent.id)?.(sent.response);
        exchanging.delete(sent.id);
        break;
      case "request":
        void carry(sent);
        break;
    }
  }

  async function carry({
    id,
    url,
    method,
    headers,
    body,
  }: Extract<Sent, { kind: "request" }>): Promise<void> {
    const init = { method, headers, ...(body === "" ? {} : { body }) };
    try {
      const response = await fetch(url, init);
      const answer = {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      };
      arrivals.push({ kind: "answer", id, answer });
    } catch {
      arrivals.push({ kind: "no-answer", id });
    }
  }

  await turn({ kind: "start", now: clockwork.now(), ...start });
  return {
    deliver({ event, body }) {
      arrivals.push({
        kind: "delivery",
        name: event,
        payload: JSON.parse(body) as Record<string, unknown>,
      });
    },
    exchange: (request) =>
      new Promise((resolve) => {
        exchanges += 1;
        exchanging.set(exchanges, resolve);
        arrivals.push({ kind: "exchange", id: exchanges, request });
      }),
    async passUntil(at, stop = () => false) {
      while (!stop()) {
        await clockwork.passUntil(Math.min(at, dueAt), () => arrivals.length > 0 || stop());
        const now = clockwork.now();
        if (arrivals.length > 0 || now >= dueAt) {
          const reaching = arrivals;
          arrivals = [];
          await turn({ kind: "turn", now, arrivals: reaching });
        } else if (now >= at) return;
      }
    },
    get quietFor() {
      return dueAt - clockwork.now();
    },
    measure: async () => (await tell({ kind: "measure", now: clockwork.now() })) as Measured,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
