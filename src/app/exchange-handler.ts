/** The exchange over HTTP. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ExchangeRequest, type ExchangeResponse, MOST_BYTES } from "./exchange-answer.ts";

export const EXCHANGE_PATH = "/cairn/token";

/** A handler for the app's server: `true` where the request was the exchange's. `answer` never rejects. */
export function exchangeHandler(answer: (request: ExchangeRequest) => Promise<ExchangeResponse>) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (request.url?.split("?")[0] !== EXCHANGE_PATH) return false;
    const { method = "", headers } = request;
    const end = await answer({ method, authorization: headers.authorization, body: await bodyOf(request) });
    response.writeHead(end.status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(end.body));
    return true;
  };
}

/** No more of it than shows that it is too large. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}
