/** `POST /cairn/token`: the exchange over HTTP. Answers JSON; tokens and id tokens reach no log. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { OpenEdge } from "../core/chain.ts";
import { type OidcClaims, OidcError } from "../github/index.ts";
import { ExchangeRefusal, PURPOSES, type Purpose, type TokenPermissions } from "./exchange.ts";

export const EXCHANGE_PATH = "/cairn/token";

export interface ExchangeAnswer {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly appId: number;
  readonly botId: number;
  readonly botLogin: string;
  readonly namespace: string;
}

export interface ExchangeDesk {
  verify(idToken: string): Promise<OidcClaims>;
  /** Everything after the token's own claims: installation, run, chain. Throws `ExchangeRefusal`. */
  admit(claims: OidcClaims, issue: number, purpose: Purpose): Promise<OpenEdge>;
  issueToken(claims: OidcClaims, purpose: Purpose, open: OpenEdge): Promise<ExchangeAnswer>;
  log(line: { readonly level: "info" | "warn" | "error"; readonly message: string }): void;
}

export type { TokenPermissions };

/** A handler for the app's server: `true` where the request was the exchange's. */
export function exchangeHandler(desk: ExchangeDesk) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (request.url?.split("?")[0] !== EXCHANGE_PATH) return false;
    const answer = await serve(desk, request).catch((error: unknown) => failure(desk, error));
    response.writeHead(answer.status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(answer.body));
    return true;
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function serve(desk: ExchangeDesk, request: IncomingMessage): Promise<Answer> {
  if (request.method !== "POST") throw new ExchangeRefusal("bad-request", "POST it", 405);
  const { issue, purpose } = readBody(await bodyOf(request));
  const idToken = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (!idToken)
    throw new ExchangeRefusal("bad-token", "the id token belongs into the authorization header", 401);
  const claims = await desk.verify(idToken);
  const open = await desk.admit(claims, issue, purpose);
  const answer = await desk.issueToken(claims, purpose, open);
  desk.log({
    level: "info",
    message: `token for ${purpose} of issue ${issue}, run ${claims.runId}/${claims.runAttempt}`,
  });
  return { status: 200, body: answer };
}

function failure(desk: ExchangeDesk, error: unknown): Answer {
  if (error instanceof ExchangeRefusal) {
    desk.log({ level: "warn", message: `no token: ${error.code}: ${error.message}` });
    return { status: error.status, body: { error: { code: error.code, message: error.message } } };
  }
  if (error instanceof OidcError) {
    desk.log({ level: "warn", message: `no token: ${error.message}` });
    return { status: 401, body: { error: { code: "bad-token", message: error.message } } };
  }
  const message = error instanceof Error ? error.message : String(error);
  desk.log({ level: "error", message: `exchange failed: ${message}` });
  return { status: 503, body: { error: { code: "unavailable", message: "try again" } } };
}

const MOST_BYTES = 4_096;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new ExchangeRefusal("bad-request", "the body is too large", 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function readBody(text: string): { readonly issue: number; readonly purpose: Purpose } {
  const refuse = (): never => {
    throw new ExchangeRefusal(
      "bad-request",
      'the body must be {"issue": number, "purpose": "gate" | "effect" | "conclude"}',
      400,
    );
  };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return refuse();
    throw error;
  }
  const { issue, purpose } = (body ?? {}) as { issue?: unknown; purpose?: unknown };
  const known = PURPOSES.find((one) => one === purpose);
  if (!known || !Number.isInteger(issue) || (issue as number) < 1) return refuse();
  return { issue: issue as number, purpose: known };
}
