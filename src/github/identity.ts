/** The App as GitHub knows it: itself, its installations, and tokens with exactly the rights that are asked for. */
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { API_VERSION } from "./client.ts";
import type { Clock, ServerClock } from "./clock.ts";
import { GitHubError } from "./errors.ts";
import { type Headers, limitPause, serverTimeOf } from "./limits.ts";
import { hasNext, PER_PAGE } from "./pages.ts";
import type { RepositoryInfo } from "./ports.ts";
import { repository } from "./present.ts";
import { Shape } from "./shape.ts";

export interface IdentityOptions {
  readonly appId: number;
  readonly privateKey: string;
  /** Signs the App's own token, where that is not left to the strategy's own cryptography. */
  readonly createJwt?: CreateJwt;
  /** Without trailing slash. */
  readonly apiUrl: string;
  readonly clock: Clock;
  /** Told the time of every answer. */
  readonly serverClock?: ServerClock;
  readonly fetch?: typeof fetch;
}

/** As `@octokit/auth-app` takes it; `ahead`: seconds by which GitHub's clock is ahead of this machine's. */
export type CreateJwt = (
  appId: string | number,
  ahead?: number,
) => Promise<{ readonly jwt: string; readonly expiresAt: string }>;

export interface AppInfo {
  readonly appId: number;
  readonly slug: string;
  /** Account of the app's bot: it is the actor of what the app does. */
  readonly botId: number;
  readonly botLogin: string;
}

export interface TokenScope {
  readonly repositoryIds?: readonly number[];
  readonly permissions?: Readonly<Record<string, "read" | "write">>;
}

export interface InstallationToken {
  readonly token: string;
  /** ISO 8601, on GitHub's clock. */
  readonly expiresAt: string;
}

/** What the owner of a repository has granted. */
export interface InstallationInfo {
  readonly id: number;
  /** `read`, `write` or `admin`, by name. */
  readonly permissions: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
  readonly suspended: boolean;
}

/** Every method throws `GitHubError`. */
export interface AppClient {
  /** Who the app is. GitHub creates the bot's account with the App. */
  app(): Promise<AppInfo>;
  /** Those that are not suspended. */
  installations(): Promise<readonly number[]>;
  /** `undefined`: the app is not installed there. */
  installation(owner: string, repo: string): Promise<InstallationInfo | undefined>;
  repositoriesOf(installation: number): Promise<readonly RepositoryInfo[]>;
  /** The app's own token for an installation, kept until shortly before it ends. */
  token(installation: number): Promise<string>;
  forgetToken(installation: number): void;
  /** A new token of its own, never kept. */
  mint(installation: number, scope: TokenScope): Promise<InstallationToken>;
}

/** Whose credentials a request carries: the App's JWT, an installation's token, none. */
type Caller = "app" | "nobody" | number;

/** Milliseconds before its end at which a token is no longer handed out. */
const MARGIN = 5 * 60_000;

