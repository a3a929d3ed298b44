/** From the `Authorization` header to an actor. */
import { createPublicKey, verify } from "node:crypto";
import { ApiError } from "../api/errors.ts";
import type { Actor } from "../world/actor.ts";
import { findApp } from "../world/find.ts";
import type { App, Token, World } from "../world/state.ts";

/** Id of the app that acts for jobs, the same as on github.com. */
export const ACTIONS_APP_ID = 15_368;

/** Longest time that an App's token may still have before it. */
const LONGEST_JWT_SECONDS = 600;
/** Clocks differ: an `iat` this far ahead is taken. */
const CLOCK_DRIFT_SECONDS = 60;

/**
 * The sender of a request. 401 `Bad credentials` for unknown, revoked and expired tokens, and GitHub's own words for JWTs.
 * `now` in milliseconds.
 */
export function authenticate(world: World, authorization: string | undefined, now: number): Actor {
  const credentials = credentialsOf(authorization);
  if (credentials === undefined) return { kind: "anonymous" };
  if (credentials.split(".").length === 3) return authenticateApp(world, credentials, now);
  const token = world.tokens.get(credentials);
  if (!token || (token.kind !== "user" && token.expiresAt <= now)) throw badCredentials();
  return actorOf(world, token);
}

/** The secret in a header `Bearer`, `token` or `Basic` (its password, as git sends it). */
export function credentialsOf(authorization: string | undefined): string | undefined {
  const match = /^(bearer|token|basic)\s+(\S+)\s*$/i.exec(authorization ?? "");
  if (!match) {
    if (authorization) throw badCredentials();
    return undefined;
  }
  if (match[1]!.toLowerCase() !== "basic") return match[2]!;
  const pair = Buffer.from(match[2]!, "base64").toString("utf8");
  return pair.slice(pair.indexOf(":") + 1) || pair.slice(0, Math.max(0, pair.indexOf(":")));
}

const badCredentials = (): ApiError => new ApiError(401, "Bad credentials");

function actorOf(world: World, token: Token): Actor {
  switch (token.kind) {
    case "user":
      return { kind: "user", userId: token.userId };
    case "installation": {
      const installation = world.installations.get(token.installationId);
      if (!installation) throw badCredentials();
      if (installation.suspendedAt !== null) throw new ApiError(403, "This installation has been suspended");
      const { permissions, repositoryIds, installationId } = token;
      const app = findApp(world, installation.appId);
      const common = { appId: app.id, userId: app.botId, installationId, permissions, repositoryIds };
      return { kind: "installation", ...common, token: token.token };
    }
    case "job": {
      const { repositoryId, permissions, runId, jobId } = token;
      const userId = findApp(world, ACTIONS_APP_ID).botId;
      return { kind: "job", appId: ACTIONS_APP_ID, userId, repositoryId, permissions, runId, jobId };
    }
  }
}

const undecodable = (): ApiError => new ApiError(401, "A JSON web token could not be decoded");

function authenticateApp(world: World, jwt: string, now: number): Actor {
  const [header, payload] = jwt.split(".") as [string, string];
  const head = decodePart(header);
  const claims = decodePart(payload);
  if (head.alg !== "RS256") throw undecodable();
  const app = appByIssuer(world, claims.iss);
  if (!app || app.publicKey === "") throw new ApiError(404, "Integration not found");
  if (!isSignedBy(app, jwt)) throw undecodable();
  checkTimes(claims, now / 1000);
  return { kind: "app", appId: app.id, userId: app.botId };
}

/** The signed token of each App that came last: it is sent for minutes, and signatures are slow to check. */
const lastSigned = new WeakMap<App, string>();

function isSignedBy(app: App, jwt: string): boolean {
  if (lastSigned.get(app) === jwt) return true;
  const [header, payload, signature = ""] = jwt.split(".");
  const content = Buffer.from(`${header}.${payload}`);
  const key = createPublicKey(app.publicKey);
  const signed = verify("RSA-SHA256", content, key, Buffer.from(signature, "base64url"));
  if (signed) lastSigned.set(app, jwt);
  return signed;
}

function decodePart(part: string): Record<string, unknown> {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof decoded === "object" && decoded !== null) return decoded as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw undecodable();
}

/** `iss` is the app's id, as number or text, or its client id. */
function appByIssuer(world: World, issuer: unknown): App | undefined {
  for (const app of world.apps.values())
    if (String(app.id) === String(issuer) || app.clientId === issuer) return app;
  return undefined;
}

function checkTimes(claims: Record<string, unknown>, now: number): void {
  const { exp, iat } = claims;
  if (typeof exp !== "number" || exp <= now) {
    const words = "must be a numeric value representing the future time at which the assertion expires";
    throw new ApiError(401, `'Expiration time' claim ('exp') ${words}`);
  }
  if (exp > now + LONGEST_JWT_SECONDS + CLOCK_DRIFT_SECONDS) {
    throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (typeof iat !== "number" || !Number.isInteger(iat) || iat > now + CLOCK_DRIFT_SECONDS) {
    const words = "must be an Integer representing the time that the assertion was issued";
    throw new ApiError(401, `'Issued at' claim ('iat') ${words}`);
  }
}
