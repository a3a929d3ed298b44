/** What jobs may see and do: permissions, secrets, id tokens (docs: "Automatic token authentication", "OpenID Connect"). */
import { createRemoteJWKSet, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { flow, W } from "./flow.ts";
import { machine } from "./machine.ts";

test("permissions of a job bound its token exactly", async () => {
  await using m = await machine(
    flow(
      `
  none:
    runs-on: ubuntu-latest
    permissions: {}
    steps:
      - run: |
          curl -s -o /dev/null -w "contents %{http_code}\\n" -H "authorization: token \${{ github.token }}" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/contents/.github"
  issues:
    runs-on: ubuntu-latest
    permissions: { issues: write }
    steps:
      - run: |
          curl -s -o /dev/null -w "issue %{http_code}\\n" -d '{"title":"t"}' -H "authorization: token \${{ github.token }}" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues"
`,
      "permissions: { contents: read }\n",
    ),
  );
  const { log } = await m.run(W);
  expect(log).toContain("contents 403");
  expect(log).toContain("issue 201");
});

test("nothing of the sandbox's environment reaches a job, and secrets are masked", async () => {
  process.env.CANARY_OF_THE_PARENT = "chirp";
  try {
    await using m = await machine(
      flow(`
  one:
    runs-on: ubuntu-latest
    outputs: { leak: "\${{ steps.s.outputs.leak }}", fine: ok }
    steps:
      - run: env | sort
      - id: s
        run: echo "::add-mask::hidden-word"; echo "it is hidden-word"; echo "leak=hidden-word" >> "$GITHUB_OUTPUT"
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{ run: "echo leak <\${{ needs.one.outputs.leak }}> fine <\${{ needs.one.outputs.fine }}>" }]
`),
    );
    const { log } = await m.run(W);
    expect(log).not.toContain("chirp");
    expect(log).toContain("GITHUB_REPOSITORY=acme/flows");
    expect(log).toContain("it is ***");
    expect(log).toContain("leak <> fine <ok>");
    expect(log).not.toContain("ACTIONS_ID_TOKEN_REQUEST_URL");
  } finally {
    delete process.env.CANARY_OF_THE_PARENT;
  }
});

test("an id token is given to jobs that may write it, and stands up to the issuer's keys", async () => {
  await using m = await machine(
    flow(`
  one:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: "http://127.0.0.1:1/elsewhere" }
    outputs: { half: "\${{ steps.t.outputs.a }}", rest: "\${{ steps.t.outputs.b }}" }
    steps:
      - id: t
        run: |
          curl -s -H "authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=cairn" > token.json
          python3 -c "import json; t=json.load(open('token.json'))['value']; print('a='+t[:40]); print('b='+t[40:])" >> "$GITHUB_OUTPUT"
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{ run: "echo TOKEN=\${{ needs.one.outputs.half }}\${{ needs.one.outputs.rest }}" }]
`),
  );
  const { log } = await m.run(W);
  const token =
    /TOKEN=(\S+)/.exec(log.split("Z TOKEN=")[1] ? `TOKEN=${log.split("Z TOKEN=")[1]}` : "")?.[1] ?? "";
  const issuer = `${m.sandbox.url}/_services/token`;
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks`));
  const { payload } = await jwtVerify(token, keys, { issuer, audience: "cairn" });
  expect(payload).toMatchObject({
    repository: "acme/flows",
    event_name: "workflow_dispatch",
    ref: "refs/heads/main",
    run_attempt: "1",
    job_workflow_ref: "acme/flows/.github/workflows/w.yml@refs/heads/main",
  });
});

test("a secret is masked in other writings too: base64 behind a name, JSON, an address", async () => {
  await using m = await machine(
    flow(`
  a:
    runs-on: ubuntu-latest
    env: { DEEP: "\${{ secrets.DEEP }}" }
    steps:
      - run: |
          for front in "" u: us:; do printf '%s' "$front$DEEP" | base64; done
          python3 -c "import json, os, urllib.parse as u; print(json.dumps(os.environ['DEEP']), u.quote(os.environ['DEEP'], safe=''))"
`),
  );
  m.sandbox.setSecret(m.repository, "DEEP", 'a "deep" secret/value');
  const { log } = await m.run(W);
  const said = log.split("\n").map((line) => line.slice("2026-01-01T00:00:00.0000000Z ".length));
  expect(said.filter((line) => line.includes("***")).length).toBeGreaterThanOrEqual(4);
  expect(log).toContain('Z "***" ***');
  expect(log).not.toContain(Buffer.from('a "deep" secret/value').toString("base64").slice(4, 20));
});
