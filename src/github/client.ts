/**
 * Two ways to GitHub for one installation. Reads: GET only, retried and throttled by Octokit's plugins. Writes:
 * no plugin at all, one request each (I3), as those plugins send a POST again after an answer was lost.
 */
import { Octokit } from "@octokit/core";
import type { Clock, ServerClock } from "./clock.ts";
import { GitHubError } from "./errors.ts";
import { type Failure, failureOf, refusedOf, saysNothing } from "./failure.ts";
import type { Errand, Pacing, Rank, RequestKind } from "./governor.ts";
import { type Headers, LEAST_PAUSE, limitPause, quotaOf, serverTimeOf } from "./limits.ts";
import type { Outcome, Refused } from "./outcome.ts";
import { createReadOctokit, type OctokitOptions } from "./read-octokit.ts";
import { Shape } from "./shape.ts";

export interface ClientOptions {
  /** Without trailing slash. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly governor: Pacing;
  readonly token: () => Promise<string>;
  /** Forget the token: GitHub does not take it any more. */
  readonly invalidate?: () => void;
  /** `issue=<repository id>/<number>`: goes into the User-Agent, so that a log shows what a request was for. */
  readonly attribution?: string;
  /** What the governor keeps something for, and these requests draw on. */
  readonly work?: string;
  /** Told the time of every read's answer. */
  readonly serverClock?: ServerClock;
  readonly fetch?: typeof fetch;
  /** Milliseconds for one request; GitHub itself gives up after 10 s. A read with its repetitions: three times it. */
  readonly timeout?: number;
  /** Milliseconds before a read is repeated for the first time. */
  readonly retryPause?: number;
}

export interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Headers;
  /** When the request that was answered was sent (monotonic ms): what it says is not older. */
  readonly readAt: number;
  readonly serverTime: number;
}

export type Params = Readonly<Record<string, unknown>>;

/**
 * `marker` and `content`: what people are notified of. `atomic`: an object that nothing names yet, or a
 * compare-and-set that GitHub itself judges, so that it may go out late. `prose`: what only shows a state, and
 * stands behind all else (I11); `shown` the same where people are notified of it.
 */
export type WriteKind = "marker" | "content" | "write" | "atomic" | "prose" | "shown";

const PACED: Readonly<Record<WriteKind, { readonly kind: RequestKind; readonly rank: Rank }>> = {
  marker: { kind: "content", rank: "marker" },
  atomic: { kind: "write", rank: "marker" },
  content: { kind: "content", rank: "work" },
  write: { kind: "write", rank: "work" },
  prose: { kind: "write", rank: "prose" },
  shown: { kind: "content", rank: "prose" },
};

/** The value out of an answer, or `undefined` where the answer is not of the documented shape. */
export type Reader<T> = (data: unknown, status: number) => T | undefined;

export interface Client {
  /**
   * `undefined`: 404 or 410. `etag`: of the answer that is known; the same once more comes as status 304, without data.
   * Throws `GitHubError`.
   */
  get(route: string, params?: Params, etag?: string): Promise<Answer | undefined>;
  /** The text of what GitHub keeps at another address, such as a log. `undefined`: 404 or 410. Throws `GitHubError`. */
  download(route: string, params?: Params): Promise<Answer | undefined>;
  /**
   * A query of GraphQL (`query …`, never a mutation): what is not there is null in its data. Throws `GitHubError` where
   * GitHub answers with errors.
   */
  query(document: string, variables: Params): Promise<Answer>;
  /** Sends once (I3), or throws `GitHubError` before anything is sent. */
  send<T>(kind: WriteKind, route: string, params: Params, read: Reader<T>): Promise<Outcome<T>>;
  /** The same for a mutation of GraphQL, which is refused by errors under 200. */
  mutate<T>(kind: WriteKind, document: string, variables: Params, read: Reader<T>): Promise<Outcome<T>>;
}

export const API_VERSION = "2022-11-28";
const USER_AGENT = "cairn";

/**
 * Milliseconds from the call to the sending, at most. Whoever sends has just read what permits it; behind a long
 * wait (a limit, a token) that read would be too old (I1), and nothing is sent.
 */
const PROMPT = 5_000;

