/** The run shows who it is and gets a token for this one job, with the least that the job needs. */
import { EXCHANGE_REFUSALS, type ExchangeCode } from "../src/core/refusals.ts";
import { type AppIdentityJson, parseIdentity } from "./connect.ts";
import { type Job, number, required, variable } from "./job.ts";
import { InputError } from "./job-failure.ts";

export type Purpose = "gate" | "effect" | "conclude";

export interface Grant {
  readonly token: string;
  readonly identity: AppIdentityJson;
  /** Token for the one other repository in which the intent names an issue to be opened; none where the app has none. */
  readonly there?: string;
}

/** The app says no. `neutral`: there is nothing to do for this run. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  readonly code: ExchangeCode;

  constructor(code: ExchangeCode, message: string) {
    super(message);
    this.code = code;
  }

  get neutral(): boolean {
    return NEUTRAL.has(this.code);
  }
}

const NEUTRAL: ReadonlySet<ExchangeCode> = new Set([
  // Another run has it, or it is over.
  "not-owner",
  "nothing-open",
  "cancelled",
  // Started by somebody else than the app, or from another place: no work of Cairn's waits for this run.
  "wrong-actor",
  "wrong-event",
  "wrong-branch",
]);
const AUDIENCE = "cairn";
const TRIES = 4;
/** Milliseconds for which a job waits for room below the limits. Nothing has been sent by then, nor is it charged (I9). */
const PATIENCE = 8 * 60_000;
/** With an agent's work to publish it outwaits any limit, which lasts an hour at most: else that would be done, and charged, once more. */
const PATIENCE_WITH_WORK = 65 * 60_000;

/**
 * Exchanges the job's identity for a token, works with it, and gives the token back to GitHub whatever happens.
 * Throws `ExchangeError` where the app gives none, and what `work` throws.
 */
export async function withGrant<T>(
  job: Job,
  purpose: Purpose,
  work: (grant: Grant) => Promise<T>,
): Promise<T> {
  const grant = await exchange(job, purpose);
  try {
    return await work(grant);
  } finally {
    for (const token of [grant.token, ...(grant.there === undefined ? [] : [grant.there])])
      await revoke(job, token);
  }
}

/** Throws `ExchangeError`. Minting a token is harmless, so a lost answer is asked for again. */
export async function exchange(job: Job, purpose: Purpose): Promise<Grant> {
  const app = required(job, "app").replace(/\/+$/, "");
  const body = JSON.stringify({ issue: number(job, "issue"), purpose });
  const requestAs = (idToken: string): RequestInit => ({
    method: "POST",
    headers: { authorization: `Bearer ${idToken}`, "content-type": "application/json" },
    body,
  });
  let request = requestAs(await idTokenOf(job));
  const patientUntil = job.clock.now() + (purpose === "effect" ? PATIENCE_WITH_WORK : PATIENCE);
  for (let tries = 1; ; tries += 1) {
    const end = await once(job, `${app}/cairn/token`, request);
    if (end.kind === "granted") return end.grant;
    if (end.kind === "limited") {
      if (job.clock.now() + end.pause > patientUntil) throw new ExchangeError("limited", end.message);
      await job.clock.sleep(end.pause);
      // Id tokens live for minutes.
      request = requestAs(await idTokenOf(job));
      tries -= 1;
      continue;
    }
    if (end.kind === "refused") {
      // A run that began, or a chain that was moved, a moment ago may be read as it was before.
      const late = end.code === "run-unseen" || (purpose === "gate" && end.code === "nothing-open");
      if (!late || tries === TRIES) throw new ExchangeError(end.code, end.message);
    } else if (tries === TRIES) {
      throw new ExchangeError("unavailable", `the app at ${app} does not answer: ${end.message}`);
    }
    await job.clock.sleep(500 * 2 ** tries);
  }
}

async function idTokenOf(job: Job): Promise<string> {
  if (!job.env.ACTIONS_ID_TOKEN_REQUEST_URL) {
    throw new InputError(
      "this job gets no identity from GitHub: the calling workflow must grant `id-token: write`",
    );
  }
  const idToken = await job.toolkit.getIDToken(AUDIENCE);
  job.toolkit.setSecret(idToken);
  return idToken;
}

type End =
  | { readonly kind: "granted"; readonly grant: Grant }
  | { readonly kind: "refused"; readonly code: ExchangeCode; readonly message: string }
  /** Asked too early: `pause` in milliseconds. */
  | { readonly kind: "limited"; readonly pause: number; readonly message: string }
  | { readonly kind: "unanswered"; readonly message: string };

async function once(job: Job, url: string, request: RequestInit): Promise<End> {
  try {
    const response = await job.fetch(url, { ...request, signal: AbortSignal.timeout(20_000) });
    const body = (await response.json()) as {
      token?: unknown;
      there?: { token?: unknown };
      error?: { code?: unknown; message?: unknown; retryAfter?: unknown };
    };
    if (response.ok && typeof body.token === "string") {
      job.toolkit.setSecret(body.token);
      const there = body.there?.token;
      if (typeof there === "string") job.toolkit.setSecret(there);
      const identity = parseIdentity(JSON.stringify(body));
      const more = typeof there === "string" ? { there } : {};
      return { kind: "granted", grant: { token: body.token, identity, ...more } };
    }
    const message = String(body.error?.message ?? `status ${response.status}`);
    if (body.error?.code === "limited") {
      const pause = Number(body.error.retryAfter);
      return { kind: "limited", pause: Number.isFinite(pause) ? Math.max(1_000, pause) : 60_000, message };
    }
    const code = codeIn(body.error?.code);
    // What is no word of the app's stands between it and here.
    if (response.status >= 500 || code === undefined) return { kind: "unanswered", message };
    return { kind: "refused", code, message };
  } catch (error) {
    return { kind: "unanswered", message: error instanceof Error ? error.message : String(error) };
  }
}

function codeIn(value: unknown): ExchangeCode | undefined {
  return typeof value === "string" && Object.hasOwn(EXCHANGE_REFUSALS, value)
    ? (value as ExchangeCode)
    : undefined;
}

/** Ends the token's life with the job's. One that cannot be revoked ends by itself within the hour. */
async function revoke(job: Job, token: string): Promise<void> {
  try {
    const api = variable(job, "GITHUB_API_URL").replace(/\/+$/, "");
    const response = await job.fetch(`${api}/installation/token`, {
      method: "DELETE",
      headers: { authorization: `token ${token}`, "user-agent": "cairn" },
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) job.toolkit.info(`the job's token was not revoked: status ${response.status}`);
  } catch (error) {
    job.toolkit.info(`the job's token was not revoked: ${error instanceof Error ? error.message : error}`);
  }
}
