/** `POST /cairn/token`: what is asked and answered. Tokens and id tokens reach no log. */
import type { OpenEdge } from "../core/chain.ts";
import { EXCHANGE_REFUSALS, type ExchangeCode } from "../core/refusals.ts";
import { GitHubError, type OidcClaims, OidcError } from "../github/index.ts";
import { ExchangeRefusal, PURPOSES, type Purpose, type TokenPermissions } from "./exchange.ts";

export interface ExchangeAnswer {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly appId: number;
  readonly botId: number;
  readonly botLogin: string;
  readonly namespace: string;
  /** For the one other repository in which the intent names an issue to be opened. None where the app may not there. */
  readonly there?: { readonly token: string };
}

export interface ExchangeDesk {
  verify(idToken: string): Promise<OidcClaims>;
  /** Everything after the token's own claims: installation, run, chain. Throws `ExchangeRefusal`. */
  admit(claims: OidcClaims, issue: number, purpose: Purpose): Promise<OpenEdge>;
  issueToken(claims: OidcClaims, purpose: Purpose, open: OpenEdge): Promise<ExchangeAnswer>;
  log(line: { readonly level: "info" | "warn" | "error"; readonly message: string }): void;
}

export type { TokenPermissions };

export interface ExchangeRequest {
  readonly method: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** More than anybody who means well sends. */
export const MOST_BYTES = 4_096;

/** As JSON. */
export interface ExchangeResponse {
  readonly status: number;
  readonly body: unknown;
}

/** Never rejects. */
export async function exchange(desk: ExchangeDesk, request: ExchangeRequest): Promise<ExchangeResponse> {
  try {
    return await serve(desk, request);
  } catch (error) {
    return failure(desk, error);
  }
}

async function serve(desk: ExchangeDesk, request: ExchangeRequest): Promise<ExchangeResponse> {
  if (request.method !== "POST") throw new ExchangeRefusal("bad-request", "POST it", 405);
  if (request.body.length > MOST_BYTES) {
    throw new ExchangeRefusal("bad-request", "the body is too large", 413);
  }
  const { issue, purpose } = readBody(request.body);
  const idToken = /^Bearer (\S+)$/i.exec(request.authorization ?? "")?.[1];
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

function failure(desk: ExchangeDesk, error: unknown): ExchangeResponse {
  if (error instanceof ExchangeRefusal) {
    desk.log({ level: "warn", message: `no token: ${error.code}: ${error.message}` });
    return refused(error.status, error.code, error.message, error.retryAfter);
  }
  if (error instanceof OidcError) {
    desk.log({ level: "warn", message: `no token: ${error.message}` });
    return refused(401, "bad-token", error.message);
  }
  // I9: a job that waits for a limit to end is not lost.
  if (error instanceof GitHubError && error.kind === "rate-limited") {
    return refused(503, "limited", "a limit of GitHub's has not ended", error.retryAfter);
  }
  const message = error instanceof Error ? error.message : String(error);
  desk.log({ level: "error", message: `exchange failed: ${message}` });
  return refused(503, "unavailable", "try again");
}

function refused(status: number, code: ExchangeCode, message: string, retryAfter?: number): ExchangeResponse {
  const later = retryAfter === undefined ? {} : { retryAfter };
  return { status, body: { error: { code, message, next: EXCHANGE_REFUSALS[code].next, ...later } } };
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
