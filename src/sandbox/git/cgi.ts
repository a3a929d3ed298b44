/** `git http-backend` as a CGI program behind a request and a response of `node:http`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, dirname } from "node:path";
import type { Readable } from "node:stream";
import type { GitRequest } from "./http-request.ts";
import { cannotStart, gitEnvironment } from "./run-git.ts";

export interface BackendJob {
  /** The bare repository. */
  readonly directory: string;
  readonly asked: GitRequest;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Readable;
  /** Bytes of the body where they are known; git reads to the end otherwise. */
  readonly length: number | undefined;
  /** Settings for this one request (`GIT_CONFIG_…`). */
  readonly environment?: Readonly<Record<string, string>>;
  /** What becomes of the process when the client goes away. A push that has begun is finished: refs must not depend on the answer. */
  readonly whenAbandoned: "finish" | "stop";
}

/**
 * Runs the backend and passes its answer on as it comes. Resolves when it has ended; the response is left open for the
 * caller to end. An exit with a failure before the first byte of the answer becomes a 500.
 */
export async function runBackend(job: BackendJob): Promise<void> {
  const child = spawn("git", ["http-backend"], { cwd: job.directory, env: environment(job) });
  const closed = once(child, "close").catch((cause) => {
    throw cannotStart(job.directory, cause);
  });
  const abandon = (): void => {
    if (job.whenAbandoned === "stop") child.kill("SIGTERM");
  };
  job.response.once("close", abandon);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-2000);
  });
  // Either side may go first; the exit code and the client's own protocol tell what became of the request.
  child.stdin.on("error", () => job.body.unpipe(child.stdin));
  job.body.on("error", () => child.stdin.destroy());
  job.body.on("close", () => child.stdin.end());
  job.body.pipe(child.stdin);

  const [held, [code]] = (await Promise.all([passOn(child.stdout, job.response), closed])) as [
    string | undefined,
    [number | null],
  ];
  job.response.off("close", abandon);
  if (held === undefined || job.response.destroyed) return;
  // git asks with an empty request whether it may push; the answer has headers only.
  if (code === 0 && held !== "") return sendHead(job.response, held);
  job.response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" });
  job.response.write(`git http-backend ended with ${code} and no answer: ${stderr.trim()}\n`);
}

function environment(job: BackendJob): Record<string, string> {
  const { headers, method } = job.request;
  const optional: Record<string, string | undefined> = {
    CONTENT_TYPE: headers["content-type"],
    CONTENT_LENGTH: job.length === undefined ? undefined : String(job.length),
    HTTP_CONTENT_ENCODING: headers["content-encoding"],
    GIT_PROTOCOL: headers["git-protocol"] as string | undefined,
  };
  const given = Object.entries(optional).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    ...gitEnvironment(),
    ...job.environment,
    ...Object.fromEntries(given),
    GIT_PROJECT_ROOT: dirname(job.directory),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${basename(job.directory)}/${job.asked.endpoint}`,
    QUERY_STRING: job.asked.query,
    REQUEST_METHOD: method ?? "GET",
    REMOTE_USER: "git",
    REMOTE_ADDR: "127.0.0.1",
  };
}

/**
 * Passes a CGI answer on: its headers with the first byte of content, which shows that they hold, then the rest.
 * Returns the headers (or nothing, `""`) if they were held back because no content came; `undefined` when they were sent.
 */
async function passOn(output: Readable, response: ServerResponse): Promise<string | undefined> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of output as AsyncIterable<Buffer>) {
    let content = chunk;
    if (head !== undefined) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0 || head.length === end + 4) continue;
      sendHead(response, head.toString("latin1", 0, end));
      content = head.subarray(end + 4);
      head = undefined;
    }
    await send(response, content);
  }
  return head?.toString("latin1").trimEnd();
}

function sendHead(response: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}

async function send(response: ServerResponse, content: Buffer): Promise<void> {
  if (response.destroyed || response.write(content)) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}
