/** Identities without slow cryptography: an id token that only its issuer can have made, and the App's own token. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { CreateJwt } from "../github/identity.ts";
import { claimsOf, OidcError, type OidcVerifier } from "../github/oidc.ts";
import type { IdTokenIssuer } from "../sandbox/identity/oidc.ts";
import type { KeyPair } from "../sandbox/setup/apps.ts";
import type { Clockwork } from "./clockwork.ts";

const LIFETIME = 300_000;

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Issuer and verifier that share a key. Claims, audience and times count as they always do. */
export function createIdentity(
  clockwork: Clockwork,
  key: Buffer,
  audience: string,
): { readonly issuer: IdTokenIssuer; readonly verifier: OidcVerifier } {
  const seal = (payload: string): string => createHmac("sha256", key).update(payload).digest("base64url");
  return {
    issuer: {
      async sign(claims) {
        const now = clockwork.now();
        const payload = encoded({ ...claims, exp: now + LIFETIME });
        return `simulated.${payload}.${seal(payload)}`;
      },
      document: () => undefined,
    },
    verifier: {
      async verify(token) {
        const [, payload = "", seen] = token.split(".");
        if (seen !== seal(payload)) throw new OidcError("signature", "not the issuer's");
        const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<
          string,
          unknown
        >;
        if (claims.aud !== audience) throw new OidcError("audience", "for somebody else");
        if (!(Number(claims.exp) > clockwork.now())) throw new OidcError("expired", "too old");
        return claimsOf(claims);
      },
    },
  };
}

interface Keys extends KeyPair {
  readonly signing: KeyObject;
}

let keys: Keys | undefined;

/** One pair for all worlds of this process, the shortest that can sign: nothing that is told depends on it. */
export function appKeys(): Keys {
  if (keys) return keys;
  const { publicKey, privateKey: signing } = generateKeyPairSync("rsa", { modulusLength: 512 });
  keys = {
    signing,
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: signing.export({ type: "pkcs8", format: "pem" }).toString(),
  };
  return keys;
}

type Jwt = Awaited<ReturnType<CreateJwt>>;

/** The App's token as GitHub wants it, signed at once. `now`: the machine's own wall clock. */
export function jwtFactory(now: () => number, key: KeyObject = appKeys().signing): CreateJwt {
  let kept: { readonly until: number; readonly ahead: number; readonly jwt: Jwt } | undefined;
  return async (appId, ahead = 0) => {
    const at = Math.floor(now() / 1_000) + ahead;
    if (kept && kept.ahead === ahead && at < kept.until) return kept.jwt;
    const content = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded({ iss: appId, iat: at - 30, exp: at + 540 })}`;
    const signature = sign("RSA-SHA256", Buffer.from(content), key).toString("base64url");
    const jwt = { jwt: `${content}.${signature}`, expiresAt: new Date((at + 540) * 1_000).toISOString() };
    kept = { until: at + 240, ahead, jwt };
    return jwt;
  };
}
