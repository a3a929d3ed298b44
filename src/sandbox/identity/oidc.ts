/** Id tokens for jobs: the part of GitHub that workflows prove themselves with (OpenID Connect). */
import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { SandboxClock } from "../clock.ts";

/** Path of the issuer below the sandbox's address. */
export const ISSUER_PATH = "/_services/token";
const LIFETIME_SECONDS = 300;
const ALGORITHM = "RS256";

export interface IdTokenIssuer {
  /** A token with these claims; issuer, times and id are added. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
  /** Answer to `path` below the sandbox's address; `undefined`: not one of the issuer's documents. */
  document(path: string): unknown;
}

/** An issuer with a key of its own. `baseUrl`: the sandbox's address, asked when it is needed. */
export async function createIdTokenIssuer(
  clock: SandboxClock,
  baseUrl: () => string,
): Promise<IdTokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { modulusLength: 2048 });
  const kid = randomUUID();
  const key = { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: "sig" };
  const issuer = (): string => `${baseUrl()}${ISSUER_PATH}`;
  return {
    sign(claims) {
      const now = Math.floor(clock.now() / 1000);
      return new SignJWT({ jti: randomUUID(), ...claims })
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: "JWT" })
        .setIssuer(issuer())
        .setIssuedAt(now)
        .setNotBefore(now - LIFETIME_SECONDS)
        .setExpirationTime(now + LIFETIME_SECONDS)
        .sign(privateKey);
    },
    document(path) {
      if (path === `${ISSUER_PATH}/.well-known/jwks`) return { keys: [key] };
      if (path !== `${ISSUER_PATH}/.well-known/openid-configuration`) return undefined;
      return {
        issuer: issuer(),
        jwks_uri: `${issuer()}/.well-known/jwks`,
        subject_types_supported: ["public", "pairwise"],
        response_types_supported: ["id_token"],
        id_token_signing_alg_values_supported: [ALGORITHM],
        scopes_supported: ["openid"],
        claims_supported: [
          "sub",
          "aud",
          "exp",
          "iat",
          "iss",
          "jti",
          "nbf",
          "ref",
          "sha",
          "repository",
          "repository_id",
          "run_id",
          "run_attempt",
          "workflow_ref",
          "job_workflow_ref",
          "job_workflow_sha",
          "event_name",
          "actor_id",
        ],
      };
    },
  };
}
