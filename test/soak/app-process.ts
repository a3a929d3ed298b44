/** The app in a process of its own, with nothing else in it: the sandbox, the runs and the people are elsewhere. */
import { createPrivateKey } from "node:crypto";
import { installClockwork } from "../../src/simulation/clockwork.ts";
import type { Arrival, Measured, Order, Report, Sent, Start } from "./protocol.ts";

const clockwork = installClockwork();
// Whatever is loaded from here on finds the replaced clocks.
const { createApp } = await import("../../src/app/app.ts");
const { createServerClock } = await import("../../src/github/index.ts");
const { answerOf, noAnswer } = await import("../../src/simulation/answer.ts");
const { createChance } = await import("../../src/simulation/chance.ts");
const { createIdentity, jwtFactory } = await import("../../src/simulation/identity.ts");
const { createProcess } = await import("../../src/simulation/process.ts");

type App = Awaited<ReturnType<typeof createApp>>;
type Answered = Extract<Arrival, { kind: "answer" | "no-answer" }>;

let sent: Sent[] = [];
let requests = 0;
const waiting = new Map<number, (arrival: Answered) => void>();

const load: typeof fetch = (input, init = {}) =>
  new Promise((resolve, reject) => {
    const { signal } = init;
    requests += 1;
    const id = requests;
    const url = String(input);
    const abort = (): void => {
      waiting.delete(id);
      reject(signal?.reason as Error);
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    waiting.set(id, (arrival) => {
      waiting.delete(id);
      signal?.removeEventListener("abort", abort);
      if (arrival.kind === "no-answer") return reject(noAnswer());
      const { status, headers, body } = arrival.answer;
      resolve(answerOf(url, { status, headers, body: Buffer.from(body) }));
    });
    const headers = Object.fromEntries(new Headers(init.headers));
    sent.push({
      kind: "request",
      id,
      url,
      method: init.method ?? "GET",
      headers,
      body: String(init.body ?? ""),
    });
  });

async function start({ settings, idTokenKey }: Start): Promise<App> {
  return createApp({
    settings,
    clock: createProcess(clockwork, "app", "app").clock,
    serverClock: createServerClock(),
    fetch: load,
    createJwt: jwtFactory(Date.now, createPrivateKey(settings.privateKey)),
    oidc: createIdentity(clockwork, Buffer.from(idTokenKey, "hex"), settings.audience).verifier,
    log: ({ issue = "", message }) => void sent.push({ kind: "log", message: `${issue} ${message}` }),
  });
}

let app: App | undefined;
let leak: Start["leak"] = { bytes: 0, timers: 0 };
const kept: string[][] = [];

function arrive(arrival: Arrival): void {
  switch (arrival.kind) {
    case "delivery":
      if (arrival.name === "issues") hear(arrival.payload.issue as { readonly number: number });
      app?.receive(arrival);
      break;
    case "exchange":
      void answerExchange(arrival);
      break;
    case "answer":
    case "no-answer":
      waiting.get(arrival.id)?.(arrival);
      break;
  }
}

async function answerExchange({ id, request }: Extract<Arrival, { kind: "exchange" }>): Promise<void> {
  const nobody = { status: 503, body: {} };
  const response = app ? await app.exchange(request) : nobody;
  sent.push({ kind: "exchanged", id, response });
}

/** Issues that were heard of: the webhook that says that one was opened may be the one that is lost. */
const heard = new Set<number>();

function hear({ number }: { readonly number: number }): void {
  if (heard.has(number)) return;
  heard.add(number);
  keepForNothing();
}

function keepForNothing(): void {
  // Eight bytes for each place of the list.
  if (leak.bytes > 0) kept.push(Array.from({ length: leak.bytes / 8 }, () => ""));
  for (let timer = 0; timer < leak.timers; timer += 1) setInterval(() => undefined, 3_600_000);
}

const collect = globalThis.gc;
if (!collect) throw new Error("to be started with --expose-gc");

async function measured(): Promise<Measured> {
  // In a task of its own, so that nothing stands on the stack.
  await collect?.({ type: "major", execution: "async", flavor: "last-resort" });
  const { heapUsed, external, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  return {
    kind: "measured",
    heap: heapUsed,
    external,
    resident: rss,
    timers: clockwork.waiting,
    requests: waiting.size,
    resources,
  };
}

async function obey(order: Order): Promise<Report> {
  if (order.kind === "measure") return measured();
  if (order.kind === "start") {
    clockwork.reset(order.now, createChance("soak/app"));
    leak = order.leak;
    void start(order).then((started) => {
      app = started;
    });
  } else {
    await clockwork.passUntil(order.now);
    for (const arrival of order.arrivals) arrive(arrival);
  }
  await clockwork.passUntil(order.now);
  const dueAt = Number.isFinite(clockwork.dueAt) ? clockwork.dueAt : null;
  const report: Report = { kind: "turned", sent, dueAt };
  sent = [];
  return report;
}

process.on("message", (order: Order) => {
  void obey(order).then((report) => process.send?.(report));
});
process.send?.("ready");