export function createAppClient(options: IdentityOptions): AppClient {
  const { clock } = options;
  const shared = {
    baseUrl: options.apiUrl,
    userAgent: "cairn",
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    ...(options.fetch ? { request: { fetch: options.fetch } } : {}),
  };
  const asApp = new Octokit({
    ...shared,
    authStrategy: createAppAuth,
    auth: {
      appId: options.appId,
      ...(options.createJwt ? { createJwt: options.createJwt } : { privateKey: options.privateKey }),
    },
  });
  // The strategy above signs the App's own routes only.
  const asInstallation = new Octokit(shared);
  const tokens = new Map<number, { readonly token: Promise<string>; until: number }>();

  async function ask(
    route: string,
    params: Readonly<Record<string, unknown>> = {},
    as: Caller = "app",
    again?: "again",
  ): Promise<{ readonly data: unknown; readonly headers: Headers; readonly shape: Shape } | undefined> {
    let used: Promise<string> | undefined;
    try {
      const client = as === "app" ? asApp : asInstallation;
      used = typeof as === "number" ? token(as) : undefined;
      const authorization = used && `token ${await used}`;
      const answer = await client.request(route, {
        ...params,
        headers: { ...(authorization ? { authorization } : {}), "x-github-api-version": API_VERSION },
        request: { signal: AbortSignal.timeout(20_000) },
      });
      const at = serverTimeOf(answer.headers as Headers);
      if (at !== undefined) options.serverClock?.saw(at);
      const data: unknown = answer.data;
      const shape = new Shape(route, Array.isArray(data) ? { list: data } : data);
      return { data, headers: answer.headers as Headers, shape };
    } catch (error) {
      if (error instanceof GitHubError) throw error;
      const { status, response, message } = error as {
        status?: number;
        response?: { headers: Headers };
        message: string;
      };
      if (response && status === 404) return undefined;
      // A token that ended or was withdrawn while it was kept: the next request has a new one.
      if (response && status === 401 && typeof as === "number") {
        if (tokens.get(as)?.token === used) tokens.delete(as);
        if (!again) return ask(route, params, as, "again");
      }
      throw failure(route, response ? status : undefined, response?.headers ?? {}, message, error);
    }
  }

  /** All pages of a list, by GitHub's page numbers. */
  async function pages(route: string, key: string, as: Caller = "app"): Promise<Shape[]> {
    const items: Shape[] = [];
    for (let page = 1; ; page += 1) {
      const answer = await ask(route, { per_page: PER_PAGE, page }, as);
      // A list that ends in the middle is not a shorter list.
      if (!answer) throw new GitHubError("refused", route, "404: not there", { status: 404 });
      items.push(...answer.shape.objects(key));
      if (!hasNext(answer.headers)) return items;
    }
  }

  async function mint(
    installation_id: number,
    scope: TokenScope,
  ): Promise<InstallationToken & { lifetime: number }> {
    const answer = await ask("POST /app/installations/{installation_id}/access_tokens", {
      installation_id,
      ...(scope.repositoryIds ? { repository_ids: scope.repositoryIds } : {}),
      ...(scope.permissions ? { permissions: scope.permissions } : {}),
    });
    if (!answer)
      throw new GitHubError("refused", "POST access_tokens", `installation ${installation_id} is gone`, {
        status: 404,
      });
    const expiresAt = answer.shape.text("expires_at");
    const lifetime = Date.parse(expiresAt) - (serverTimeOf(answer.headers) ?? Date.now());
    return { token: answer.shape.text("token"), expiresAt, lifetime };
  }

  function token(installation: number): Promise<string> {
    const kept = tokens.get(installation);
    if (kept && kept.until > clock.now()) return kept.token;
    const minted = mint(installation, {});
    const entry = { token: minted.then((one) => one.token), until: Number.POSITIVE_INFINITY };
    tokens.set(installation, entry);
    minted.then(
      ({ lifetime }) => {
        entry.until = clock.now() + lifetime - MARGIN;
      },
      // Whoever awaits the token hears why; the next one asks anew.
      () => {
        if (tokens.get(installation) === entry) tokens.delete(installation);
      },
    );
    return entry.token;
  }

  const installations = async (): Promise<number[]> =>
    (await pages("GET /app/installations", "list"))
      // GitHub gives no token for a suspended one.
      .filter((one) => typeof one.fields.suspended_at !== "string")
      .map((one) => one.number("id"));

  return {
    mint,
    token,
    forgetToken(installation) {
      tokens.delete(installation);
    },
    async app() {
      const app = await ask("GET /app");
      if (!app) throw new GitHubError("refused", "GET /app", "no such app", { status: 404 });
      const slug = app.shape.text("slug");
      const botLogin = `${slug}[bot]`;
      // Accounts are public; an installation's token only raises the limit for asking.
      const [installation] = await installations();
      const bot = await ask("GET /users/{username}", { username: botLogin }, installation ?? "nobody");
      if (!bot)
        throw new GitHubError("refused", "GET /users/{username}", `${botLogin} is not there`, {
          status: 404,
        });
      return { appId: app.shape.number("id"), slug, botId: bot.shape.number("id"), botLogin };
    },
    installations,
    async installation(owner, repo) {
      const found = await ask("GET /repos/{owner}/{repo}/installation", { owner, repo });
      if (!found) return undefined;
      const { events } = found.shape.fields;
      return {
        id: found.shape.number("id"),
        permissions: found.shape.object("permissions").fields,
        events: Array.isArray(events) ? events.map(String) : [],
        suspended: typeof found.shape.fields.suspended_at === "string",
      };
    },
    async repositoriesOf(installation) {
      const found = await pages("GET /installation/repositories", "repositories", installation);
      return found.map(repository);
    },
  };
}

function ignore(): void {
  // Octokit's own log lines hold addresses and headers.
}

function failure(
  where: string,
  status: number | undefined,
  headers: Headers,
  message: string,
  cause: unknown,
): GitHubError {
  if (status === undefined || status >= 500) return new GitHubError("unavailable", where, message, { cause });
  const retryAfter = limitPause(status, headers, message, serverTimeOf(headers) ?? Date.now());
  if (retryAfter !== undefined)
    return new GitHubError("rate-limited", where, message, { status, retryAfter, cause });
  const kind = status === 401 ? "unauthorized" : status === 403 ? "forbidden" : "refused";
  return new GitHubError(kind, where, `${status} ${message}`, { status, cause });
}
