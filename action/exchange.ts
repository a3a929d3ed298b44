/** The run shows who it is and gets a token for this one job, with the least that the job needs. */
import { type AppIdentityJson, parseIdentity } from "./connect.ts";
import { type Job, number, required } from "./job.ts";

export type Purpose = "gate" | "effect" | "conclude";

export interface Grant {
  readonly token: string;
  readonly identity: AppIdentityJson;
}

/** The app says no. `neutral`: there is nothing to do for this run. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  get neutral(): boolean {
    return NEUTRAL.has(this.code);
  }
}

/** Answers that mean: another run has it, or it is over. */
const NEUTRAL = new Set(["not-owner", "nothing-open", "cancelled"]);
const AUDIENCE = "cairn";
const TRIES = 4;

/** Throws `ExchangeError`. Minting a token is harmless, so a lost answer is asked for again. */
export async function exchange(job: Job, purpose: Purpose): Promise<Grant> {
  const app = required(job, "app").replace(/\/+$/, "");
  const idToken = await job.toolkit.getIDToken(AUDIENCE);
  job.toolkit.setSecret(idToken);
  const request = {
    method: "POST",
    headers: { authorization: `Bearer ${idToken}`, "content-type": "application/json" },
    body: JSON.stringify({ issue: number(job, "issue"), purpose }),
  };
  for (let tries = 1; ; tries += 1) {
    const end = await once(job, `${app}/cairn/token`, request);
    if (end.kind === "granted") return end.grant;
    if (end.kind === "refused") throw new ExchangeError(end.code, end.message);
    if (tries === TRIES)
      throw new ExchangeError("unavailable", `the app at ${app} does not answer: ${end.message}`);
    await job.clock.sleep(500 * 2 ** tries);
  }
}

type End =
  | { readonly kind: "granted"; readonly grant: Grant }
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  | { readonly kind: "unanswered"; readonly message: string };

async function once(job: Job, url: string, request: RequestInit): Promise<End> {
  try {
    const response = await job.fetch(url, { ...request, signal: AbortSignal.timeout(20_000) });
    const body = (await response.json()) as {
      token?: unknown;
      error?: { code?: unknown; message?: unknown };
    };
    if (response.ok && typeof body.token === "string") {
      job.toolkit.setSecret(body.token);
      return { kind: "granted", grant: { token: body.token, identity: parseIdentity(JSON.stringify(body)) } };
    }
    const message = String(body.error?.message ?? `status ${response.status}`);
    if (response.status >= 500) return { kind: "unanswered", message };
    return { kind: "refused", code: String(body.error?.code ?? response.status), message };
  } catch (error) {
    return { kind: "unanswered", message: error instanceof Error ? error.message : String(error) };
  }
}
