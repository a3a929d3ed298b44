/** Lists in which what is young is not there yet, whatever its id: ids need not become visible in order. */
import type { SandboxResponse } from "../sandbox/api/http.ts";

/** Milliseconds for which something may be left out: well inside the quiet period. */
const YOUNG = 20_000;

/** The same answer without the last thing in it that is younger than that. GitHub names another list by another `etag`. */
export function youngHidden(response: SandboxResponse, now: number): SandboxResponse {
  if (response.status !== 200 || response.body[0] !== 0x5b) return response;
  const items = JSON.parse(response.body.toString("utf8")) as readonly { readonly created_at?: string }[];
  const at = items.findLastIndex(({ created_at }) => created_at && now - Date.parse(created_at) < YOUNG);
  if (at < 0) return response;
  const { etag: _, ...headers } = response.headers;
  return { ...response, headers, body: Buffer.from(JSON.stringify(items.toSpliced(at, 1))) };
}
