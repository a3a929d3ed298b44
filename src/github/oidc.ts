/** GitHub's id tokens for workflow runs: signature, issuer, audience and times, by `jose`; then typed claims. */
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";

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

/** Which check failed. `claim`: one is missing, or not what GitHub writes there. */
export type OidcCode = "malformed" | "signature" | "issuer" | "audience" | "expired" | "not-yet" | "claim";

/** The token does not count. */
export class OidcError extends Error {
  override readonly name = "OidcError";
  readonly code: OidcCode;

  constructor(code: OidcCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
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
const TIMEOUT = 10_000;

/** Issuer that belongs to an API's address: GitHub's own, or that of a server of one's own. */
export function issuerOf(apiUrl: string): string {
  const { origin, hostname } = new URL(apiUrl);
  return hostname === "api.github.com" ? GITHUB_ISSUER : `${origin}/_services/token`;
}

/** The issuer's document is read once, its keys as `jose` sees fit. */
export function createOidcVerifier(options: OidcOptions): OidcVerifier {
  const load = options.fetch ?? fetch;
  let known: Promise<JWTVerifyGetKey> | undefined;

  function keys(): Promise<JWTVerifyGetKey> {
    if (known) return known;
    const asked = discover(options.issuer, load);
    known = asked;
    // Whoever awaits it hears why; the next token asks anew.
    asked.catch(() => {
      if (known === asked) known = undefined;
    });
    return asked;
  }

  return {
    async verify(token) {
      const trusted = await keys();
      try {
        const { payload } = await jwtVerify(token, trusted, {
          issuer: options.issuer,
          audience: options.audience,
          algorithms: ["RS256"],
          requiredClaims: ["exp", "iat", "sub"],
          clockTolerance: 30,
          ...(options.now ? { currentDate: new Date(options.now()) } : {}),
        });
        return claimsOf(payload);
      } catch (error) {
        throw judged(error);
      }
    },
  };
}

/**
 * Where the issuer keeps its keys, by its own document (OpenID Connect Discovery 1.0, 4.3). Keys from another
 * origin, or an issuer that calls itself differently, would let somebody else sign.
 */
async function discover(issuer: string, load: typeof fetch): Promise<JWTVerifyGetKey> {
  const response = await load(`${issuer}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(TIMEOUT),
    redirect: "error",
  });
  if (!response.ok) throw new Error(`the issuer ${issuer} answers ${response.status}`);
  const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  const { jwks_uri } = document;
  if (document.issuer !== issuer)
    throw new Error(`the issuer ${issuer} calls itself ${String(document.issuer)}`);
  if (typeof jwks_uri !== "string" || !URL.canParse(jwks_uri))
    throw new Error(`the issuer ${issuer} does not say where its keys are`);
  if (new URL(jwks_uri).origin !== new URL(issuer).origin)
    throw new Error(`the keys of ${issuer} are of another origin`);
  return createRemoteJWKSet(new URL(jwks_uri), { timeoutDuration: TIMEOUT, [customFetch]: load });
}

/** The token's fault as `OidcError`; what else went wrong (keys that cannot be read) as it is. */
function judged(error: unknown): unknown {
  if (error instanceof OidcError || !(error instanceof errors.JOSEError)) return error;
  const refused = (code: OidcCode): OidcError => new OidcError(code, error.message, error);
  if (error instanceof errors.JWTExpired) return refused("expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    const codes: Readonly<Record<string, OidcCode>> = { iss: "issuer", aud: "audience", nbf: "not-yet" };
    return refused(codes[error.claim] ?? "claim");
  }
  switch (error.code) {
    case "ERR_JWKS_NO_MATCHING_KEY":
    case "ERR_JWS_SIGNATURE_VERIFICATION_FAILED":
    case "ERR_JOSE_ALG_NOT_ALLOWED":
      return refused("signature");
    case "ERR_JWS_INVALID":
    case "ERR_JWT_INVALID":
    case "ERR_JOSE_NOT_SUPPORTED":
      return refused("malformed");
    default:
      return error;
  }
}

/** Throws `OidcError` for a claim that is missing or of another shape. */
export function claimsOf(payload: JWTPayload): OidcClaims {
  const text = (name: string): string => {
    const value = payload[name];
    if (typeof value !== "string" || value === "")
      throw new OidcError("claim", `the claim ${name} is missing`);
    return value;
  };
  const id = (name: string): number => {
    const value = text(name);
    // Digits only: `Number` would take " 7", "0x7" and "7e0" for it too.
    if (!/^[1-9]\d{0,15}$/.test(value)) throw new OidcError("claim", `the claim ${name} is no id`);
    return Number(value);
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
