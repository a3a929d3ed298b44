/** Id tokens: every check that fails alone is enough to refuse (docs: "About security hardening with OpenID Connect"). */
import { createServer, type Server } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOidcVerifier, issuerOf, OidcError } from "../../src/github/index.ts";

let server: Server;
let issuer: string;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  keys = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "one", alg: "RS256" };
  server = createServer((request, response) => {
    const document = request.url?.endsWith("jwks") ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/jwks` };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  issuer = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

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
  readonly expires?: number;
  readonly key?: CryptoKey;
}

function token(changes: Changes = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...claims, ...changes.claims })
    .setProtectedHeader({ alg: "RS256", kid: "one" })
    .setSubject("repo:acme/tools:ref:refs/heads/main")
    .setIssuer(changes.issuer ?? issuer)
    .setAudience(changes.audience ?? "cairn")
    .setIssuedAt(now)
    .setExpirationTime(changes.expires ?? now + 300)
    .sign(changes.key ?? (keys.privateKey as CryptoKey));
}

test("a good token gives its claims, ids as numbers", async () => {
  const verifier = createOidcVerifier({ issuer, audience: "cairn" });
  expect(await verifier.verify(await token())).toMatchObject({
    repositoryId: 7,
    runId: 5,
    runAttempt: 1,
    actorId: 9,
  });
});

test.each<[string, () => Promise<Changes>]>([
  ["another issuer", async () => ({ issuer: "https://token.example" })],
  ["another audience", async () => ({ audience: "sts.amazonaws.com" })],
  ["an expired token", async () => ({ expires: Math.floor(Date.now() / 1000) - 60 })],
  ["another key", async () => ({ key: (await generateKeyPair("RS256")).privateKey as CryptoKey })],
  ["no run id", async () => ({ claims: { run_id: undefined } })],
  ["a repository id that is none", async () => ({ claims: { repository_id: "7; drop" } })],
])("%s is refused", async (_what, changes) => {
  const verifier = createOidcVerifier({ issuer, audience: "cairn" });
  await expect(verifier.verify(await token(await changes()))).rejects.toBeInstanceOf(OidcError);
});

test("the issuer belongs to the API's address", () => {
  expect(issuerOf("https://api.github.com")).toBe("https://token.actions.githubusercontent.com");
  expect(issuerOf("https://ghe.example/api/v3")).toBe("https://ghe.example/_services/token");
});
