/** The exchange: the app's words are understood, secrets are masked at once, and the token ends with the job. */

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { ExchangeError, withGrant } from "../../action/exchange.ts";
import type { Job } from "../../action/job.ts";
import { machine } from "../../action/machine.ts";
import { run } from "../../action/run.ts";
import { EXCHANGE_REFUSALS } from "../../src/core/refusals.ts";

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

/** A job whose app and API are one small server; `answers` are the app's, one after the other. */
async function place(
  answers: readonly { status: number; body: unknown }[],
  inputs: Record<string, string> = {},
) {
  const seen: Seen[] = [];
  const left = [...answers];
  const server = createServer(async (request, response) => {
    seen.push({
      method: request.method ?? "",
      path: request.url ?? "",
      authorization: request.headers.authorization ?? "",
      body: await bodyOf(request),
    });
    if (request.url !== "/cairn/token") return response.writeHead(204).end();
    const answer = left.shift();
    if (!answer) return request.socket.destroy();
    response
      .writeHead(answer.status, { "content-type": "application/json" })
      .end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const said = {
    outputs: {} as Record<string, string>,
    failed: [] as string[],
    secrets: [] as string[],
    lines: [] as string[],
    summary: "",
  };
  const given: Record<string, string> = { app: `${url}/`, issue: "12", intent: "301", ...inputs };
  const job: Job = {
    toolkit: {
      getInput: (name) => given[name] ?? "",
      setOutput(name, value) {
        said.outputs[name] = value;
      },
      setSecret: (secret) => void said.secrets.push(secret),
      setFailed: (message) => void said.failed.push(message),
      info: (line) => void said.lines.push(line),
      warning: (line) => void said.lines.push(line),
      getIDToken: async (audience) => `id-token-for-${audience}`,
    },
    env: {
      GITHUB_API_URL: url,
      GITHUB_SERVER_URL: url,
      GITHUB_REPOSITORY: "acme/tools",
      GITHUB_REPOSITORY_ID: "7",
      GITHUB_RUN_ID: "9",
      GITHUB_RUN_ATTEMPT: "1",
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/id`,
    },
    clock: { now: () => performance.now(), sleep: async () => undefined } as Job["clock"],
    fetch,
    machine,
    async summarize(markdown) {
      said.summary += markdown;
    },
  };
  return {
    job,
    said,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

const GRANT = {
  token: "ghs_secret",
  expiresAt: "2026-11-20T12:00:00Z",
  appId: 5,
  botId: 6,
  botLogin: "cairn[bot]",
  namespace: "cairn",
};
const no = (code: string, status = 409) => ({
  status,
  body: { error: { code, message: `because of ${code}` } },
});

test("the id token is for the app alone, and what it asks is the issue and the purpose", async () => {
  await using it = await place([{ status: 200, body: GRANT }]);
  const identity = await withGrant(it.job, "effect", async (grant) => grant.identity);
  expect(identity).toEqual({ appId: 5, botId: 6, botLogin: "cairn[bot]", namespace: "cairn" });
  expect(it.seen[0]).toEqual({
    method: "POST",
    path: "/cairn/token",
    authorization: "Bearer id-token-for-cairn",
    body: '{"issue":12,"purpose":"effect"}',
  });
});

test("both tokens are masked, neither is an output, and GitHub's is revoked even if the work fails", async () => {
  await using it = await place([{ status: 200, body: GRANT }]);
  const work = withGrant(it.job, "gate", async () => {
    throw new Error("broken");
  });
  await expect(work).rejects.toThrow("broken");
  expect(it.said.secrets).toEqual(["id-token-for-cairn", "ghs_secret"]);
  expect(JSON.stringify([it.said.outputs, it.said.lines])).not.toContain("ghs_secret");
  expect(it.seen.at(-1)).toMatchObject({
    method: "DELETE",
    path: "/installation/token",
    authorization: "token ghs_secret",
  });
});

test("no answer, and 5xx, are asked again; a refusal is not", async () => {
  await using late = await place([
    { status: 503, body: { error: { code: "unavailable" } } },
    { status: 502, body: "" },
    { status: 200, body: GRANT },
  ]);
  await expect(withGrant(late.job, "gate", async (grant) => grant.token)).resolves.toBe("ghs_secret");
  await using never = await place([]);
  await expect(withGrant(never.job, "gate", async () => 0)).rejects.toMatchObject({ code: "unavailable" });
  expect(never.seen).toHaveLength(4);
  await using refused = await place([no("wrong-workflow", 403), { status: 200, body: GRANT }]);
  await expect(withGrant(refused.job, "gate", async () => 0)).rejects.toBeInstanceOf(ExchangeError);
  expect(refused.seen).toHaveLength(1);
});

test.each([
  "gate",
  "effect",
])("`%s` ends neutral where the app says that nothing waits for this run", async (name) => {
  for (const code of ["not-owner", "nothing-open", "cancelled", "wrong-actor", "wrong-branch"]) {
    // The gate asks again where nothing seems to be open.
    await using it = await place([no(code), no(code), no(code), no(code)], { job: name });
    await run(it.job);
    expect(it.said.outputs.outcome).toBe("neutral");
    expect(it.said.failed).toEqual([]);
    expect(it.said.summary).toContain("Nothing to do");
  }
});

test("a chain that the app reads late is asked for again, by the gate only", async () => {
  await using it = await place([no("nothing-open"), { status: 200, body: GRANT }]);
  await expect(withGrant(it.job, "gate", async (grant) => grant.token)).resolves.toBe("ghs_secret");
  await using later = await place([no("nothing-open"), { status: 200, body: GRANT }]);
  await expect(withGrant(later.job, "effect", async () => 0)).rejects.toMatchObject({ neutral: true });
});

test("a run that the app cannot see yet is asked for again, by every job", async () => {
  for (const purpose of ["gate", "effect", "conclude"] as const) {
    await using it = await place([no("run-unseen"), { status: 200, body: GRANT }]);
    await expect(withGrant(it.job, purpose, async (grant) => grant.token)).resolves.toBe("ghs_secret");
  }
});

test("any other refusal fails the job in one line, with the app's words, what to do, and no stack", async () => {
  await using it = await place([no("wrong-workflow", 403)], { job: "gate" });
  await run(it.job);
  const { next } = EXCHANGE_REFUSALS["wrong-workflow"];
  expect(it.said.failed).toEqual([`no token (wrong-workflow): because of wrong-workflow. Next: ${next}`]);
  expect(it.said.outputs.outcome).toBeUndefined();
});

test("conclude leaves no result where the app says that this run owns nothing", async () => {
  const needs = JSON.stringify({
    gate: { result: "success", outputs: { outcome: "go", claim: "c" } },
    agent: {
      result: "success",
      outputs: { outcome: "failed", reason: "agent-failed", detail: "it ended with 1" },
    },
  });
  await using it = await place([no("not-owner")], { job: "conclude", needs, claim: "c" });
  await run(it.job);
  expect(it.said.outputs.outcome).toBe("neutral");
  expect(it.seen.map(({ path }) => path)).toEqual(["/cairn/token"]);
});

test("without `id-token: write` the error says what to grant", async () => {
  await using it = await place([], { job: "gate" });
  await run({ ...it.job, env: { ...it.job.env, ACTIONS_ID_TOKEN_REQUEST_URL: undefined } });
  expect(it.said.failed).toEqual([expect.stringContaining("`id-token: write`")]);
});

test.each([
  [{ job: "deploy" }, "must be one of gate, triage, agent, verify, check, review, effect, conclude"],
  [{ job: "gate", app: "" }, "the input 'app' is missing"],
  [{ job: "gate", issue: "twelve" }, "the input 'issue' must be a number"],
  [{ job: "conclude", needs: "{" }, "the input 'needs' is not JSON"],
])("inputs %o fail with a sentence", async (inputs, words) => {
  await using it = await place([{ status: 200, body: GRANT }], inputs);
  await run(it.job);
  expect(it.said.failed).toEqual([expect.stringContaining(words)]);
  expect(it.said.failed[0]).not.toMatch(/\n| {4}at /);
});

/** A clock that is as far as what was slept on it. */
function sleeping(job: Job): { readonly slept: number[]; readonly job: Job } {
  const slept: number[] = [];
  const now = (): number => slept.reduce((sum, ms) => sum + ms, 0);
  const sleep = async (ms: number): Promise<void> => void slept.push(ms);
  return { slept, job: { ...job, clock: { ...job.clock, now, sleep } } };
}

const full = (retryAfter: number) => ({
  status: 503,
  body: { error: { code: "limited", message: "GitHub's limits have no room for this job now", retryAfter } },
});

test("where the limits have no room the job waits as long as it is told, however often (I11)", async () => {
  const times = [30_000, 45_000, 12_000, 60_000, 60_000, 1];
  await using it = await place([...times.map(full), { status: 200, body: GRANT }]);
  const { slept, job } = sleeping(it.job);
  await expect(withGrant(job, "effect", async (grant) => grant.token)).resolves.toBe("ghs_secret");
  expect(slept).toEqual([30_000, 45_000, 12_000, 60_000, 60_000, 1_000]);
});

test.each([
  ["gate", 8],
  ["conclude", 8],
  // A limit lasts an hour at most, and behind it there is work that need not be done twice.
  ["effect", 65],
] as const)("%s does not wait for ever, but %s minutes, each with an id token of its own, and says what it waited for", async (purpose, minutes) => {
  await using it = await place(Array.from({ length: 70 }, () => full(60_000)));
  const { slept, job } = sleeping(it.job);
  let tokens = 0;
  const getIDToken = async (): Promise<string> => `id-token-${++tokens}`;
  const asking = withGrant({ ...job, toolkit: { ...job.toolkit, getIDToken } }, purpose, async () => 1);
  await expect(asking).rejects.toMatchObject({ code: "limited" });
  expect(slept).toHaveLength(minutes);
  expect(it.seen.map(({ authorization }) => authorization)).toEqual(
    Array.from({ length: minutes + 1 }, (_, at) => `Bearer id-token-${at + 1}`),
  );
});
