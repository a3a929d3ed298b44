/** The app without its server: deliveries come in, issues are looked at, tokens are given out. */
import type { Settings } from "../core/snapshot.ts";
import type { CreateJwt } from "../github/identity.ts";
import {
  type Clock,
  createAppClient,
  createOidcVerifier,
  createServerClock,
  GitHubError,
  issuerOf,
  type OidcVerifier,
  realClock,
  type Scheduler,
  type ServerClock,
} from "../github/index.ts";
import { createDesk } from "./desk.ts";
import { type ExchangeRequest, type ExchangeResponse, exchange } from "./exchange-answer.ts";
import { createMemory } from "./memory.ts";
import { createQueue } from "./queue.ts";
import { type LookEnd, type LookEvent, reconcile } from "./reconcile.ts";
import type { AppSettings } from "./settings.ts";
import { createSites } from "./sites.ts";
import { createChanges, type SweepOptions, sweep, sweepRepository } from "./sweep.ts";
import { type Delivery, type Hint, hintRank, type Target, targetOf } from "./target.ts";

export interface App {
  /** A webhook, its signature checked. */
  receive(delivery: Delivery): void;
  /** `POST /cairn/token`. Never rejects. */
  exchange(request: ExchangeRequest): Promise<ExchangeResponse>;
  /** Looks at everything once; resolves when the looks are queued. */
  sweep(): Promise<void>;
  /** Resolves when no look is under way or waiting. */
  idle(): Promise<void>;
  /** Takes nothing new, and ends what is under way. */
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly settings: AppSettings;
  readonly clock?: Clock & Scheduler;
  readonly serverClock?: ServerClock;
  readonly fetch?: typeof fetch;
  readonly createJwt?: CreateJwt;
  /** What id tokens are checked by; by default their issuer's own keys. */
  readonly oidc?: OidcVerifier;
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

/** Starts the app and its first sweep. Throws `GitHubError` where GitHub does not know the App. */
export async function createApp(options: AppOptions): Promise<App> {
  const { settings, log, clock = realClock, serverClock = createServerClock() } = options;
  const edges = options.fetch ? { fetch: options.fetch } : {};
  const app = createAppClient({
    ...settings,
    clock,
    serverClock,
    ...edges,
    ...(options.createJwt ? { createJwt: options.createJwt } : {}),
  });
  const identity = await app.app();
  const sites = createSites({ settings, identity, app, clock, serverClock, ...edges });
  const memory = createMemory();
  const stopping = new AbortController();
  /** Looks that are due later, by issue: how to take them back. */
  const timers = new Map<string, () => void>();
  /** Milliseconds after which an issue is looked at again whose look has failed. */
  const failing = new Map<string, number>();
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
    forgetLater(key);
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
      failing.delete(key);
      plan(key, target, end);
    } catch (error) {
      problem(key, error);
      if (error instanceof GitHubError && error.kind === "moved") sites.forget(target);
      else later(key, target, patience(key));
    }
  }

  /** Longer each time: what fails again and again is not asked for at the same pace. */
  function patience(key: string): number {
    const pause = Math.min(2 * (failing.get(key) ?? 15_000), settings.sweepInterval);
    failing.set(key, pause);
    return pause;
  }

  function plan(key: string, target: Target, end: LookEnd): void {
    if (mayBeOld(target, end)) later(key, { ...target, echo: true }, settings.echo);
    if (end.kind === "gone") return;
    if (end.state === "moved") sites.forget(target);
    if (end.state === "done" && target.head !== undefined)
      done.set(key, { head: target.head, at: end.seenAt });
    if (end.again !== null) later(key, target, end.again);
  }

  function forgetLater(key: string): void {
    timers.get(key)?.();
    timers.delete(key);
  }

  /** Times that are waited for are GitHub's; a look that comes too early finds that out and costs little. */
  function later(key: string, target: Target, pause: number): void {
    if (stopping.signal.aborted) return;
    forgetLater(key);
    const hint: Hint = target.hint === "sweep" ? "acts" : target.hint;
    const wait = Math.min(pause, settings.sweepInterval);
    timers.set(
      key,
      clock.schedule(wait, () => queue.add(key, { ...target, hint })),
    );
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

  const oidc =
    options.oidc ??
    createOidcVerifier({
      issuer: settings.oidcIssuer ?? issuerOf(settings.apiUrl),
      audience: settings.audience,
      now: serverClock.now,
      ...edges,
    });
  const desk = createDesk({
    settings,
    app,
    sites,
    oidc,
    log: ({ level, message }) => log({ level, message }),
  });

  let nextSweep: () => void = () => undefined;
  function sweepAgain(): void {
    nextSweep = clock.schedule(settings.sweepInterval, sweepAgain);
    void sweepAll();
  }
  sweepAgain();

  return {
    receive(delivery) {
      const target = targetOf(delivery, identity.botId, settings.workflowFile);
      if (target) add(target);
    },
    exchange: (request) => exchange(desk, request),
    sweep: sweepAll,
    idle: () => queue.idle(),
    async stop() {
      stopping.abort();
      nextSweep();
      for (const cancel of timers.values()) cancel();
      await queue.drain();
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
