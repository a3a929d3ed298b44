/** Id tokens: every check that fails alone is enough to refuse (docs: "About security hardening with OpenID Connect"). */
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createOidcVerifier, issuerOf, type OidcCode, OidcError } from "../../src/github/index.ts";
import { createClock } from "../../src/sandbox/clock.ts";
import { createIdTokenIssuer } from "../../src/sandbox/identity/oidc.ts";
import { type Scripted, scripted } from "./connection.ts";

/** What the issuer serves; tests change it. */
interface Issuer {
  readonly name?: string;
  readonly keysAt?: string;
  readonly status?: number;
  readonly keyStatus?: number;
}

let issuer: string;
let served: Issuer = {};
let server: Scripted;
/** Has the same keys, under another origin. */
let elsewhere: Scripted;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  keys = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "one", alg: "RS256" };
  server = await scripted(({ url = "" }, base) =>
    url.endsWith("/jwks")
      ? { status: served.keyStatus ?? 200, body: { keys: [jwk] } }
      : {
          status: served.status ?? 200,
          body: { issuer: served.name ?? base, jwks_uri: served.keysAt ?? `${base}/jwks` },
        },
  );
  issuer = server.sandbox.url;
  elsewhere = await scripted(() => ({ body: { keys: [jwk] } }));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
});
afterEach(() => {
  served = {};
});

const claims = {
  repository: "acme/tools",
  repository_id: "7",
  run_id: "5",
  run_attempt: "1",
  workflow_ref: "acme/tools/.github/workflows/cairn.yml@refs/heads/main",
  job_workflow_ref: "cairn-dev/cairn/.github/workflows/cairn.yml@refs/tags/v1",
  event_name: "workflow_dispatch",
  ref: "refs/heads/main",
  actor_id: "9",
};

interface Changes {
  readonly claims?: Record<string, unknown>;
  readonly issuer?: string;
  readonly audience?: string;
  readonly subject?: string;
  readonly expires?: number;
  readonly from?: number;
  readonly key?: CryptoKey | Uint8Array;
  readonly alg?: string;
}

const now = (): number => Math.floor(Date.now() / 1000);

function token(changes: Changes = {}): Promise<string> {
  return new SignJWT({
    ...claims,
    iss: changes.issuer ?? issuer,
    sub: changes.subject ?? "repo:acme/tools:ref:refs/heads/main",
    nbf: changes.from ?? now() - 300,
    ...changes.claims,
  })
    .setProtectedHeader({ alg: changes.alg ?? "RS256", kid: "one" })
    .setAudience(changes.audience ?? "cairn")
    .setIssuedAt(now())
    .setExpirationTime(changes.expires ?? now() + 300)
    .sign(changes.key ?? (keys.privateKey as CryptoKey));
}

const verify = (text: string) => createOidcVerifier({ issuer, audience: "cairn" }).verify(text);

test("a good token gives its claims, ids as numbers", async () => {
  expect(await verify(await token())).toEqual({
    repository: "acme/tools",
    repositoryId: 7,
    runId: 5,
    runAttempt: 1,
    workflowRef: "acme/tools/.github/workflows/cairn.yml@refs/heads/main",
    jobWorkflowRef: "cairn-dev/cairn/.github/workflows/cairn.yml@refs/tags/v1",
    eventName: "workflow_dispatch",
    ref: "refs/heads/main",
    actorId: 9,
  });
});

const secret = new TextEncoder().encode("a secret that is long enough for HS256");

test.each<[string, OidcCode, () => Changes | Promise<Changes>]>([
  ["another issuer", "issuer", () => ({ issuer: "https://token.example" })],
  ["an issuer that begins like the right one", "issuer", () => ({ issuer: `${issuer}/evil` })],
  ["another audience", "audience", () => ({ audience: "sts.amazonaws.com" })],
  ["an expired token", "expired", () => ({ expires: now() - 60 })],
  ["a token of the future", "not-yet", () => ({ from: now() + 120 })],
  ["another key", "signature", async () => ({ key: (await generateKeyPair("RS256")).privateKey })],
  ["another algorithm", "signature", () => ({ alg: "HS256", key: secret })],
  ["no subject", "claim", () => ({ claims: { sub: undefined } })],
  ["a repository id that is none", "claim", () => ({ claims: { repository_id: "7; drop" } })],
  ["an id in hexadecimal", "claim", () => ({ claims: { repository_id: "0x7" } })],
  ["an id with spaces", "claim", () => ({ claims: { run_id: " 5" } })],
  ["attempt zero", "claim", () => ({ claims: { run_attempt: "0" } })],
  ...Object.keys(claims).map((name): [string, OidcCode, () => Changes] => [
    `no ${name}`,
    "claim",
    () => ({ claims: { [name]: undefined } }),
  ]),
])("%s is refused: %s", async (_what, code, changes) => {
  const refused = verify(await token(await changes()));
  await expect(refused).rejects.toBeInstanceOf(OidcError);
  await expect(refused).rejects.toMatchObject({ code });
});

test("what is no token, or is not signed, is refused", async () => {
  await expect(verify("hello")).rejects.toMatchObject({ name: "OidcError", code: "malformed" });
  const [, payload] = (await token()).split(".");
  const header = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  await expect(verify(`${header}.${payload}.`)).rejects.toBeInstanceOf(OidcError);
});

test.each<[string, () => Issuer]>([
  ["calls itself differently", () => ({ name: "https://token.example" })],
  ["keeps its keys elsewhere", () => ({ keysAt: `${elsewhere.sandbox.url}/jwks` })],
  ["does not say where its keys are", () => ({ keysAt: "nowhere" })],
  ["does not answer", () => ({ status: 503 })],
  ["does not give its keys", () => ({ keyStatus: 503 })],
])("an issuer that %s: no token counts, and none is blamed for it", async (_what, change) => {
  served = change();
  const refused = await verify(await token()).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Error);
  expect(refused).not.toBeInstanceOf(OidcError);
});

test("an issuer that is back is asked again", async () => {
  const verifier = createOidcVerifier({ issuer, audience: "cairn" });
  served = { status: 503 };
  await expect(verifier.verify(await token())).rejects.toThrow("503");
  served = {};
  expect(await verifier.verify(await token())).toMatchObject({ runId: 5 });
});

test("the sandbox's own issuer is found by its API's address, and its tokens count, forged ones do not", async () => {
  let base = "";
  const issuing = await createIdTokenIssuer(createClock(), () => base);
  await using github = await scripted(({ url = "" }) => ({ body: issuing.document(url) }));
  base = github.sandbox.url;
  const own = issuerOf(base);
  const verifier = createOidcVerifier({ issuer: own, audience: "cairn" });
  const sub = "repo:acme/tools:ref:refs/heads/main";
  const signed = await issuing.sign({ ...claims, aud: "cairn", sub });
  expect(await verifier.verify(signed)).toMatchObject({ repositoryId: 7, actorId: 9 });
  await expect(verifier.verify(await token({ issuer: own }))).rejects.toMatchObject({ code: "signature" });
});

test("the issuer belongs to the API's address", () => {
  expect(issuerOf("https://api.github.com")).toBe("https://token.actions.githubusercontent.com");
  expect(issuerOf("https://ghe.example/api/v3")).toBe("https://ghe.example/_services/token");
});
