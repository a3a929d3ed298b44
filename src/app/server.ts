/** The app: Probot receives and checks webhooks; everything behind it is a look at an issue. */
import { createServer, type Server } from "node:http";
import { createNodeMiddleware, createProbot } from "probot";
import type { Settings } from "../core/snapshot.ts";
import {
  type Clock,
  createAppClient,
  createOidcVerifier,
  createServerClock,
  GitHubError,
  issuerOf,
  realClock,
} from "../github/index.ts";
import { createDesk } from "./desk.ts";
import { exchangeHandler } from "./exchange-handler.ts";
import { createMemory } from "./memory.ts";
import { createQueue } from "./queue.ts";
import { type LookEnd, type LookEvent, reconcile } from "./reconcile.ts";
import type { AppSettings } from "./settings.ts";
import { createSites } from "./sites.ts";
import { createChanges, type SweepOptions, sweep, sweepRepository } from "./sweep.ts";
import { EVENTS, type Hint, hintRank, type Target, targetOf } from "./target.ts";

export interface RunningApp {
  readonly url: string;
  /** Looks at everything once; resolves when the looks are queued. */
  sweep(): Promise<void>;
  /** Resolves when no look is under way or waiting. */
  idle(): Promise<void>;
  /** Takes nothing new, ends what is under way, closes the server. */
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly settings: AppSettings;
  readonly clock?: Clock;
  readonly fetch?: typeof fetch;
  /** One line for the operator's log. */
  readonly log: (line: LogLine) => void;
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly issue?: string;
}

/** Milliseconds in which deliveries about one issue are gathered into one look. */
const GATHER = 150;
/** Milliseconds for which the server waits for open connections when it stops. */
const GRACE = 5_000;

