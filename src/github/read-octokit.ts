/**
 * Octokit for reads: GET, queries of GraphQL and nothing else, repeated a bounded number of times where repeating helps. Limits are
 * not waited out here: the governor remembers them, and whoever looks again comes later (I11).
 */
import { Octokit } from "@octokit/core";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";

/** Answers that do not change by asking again at once; a limit (429) least of all. */
const FINAL = [400, 401, 403, 404, 409, 410, 422, 429, 451];
const RETRIES = 2;

/** What both kinds of client are made with. */
export interface OctokitOptions {
  readonly baseUrl: string;
  readonly userAgent: string;
  readonly log: {
    readonly debug: (message: string) => void;
    readonly info: (message: string) => void;
    readonly warn: (message: string) => void;
    readonly error: (message: string) => void;
  };
  readonly request?: { readonly fetch: typeof fetch };
}

// The first plugin is the innermost: what it throws, the others repeat.
const ReadOctokit = Octokit.plugin(wholeAnswers, retry, throttling);

/** `retryPause`: ms before the first repetition; the second comes after four times as long. */
export function createReadOctokit(shared: OctokitOptions, retryPause: number): Octokit {
  const octokit = new ReadOctokit({
    ...shared,
    retry: { retries: RETRIES, doNotRetry: FINAL, retryAfterBaseValue: retryPause },
    throttle: {
      id: crypto.randomUUID(),
      onRateLimit: () => false,
      onSecondaryRateLimit: () => false,
    },
  });
  // What is repeated must be safe to repeat (I3). The last hook is the outermost: it stops before all others.
  octokit.hook.before("request", ({ method, url, query }) => {
    const isQuery = method === "POST" && url.endsWith("/graphql") && /^query\b/.test(String(query));
    if (method !== "GET" && !isQuery)
      throw new TypeError(`${method} ${url} is no read: it is sent by 'send', once`);
  });
  return octokit;
}

/** A JSON answer that broke off comes as text and without an error: that is no answer, and is asked again. */
function wholeAnswers(octokit: Octokit): void {
  octokit.hook.after("request", (response, request) => {
    const json = String(response.headers["content-type"] ?? "").startsWith("application/json");
    if (!json || typeof response.data !== "string") return;
    // A copy: the plugin that repeats writes into it, and a refusal of the repetition would be repeated as well.
    throw Object.assign(new Error("the answer broke off"), { status: 502, request: { ...request } });
  });
}