export function createClient(options: ClientOptions): Client {
  const { clock, governor, timeout = 15_000 } = options;
  const load = options.fetch ?? fetch;
  const shared: OctokitOptions = {
    baseUrl: options.apiUrl,
    userAgent: options.attribution ? `${USER_AGENT} (${options.attribution})` : USER_AGENT,
    // Octokit's default logger writes deprecations and errors to the console, with addresses in them.
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    ...(options.fetch ? { request: { fetch: options.fetch } } : {}),
  };
  // On GitHub Enterprise Server REST and GraphQL have addresses side by side.
  const graphqlUrl = `${options.apiUrl.replace(/\/v3$/, "")}/graphql`;
  const errand: Errand = options.work === undefined ? {} : { work: options.work };
  const reads = createReadOctokit(shared, options.retryPause ?? 1_000);
  const writes = new Octokit(shared);

  const headersOf = async (): Promise<Record<string, string>> => ({
    authorization: `token ${await options.token()}`,
    "x-github-api-version": API_VERSION,
  });

  const reading = (
    route: string,
    params: Params,
    elsewhere: (where: string, answer: Answer) => Promise<Answer>,
  ): Promise<Answer | undefined> =>
    admitted(`GET ${route}`, (headers) => ask(`GET ${route}`, params, headers, elsewhere));

  const get = (route: string, params: Params = {}, etag?: string): Promise<Answer | undefined> =>
    reading(
      route,
      etag === undefined ? params : { ...params, headers: { "if-none-match": etag } },
      unchangedOr(moved),
    );

  const download = (route: string, params: Params = {}): Promise<Answer | undefined> =>
    reading(route, params, fetchedFrom);

  /** That address is good for a minute and for anybody: nothing of the installation's goes there. */
  async function fetchedFrom(where: string, answer: Answer): Promise<Answer> {
    const address = String(answer.headers.location ?? "");
    if (!URL.canParse(address))
      throw new GitHubError("malformed", where, "it is elsewhere, and not said where");
    try {
      const found = await load(address, { redirect: "error", signal: AbortSignal.timeout(timeout) });
      if (found.ok) return { ...answer, status: found.status, data: await found.text() };
      throw new GitHubError("unavailable", where, `${found.status} where GitHub keeps it`);
    } catch (error) {
      if (error instanceof GitHubError) throw error;
      throw new GitHubError("unavailable", where, "no answer where GitHub keeps it", { cause: error });
    }
  }

  async function query(document: string, variables: Params): Promise<Answer> {
    const where = "POST /graphql";
    const params = { query: document, variables };
    const answer = await admitted(where, (headers) => ask(`POST ${graphqlUrl}`, params, headers));
    if (!answer) throw new GitHubError("unavailable", where, "404: this GitHub has no GraphQL");
    throwErrors(where, new Shape(where, answer.data), answer);
    return answer;
  }

  /** GraphQL says under 200 what went wrong. What cannot be found is null in the data as well, and is no error. */
  function throwErrors(where: string, answered: Shape, { headers, serverTime }: Answer): void {
    const errors = Array.isArray(answered.fields.errors) ? answered.objects("errors") : [];
    const [error] = errors.filter((one) => one.textOr("type", "") !== "NOT_FOUND");
    if (!error) return;
    const type = error.textOr("type", "");
    const message = error.textOr("message", "no words");
    if (type === "RATE_LIMITED" || type === "RATE_LIMIT") {
      const retryAfter = limitPause(429, headers, message, serverTime) ?? LEAST_PAUSE;
      governor.limited(retryAfter);
      throw new GitHubError("rate-limited", where, message, { retryAfter });
    }
    throw new GitHubError(type === "FORBIDDEN" ? "forbidden" : "refused", where, message);
  }

  async function admitted(
    where: string,
    send: (headers: Record<string, string>) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    for (let fresh = false; ; fresh = true) {
      const release = await governor.admit("read", where, errand);
      try {
        return await send(await headersOf());
      } catch (error) {
        if (error instanceof GitHubError) throw error;
        const failure = failureOf(error);
        if (failure.status === 404 || failure.status === 410) return undefined;
        // A token that was withdrawn while it was cached: one more try with a new one.
        if (failure.status === 401 && !fresh && options.invalidate) {
          options.invalidate();
          continue;
        }
        throw readError(where, failure);
      } finally {
        release();
      }
    }
  }

  /** `elsewhere`: what is done where the answer is another address. */
  async function ask(
    where: string,
    params: Params,
    headers: Record<string, string>,
    elsewhere: (where: string, answer: Answer) => Promise<Answer> = moved,
  ): Promise<Answer> {
    let readAt = clock.now();
    let asked = 0;
    const attempt: typeof fetch = async (url, init) => {
      asked += 1;
      if (asked > 1) governor.repeat(where, errand);
      else governor.assertOpen(where);
      readAt = clock.now();
      const signals = [AbortSignal.timeout(timeout), ...(init?.signal ? [init.signal] : [])];
      return load(url, { ...init, signal: AbortSignal.any(signals) });
    };
    const answer = await reads
      .request(where, {
        ...params,
        headers: { ...(params.headers as object | undefined), ...headers },
        // Not followed: behind another address there may be another repository's issue.
        request: { fetch: attempt, redirect: "manual", signal: AbortSignal.timeout(timeout * 3) },
      })
      .catch(notModified);
    const serverTime = serverTimeOf(answer.headers as Headers);
    noteQuota(answer.headers as Headers, serverTime);
    if (serverTime !== undefined) options.serverClock?.saw(serverTime);
    const read = { ...answer, headers: answer.headers as Headers, readAt, serverTime: serverTime ?? 0 };
    return answer.status >= 300 ? elsewhere(where, read) : read;
  }

  /** A 304 tells what was known before, which is an answer: only Octokit throws it. */
  function notModified(error: unknown): Pick<Answer, "status" | "headers" | "data"> {
    const { status, headers } = failureOf(error);
    if (status !== 304) throw error;
    return { status, headers, data: undefined };
  }

  const unchangedOr =
    (otherwise: (where: string, answer: Answer) => Promise<Answer>) =>
    async (where: string, answer: Answer): Promise<Answer> =>
      answer.status === 304 ? answer : otherwise(where, answer);

  async function moved(where: string, { status }: Answer): Promise<never> {
    throw new GitHubError("moved", where, `${status} it has another address`, { status });
  }

  function readError(where: string, failure: Failure): GitHubError {
    const { status, message, headers } = failure;
    const details = { cause: failure.error, ...(status === undefined ? {} : { status }) };
    if (status === undefined || saysNothing(status)) {
      return new GitHubError("unavailable", where, message, details);
    }
    const pause = limitPause(status, headers, message, serverTimeOf(headers) ?? Date.now());
    if (pause !== undefined) {
      governor.limited(pause);
      return new GitHubError("rate-limited", where, message, { ...details, retryAfter: pause });
    }
    const kind = status === 401 ? "unauthorized" : status === 403 ? "forbidden" : "refused";
    return new GitHubError(kind, where, `${status} ${message}`, details);
  }

  async function send<T>(
    kind: WriteKind,
    route: string,
    params: Params,
    read: Reader<T>,
  ): Promise<Outcome<T>> {
    const called = clock.now();
    const paced = PACED[kind];
    const release = await governor.admit(paced.kind, route, { ...errand, rank: paced.rank });
    let end: Outcome<T> | undefined;
    try {
      // A token that cannot be had is thrown: nothing was sent, so nothing is unknown.
      const headers = await headersOf();
      const waited = clock.now() - called;
      governor.assertOpen(route);
      const late = kind !== "atomic" && waited > PROMPT;
      end = late ? tooLate(waited) : await sendOnce(route, { ...params, headers }, read);
      return end;
    } finally {
      release(end?.kind === "refused" ? "refused" : undefined);
    }
  }

  const mutate = <T>(
    kind: WriteKind,
    document: string,
    variables: Params,
    read: Reader<T>,
  ): Promise<Outcome<T>> => send(kind, `POST ${graphqlUrl}`, { query: document, variables }, read);

  async function sendOnce<T>(route: string, params: Params, read: Reader<T>): Promise<Outcome<T>> {
    try {
      const { status, data, headers } = await writes.request(route, {
        ...params,
        request: { signal: AbortSignal.timeout(timeout), redirect: "manual" },
      });
      noteQuota(headers as Headers, serverTimeOf(headers as Headers));
      if (status >= 300)
        return refused(status, { headers: headers as Headers, message: "it has another address", data });
      const error = firstError(data);
      if (error) return refused(error.status, { headers: headers as Headers, message: error.message, data });
      const value = read(data, status);
      if (value !== undefined) return { kind: "applied", status, value };
      return { kind: "unknown", status, message: "the answer cannot be read" };
    } catch (error) {
      const failure = failureOf(error);
      const { status, message } = failure;
      if (status === undefined || saysNothing(status)) return { kind: "unknown", status, message };
      return refused(status, failure);
    }
  }

  function refused(status: number, failure: Pick<Failure, "headers" | "message" | "data">): Refused {
    const end = refusedOf(status, failure);
    if (status === 401) options.invalidate?.();
    if (end.pause !== undefined) governor.limited(end.pause);
    return end.refused;
  }

  function noteQuota(headers: Headers, serverTime: number | undefined): void {
    const seen = quotaOf(headers, serverTime ?? Date.now());
    if (seen) governor.saw(seen);
  }

  return { get, download, query, send, mutate };
}

/** What GraphQL refuses a change with, as REST would say it. Answers of REST have no such list. */
function firstError(data: unknown): { readonly status: number; readonly message: string } | undefined {
  const errors = (data as { readonly errors?: unknown } | null)?.errors;
  const [error] = Array.isArray(errors) ? (errors as Record<string, unknown>[]) : [];
  if (!error) return undefined;
  const status = STATUS_OF_ERROR[String(error.type)] ?? 422;
  return {
    status,
    message: String(error.message ?? "no words")
      .replaceAll(/\s+/g, " ")
      .slice(0, 300),
  };
}

const STATUS_OF_ERROR: Readonly<Record<string, number>> = {
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_LIMIT: 429,
  RATE_LIMITED: 429,
};

/** As if GitHub had refused it for a limit: surely not done, and to be asked again behind a new read. */
const tooLate = (waited: number): Refused => ({
  kind: "refused",
  status: 429,
  reason: "rate-limited",
  message: `not sent: it waited ${Math.round(waited / 1_000)} s, so what permits it has to be read again`,
  errors: [],
});

function ignore(): void {
  // Nothing of Octokit's own reaches a log: callers say what happened.
}
