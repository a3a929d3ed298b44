/** An answer as `fetch` gives it, as far as its readers look: made by the hundred thousand, so it does no more. */
import type { SandboxResponse } from "../sandbox/api/http.ts";

export function answerOf(url: string, response: SandboxResponse): Response {
  const { status, body, cut } = response;
  const content = cut === "half" ? body.subarray(0, Math.floor(body.length / 2)) : body;
  const entries = Object.entries(response.headers).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    String(value),
  ]);
  const text = (): string => content.toString("utf8");
  const answer = {
    url,
    status,
    ok: status >= 200 && status < 300,
    statusText: "",
    headers: new Map(entries),
    text: async () => text(),
    json: async () => JSON.parse(text()) as unknown,
    arrayBuffer: async () =>
      content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength),
  };
  return answer as unknown as Response;
}

/** A network failure as Node's `fetch` says it. */
export const noAnswer = (): TypeError =>
  new TypeError("fetch failed", {
    cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
  });
