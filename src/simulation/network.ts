/** The network between processes, the sandbox and the app: every request takes time, and may meet a process's end. */
import type { ExchangeRequest, ExchangeResponse } from "../app/exchange-answer.ts";
import type { SandboxRequest, SandboxResponse } from "../sandbox/api/http.ts";
import { answerOf, noAnswer } from "./answer.ts";
import type { Chance } from "./chance.ts";
import type { Clockwork } from "./clockwork.ts";
import { type CrashPoint, crashPointOf } from "./crash-points.ts";
import type { SimulatedFaults } from "./faults.ts";
import { APP_URL } from "./places.ts";
import type { Act, Outcome, Plan } from "./plan.ts";
import type { Process } from "./process.ts";
import { nameOf, type RequestName } from "./requests.ts";
import type { Telling } from "./telling.ts";
import { youngHidden } from "./young.ts";

export interface NetworkOptions {
  readonly clockwork: Clockwork;
  readonly chance: Chance;
  readonly faults: SimulatedFaults;
  readonly telling: Telling;
  readonly handle: (request: SandboxRequest) => Promise<SandboxResponse>;
  /** The app, whichever of its replicas answers; `undefined`: none lives. */
  readonly app: () => ((request: ExchangeRequest) => Promise<ExchangeResponse>) | undefined;
  /** Whether the process is lost here, and if so, that it is. */
  readonly crashes: (process: Process, point: CrashPoint, planned: Outcome | undefined) => boolean;
  readonly hides: () => boolean;
  /** Somebody reads on, from one page of an issue's comments to the next. */
  readonly turnsPage: (issue: number) => Promise<unknown> | undefined;
  /** A person does this now. */
  readonly act: (act: Act) => void;
  /** What is planned for a request, by its number. */
  readonly plan: Plan | undefined;
}

export interface Network {
  fetchOf(process: Process): typeof fetch;
  readonly requests: number;
  /** Of all requests, in their order: who sent what. */
  readonly names: readonly string[];
}

const LATER_PAGE = /\/issues\/(\d+)\/comments\?.*\bpage=(?!1\b)\d+$/;

export function createNetwork(options: NetworkOptions): Network {
  const { clockwork, chance, faults, telling, crashes } = options;
  let requests = 0;
  const names: string[] = [];
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clockwork.schedule(ms, resolve);
    });

  async function carry(process: Process, url: string, init: RequestInit): Promise<Response> {
    const { origin, pathname, search } = new URL(url);
    const method = init.method ?? "GET";
    const body = String(init.body ?? "");
    const name = nameOf(method, pathname, body);
    requests += 1;
    const planned = options.plan?.request === requests ? options.plan.outcome : undefined;
    names.push(`${process.kind}:${name}`);
    if (planned?.kind === "act") {
      options.act(planned.act);
      if (planned.sleep !== undefined) process.pauseUntil(clockwork.now() + planned.sleep);
      await process.awake();
    }
    const before = crashPointOf(process.kind, "before", name);
    if (before && crashes(process, before, planned))
      return process.awake().then(() => Promise.reject(noAnswer()));
    await wait(chance.integer(5, 60));
    const page = LATER_PAGE.exec(`${pathname}${search}`);
    if (page && name === "read") await options.turnsPage(Number(page[1]));
    const headers = headersOf(init.headers);
    const arrivedAt = clockwork.now();
    const response =
      origin === APP_URL
        ? await exchanged({ method, authorization: headers.authorization, body })
        : await served(process, name, planned, {
            method,
            url: `${pathname}${search}`,
            headers,
            body: Buffer.from(body),
          });
    telling.request(process, method, `${pathname}${search}`, response, name, arrivedAt);
    const after = crashPointOf(process.kind, "after", name);
    if (after && crashes(process, after, planned)) await process.awake();
    await wait(chance.integer(5, 60));
    if (response.cut === "reset") throw noAnswer();
    return answerOf(url, response);
  }

  async function served(
    process: Process,
    name: RequestName,
    planned: Outcome | undefined,
    request: SandboxRequest,
  ): Promise<SandboxResponse> {
    // Whoever is asked what goes wrong is asked before anything is awaited.
    faults.sender = { process, name };
    faults.planned = planned && planned.kind !== "crash" && planned.kind !== "act" ? planned : undefined;
    const answered = options.handle(request);
    faults.sender = undefined;
    faults.planned = undefined;
    // Somebody starts everything twice: two workers for each piece of work.
    if (options.plan?.twice && name === "dispatch") await options.handle(request);
    if (name !== "read") return answered;
    return answered.then((response) => (options.hides() ? youngHidden(response, clockwork.now()) : response));
  }

  async function exchanged(request: ExchangeRequest): Promise<SandboxResponse> {
    const app = options.app();
    const nobody: SandboxResponse = { status: 503, headers: {}, body: Buffer.from("{}") };
    if (!app) return nobody;
    const { status, body } = await app(request);
    return {
      status,
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(body)),
    };
  }

  return {
    names,
    get requests() {
      return requests;
    },
    fetchOf: (process) => (input, init) =>
      new Promise<Response>((resolve, reject) => {
        const signal = init?.signal;
        const abort = (): void => reject(signal?.reason as Error);
        if (signal?.aborted) return abort();
        signal?.addEventListener("abort", abort, { once: true });
        const settled = (end: () => void) => () => {
          signal?.removeEventListener("abort", abort);
          // A process that sleeps reads its answer when it wakes; one that is dead never does.
          void process.awake().then(end);
        };
        void process
          .awake()
          .then(() => carry(process, String(input), init ?? {}))
          .then(
            (response) => settled(() => resolve(response))(),
            (error: Error) => settled(() => reject(error))(),
          );
      }),
  };
}

function headersOf(init: RequestInit["headers"]): Record<string, string> {
  const entries = init instanceof Headers ? [...init] : Object.entries(init ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}
