/** A connection to the sandbox as the app has one, and a GitHub of a few scripted answers where the sandbox has none. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Clock,
  type Connection,
  connect,
  createGovernor,
  type ListCache,
  type Pacing,
  realClock,
} from "../../src/github/index.ts";
import type { Fixture } from "../sandbox/fixture.ts";

export interface ConnectionOptions {
  readonly clock?: Clock;
  readonly governor?: Pacing;
  readonly timeout?: number;
  readonly token?: () => Promise<string>;
  readonly invalidate?: () => void;
  readonly lists?: ListCache;
}

/** With a governor of its own, so that a limit that one test meets does not hold the next one back. */
export async function connectTo(
  place: Fixture | Scripted,
  options: ConnectionOptions = {},
): Promise<Connection> {
  const { clock = realClock } = options;
  const token = options.token || "arrived" in place ? "none" : await place.installationToken();
  return connect({
    apiUrl: place.sandbox.url,
    address: () => ({ owner: "acme", repo: "tools" }),
    governor: createGovernor({ clock }),
    token: async () => token,
    retryPause: 20,
    ...options,
    clock,
  });
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is; anything else as JSON. */
  readonly body?: unknown;
}

export interface Scripted extends AsyncDisposable {
  readonly sandbox: { readonly url: string };
  /** `METHOD path?query` of every request, in order. */
  readonly arrived: readonly string[];
}

/** `answer` is asked for each request. */
export async function scripted(
  answer: (request: IncomingMessage, url: string) => Reply | Promise<Reply>,
): Promise<Scripted> {
  const arrived: string[] = [];
  let url = "";
  const server = createServer((request, response) => {
    arrived.push(`${request.method} ${request.url}`);
    void Promise.resolve(answer(request, url)).then(({ status = 200, headers = {}, body }) => {
      response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
      response.end(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    sandbox: { url },
    arrived,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