/** Starts the app and its first sweep. Throws `GitHubError` where GitHub does not know the App. */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const { settings, log, clock = realClock } = options;
  const serverClock = createServerClock();
  const app = createAppClient({
    ...settings,
    clock,
    serverClock,
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  const identity = await app.app();
  const sites = createSites({
    settings,
    identity,
    app,
    clock,
    serverClock,
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  const memory = createMemory();
  const stopping = new AbortController();
  const timers = new Map<string, NodeJS.Timeout>();
  /** When issues were seen done, and at which chain head. It only spares sweeps reads, and may be lost. */
  const done = new Map<string, { readonly head: string; readonly at: number }>();
  const doneAt: SweepOptions["doneAt"] = (issue, head) => {
    const seen = done.get(keyOf(issue));
    return seen?.head === head ? seen.at : undefined;
  };
  const changes = createChanges();

  const queue = createQueue<Target>({
    clock,
    concurrency: 8,
    gather: GATHER,
    join: (a, b) => (hintRank[a.hint] >= hintRank[b.hint] ? a : b),
    work: (key, target, signal) => lookAt(key, target, signal),
  });

  const keyOf = (target: Pick<Target, "owner" | "repository" | "issue">): string =>
    `${target.owner}/${target.repository}#${target.issue}`.toLowerCase();

  function add(target: Target): void {
    if (target.issue === undefined) {
      sweepRepository({ sites, namespace: settings.namespace, add, doneAt, changes }, target).catch((error) =>
        problem(`${target.owner}/${target.repository}`, error),
      );
      return;
    }
    queue.add(keyOf(target), target);
  }

  async function lookAt(key: string, target: Target, signal: AbortSignal): Promise<void> {
    clearTimeout(timers.get(key));
    timers.delete(key);
    try {
      const repository = await sites.repository(target);
      if (repository.archived) return;
      const site = sites.site(target, repository, target.issue ?? 0);
      const say = (event: LookEvent): void => log({ ...lineOf(event), issue: key });
      const end = await reconcile({
        site,
        repository,
        settings: coreSettings(settings),
        workflowFile: settings.workflowFile,
        memory,
        hint: target.hint,
        signal,
        log: say,
      });
      plan(key, target, end);
    } catch (error) {
      problem(key, error);
      if (error instanceof GitHubError && error.kind === "moved") sites.forget(target);
      else later(key, target, 30_000);
    }
  }

  function plan(key: string, target: Target, end: LookEnd): void {
    if (mayBeOld(target, end)) later(key, { ...target, echo: true }, settings.echo);
    if (end.kind === "gone") return;
    if (end.state === "moved") sites.forget(target);
    if (end.state === "done" && target.head !== undefined)
      done.set(key, { head: target.head, at: end.seenAt });
    if (end.again !== null) later(key, target, end.again);
  }

  /** Times that are waited for are GitHub's; a look that comes too early finds that out and costs little. */
  function later(key: string, target: Target, pause: number): void {
    if (stopping.signal.aborted) return;
    clearTimeout(timers.get(key));
    const hint: Hint = target.hint === "sweep" ? "acts" : target.hint;
    const timer = setTimeout(
      () => queue.add(key, { ...target, hint }),
      Math.min(pause, settings.sweepInterval),
    );
    timers.set(key, timer);
  }

  function problem(where: string, error: unknown): void {
    log({ level: "warn", message: `${where}: ${error instanceof Error ? error.message : String(error)}` });
  }

  const sweepAll = (): Promise<void> =>
    sweep({
      app,
      sites,
      namespace: settings.namespace,
      add,
      doneAt,
      changes,
      problem,
      signal: stopping.signal,
    }).catch((error) => problem("sweep", error));

  const desk = createDesk({
    settings,
    app,
    sites,
    oidc: createOidcVerifier({
      issuer: settings.oidcIssuer ?? issuerOf(settings.apiUrl),
      audience: settings.audience,
      now: serverClock.now,
      ...(options.fetch ? { fetch: options.fetch } : {}),
    }),
    log: ({ level, message }) => log({ level, message }),
  });

  const server = await listen(settings, {
    botId: identity.botId,
    add,
    exchange: exchangeHandler(desk),
    stopping: stopping.signal,
  });
  const interval = setInterval(() => void sweepAll(), settings.sweepInterval);
  void sweepAll();

  return {
    url: server.url,
    sweep: sweepAll,
    idle: () => queue.idle(),
    async stop() {
      stopping.abort();
      clearInterval(interval);
      for (const timer of timers.values()) clearTimeout(timer);
      await queue.drain();
      await close(server.http);
    },
  };
}

/** A delivery brought news, and the look that it asked for rests: what it read may be older than the news (I10). */
function mayBeOld({ hint, echo }: Target, end: LookEnd): boolean {
  if (echo || hint === "sweep") return false;
  return end.kind === "gone" || hint === "acts" || !QUIET.has(end.state);
}

/** States in which deliveries about an issue are mostly nobody's business. */
const QUIET: ReadonlySet<string> = new Set(["idle", "done", "moved"]);

function coreSettings(settings: AppSettings): Settings {
  const { quietPeriod, intentLifetime, startPatience } = settings;
  return { quietPeriod, intentLifetime, startPatience, starts: 3 };
}

function lineOf(event: LookEvent): LogLine {
  switch (event.kind) {
    case "act":
      return { level: "info", message: event.act };
    case "inert": {
      const { comment, author, why } = event.inert;
      return {
        level: "warn",
        message: `comment ${comment} by @${author} looks like a marker and counts for nothing: ${why}`,
      };
    }
    case "rest":
      return {
        level: event.state === "failed" ? "error" : "info",
        message: `${event.state}: ${event.waitsFor}`,
      };
  }
}

interface Doors {
  readonly botId: number;
  readonly add: (target: Target) => void;
  readonly exchange: ReturnType<typeof exchangeHandler>;
  readonly stopping: AbortSignal;
}

async function listen(
  settings: AppSettings,
  doors: Doors,
): Promise<{ readonly url: string; readonly http: Server }> {
  const probot = createProbot({
    env: {},
    overrides: {
      appId: settings.appId,
      privateKey: settings.privateKey,
      secret: settings.webhookSecret,
      baseUrl: settings.apiUrl,
      logLevel: "fatal",
    },
  });
  const webhooks = await createNodeMiddleware(
    (robot) => {
      robot.on([...EVENTS], (context) => {
        const delivery = {
          name: context.name,
          payload: context.payload as unknown as Record<string, unknown>,
        };
        const target = targetOf(delivery, doors.botId, settings.workflowFile);
        if (target) doors.add(target);
      });
    },
    { probot },
  );
  const http = createServer((request, response) => {
    if (request.url === "/healthz") {
      const healthy = !doors.stopping.aborted;
      response.writeHead(healthy ? 200 : 503, { "content-type": "text/plain" });
      response.end(healthy ? "ok\n" : "stopping\n");
      return;
    }
    void doors.exchange(request, response).then((served) => {
      if (served) return;
      return webhooks(request, response, () => {
        response.writeHead(404, { "content-type": "text/plain" });
        response.end("not found\n");
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(settings.port, settings.host, resolve);
  });
  const address = http.address();
  const port = typeof address === "object" && address !== null ? address.port : settings.port;
  return {
    url: `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`,
    http,
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), GRACE);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
