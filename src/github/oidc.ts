/** GitHub's id tokens for workflow runs: signature, issuer, audience and times, by `jose`; then typed claims. */
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";

/** What an id token says about its run. Ids are numbers here; GitHub writes them as text. */
export interface OidcClaims {
  readonly repository: string;
  readonly repositoryId: number;
  readonly runId: number;
  readonly runAttempt: number;
  readonly workflowRef: string;
  readonly jobWorkflowRef: string;
  readonly eventName: string;
  readonly ref: string;
  readonly actorId: number;
}

/** The token does not count: which check failed. */
export class OidcError extends Error {
  override readonly name = "OidcError";
}

export interface OidcVerifier {
  /** Throws `OidcError` for a token that does not count, any other error where the keys cannot be read. */
  verify(token: string): Promise<OidcClaims>;
}

export interface OidcOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Wall clock that the token's times are checked against, ms; GitHub's own where it is known. */
  readonly now?: () => number;
  readonly fetch?: typeof fetch;
}

const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** Issuer that belongs to an API's address: GitHub's own, or that of a server of one's own. */
export function issuerOf(apiUrl: string): string {
  const { origin, hostname } = new URL(apiUrl);
  return hostname === "api.github.com" ? GITHUB_ISSUER : `${origin}/_services/token`;
}

/** The issuer's document is read once, its keys as `jose` sees fit. */
export function createOidcVerifier(options: OidcOptions): OidcVerifier {
  const load = options.fetch ?? fetch;
  let known: Promise<{ readonly issuer: string; readonly keys: JWTVerifyGetKey }> | undefined;

  async function discover(): Promise<{ readonly issuer: string; readonly keys: JWTVerifyGetKey }> {
    const response = await load(`${options.issuer}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`the issuer ${options.issuer} answers ${response.status}`);
    const { issuer, jwks_uri } = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (typeof issuer !== "string" || typeof jwks_uri !== "string" || !URL.canParse(jwks_uri)) {
      throw new Error(`the issuer ${options.issuer} describes itself in an unknown way`);
    }
    // Keys from elsewhere than the issuer itself would let somebody else sign.
    if (new URL(jwks_uri).origin !== new URL(issuer).origin)
      throw new Error("the issuer's keys are of another origin");
    return { issuer, keys: createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: 10_000 }) };
  }

  return {
    async verify(token) {
      known ??= discover();
      known.catch(() => {
        known = undefined;
      });
      const { issuer, keys } = await known;
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience: options.audience,
          algorithms: ["RS256"],
          requiredClaims: ["exp", "iat", "sub"],
          clockTolerance: 30,
          ...(options.now ? { currentDate: new Date(options.now()) } : {}),
        });
        return claimsOf(payload);
      } catch (error) {
        if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) {
          throw new OidcError(error.message, { cause: error });
        }
        throw error;
      }
    },
  };
}

function claimsOf(payload: JWTPayload): OidcClaims {
  const text = (name: string): string => {
    const value = payload[name];
    if (typeof value !== "string" || value === "") throw new OidcError(`the claim ${name} is missing`);
    return value;
  };
  const id = (name: string): number => {
    const value = Number(text(name));
    if (!Number.isSafeInteger(value) || value < 1) throw new OidcError(`the claim ${name} is no id`);
    return value;
  };
  return {
    repository: text("repository"),
    repositoryId: id("repository_id"),
    runId: id("run_id"),
    runAttempt: id("run_attempt"),
    workflowRef: text("workflow_ref"),
    jobWorkflowRef: text("job_workflow_ref"),
    eventName: text("event_name"),
    ref: text("ref"),
    actorId: id("actor_id"),
  };
}
