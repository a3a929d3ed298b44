/** Requests and answers of the sandbox, apart from any server: a simulation hands them over in process. */

export interface SandboxRequest {
  readonly method: string;
  /** Path and query, as asked. */
  readonly url: string;
  /** Lower case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface SandboxResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** What a fault does to the connection: `reset` sends nothing, `half` sends half of the body and says that it is whole. */
  readonly cut?: "reset" | "half";
}

/** Reading of a query out of a request's url. */
export function splitUrl(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const at = url.indexOf("?");
  if (at < 0) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

/** An answer in JSON, without GitHub's own headers: for the control side. */
export function jsonResponse(status: number, body: unknown): SandboxResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: Buffer.from(body === undefined ? "" : `${JSON.stringify(body, null, 2)}\n`),
  };
}
