/** The sandbox behind node's HTTP server. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { SandboxRequest, SandboxResponse } from "./api/http.ts";
import type { GitHttpHandler } from "./git/http.ts";

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly handle: (request: SandboxRequest) => Promise<SandboxResponse>;
  readonly git: GitHttpHandler;
  readonly onError: (error: unknown) => void;
}

export interface RunningServer {
  readonly port: number;
  /** Ends open connections too; resolves once the last handler has let go of what it works on. */
  close(): Promise<void>;
}

/** Milliseconds. */
const LONGEST_GOODBYE = 2_000;

/** Starts to listen. Rejects when the port is taken. */
export async function listen(options: ServerOptions): Promise<RunningServer> {
  const serving = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const served = serve(options, request, response)
      .catch((error: unknown) => {
        options.onError(error);
        response.destroy();
      })
      .finally(() => serving.delete(served));
    serving.add(served);
  });
  // A client that keeps its connection would meet a reset when it sends into one that has just been closed.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server listens on no port");
  return {
    port: address.port,
    async close() {
      await close(server);
      // Their clients are gone, and they read on. One that was told to hang waits for a clock that stands.
      const enough = new AbortController();
      const bound = setTimeout(LONGEST_GOODBYE, undefined, { signal: enough.signal }).catch(() => undefined);
      await Promise.race([Promise.all(serving), bound]);
      enough.abort();
    },
  };
}

function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}

async function serve(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (await options.git(request, response)) return;
  const body = await read(request);
  if (body === undefined) return;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
  const answer = await options.handle({
    method: request.method ?? "GET",
    url: request.url ?? "/",
    headers,
    body,
  });
  send(request, response, answer);
}

/** `undefined`: the client went away before all of it had come. */
async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch (error) {
    if (!request.complete) return undefined;
    throw error;
  }
  return Buffer.concat(chunks);
}

function send(request: IncomingMessage, response: ServerResponse, answer: SandboxResponse): void {
  if (answer.cut === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  const body =
    answer.cut === "half" ? answer.body.subarray(0, Math.floor(answer.body.length / 2)) : answer.body;
  const empty = answer.status === 204 || answer.status === 304;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(empty ? {} : { "content-length": body.length }),
  });
  response.end(empty ? undefined : body);
}
