/** The app without its server: deliveries come in, issues are looked at, tokens are given out. */
import { putBounded } from "../core/bounded.ts";
import type { CreateJwt } from "../github/identity.ts";
import {
  type Clock,
  createAppClient,
  createOidcVerifier,
  createServerClock,
  GitHubError,
  type Governor,
  issuerOf,
  type OidcVerifier,
  realClock,
  type Scheduler,
  type ServerClock,
} from "../github/index.ts";
import { checkConfig } from "./config-check.ts";
import { createDesk } from "./desk.ts";
import { type ExchangeRequest, type ExchangeResponse, exchange } from "./exchange-answer.ts";
import { createLine } from "./line.ts";
import { createMemory } from "./memory.ts";
import { isTrial, readEntryLabel } from "./observe/index.ts";
import { createPace } from "./pace.ts";
import { createPullIssues } from "./pull-issues.ts";
import { createQueue } from "./queue.ts";
import { type LookEnd, type LookEvent, reconcile } from "./reconcile.ts";
import { type AppSettings, coreSettings } from "./settings.ts";
import { createSites } from "./sites.ts";
import { createChanges, type SweepOptions, sweep, sweepRepository } from "./sweep.ts";
import {
  type Delivery,
  type Hint,
  hintRank,
  keyOf,
  type NewHead,
  newHeadOf,
  type PullCommand,
  pullCommandOf,
  type Target,
  targetOf,
} from "./target.ts";

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

/** Issues of which it is kept how they were seen at rest: some 10 MB. */
const MOST_RESTED = 50_000;

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
  const pace = createPace();
  /** When issues were seen at rest, and at which chain head. It only spares sweeps reads, and may be lost. */
  const rested = new Map<string, Rested>();
  const restedAt: SweepOptions["restedAt"] = (issue, head, now) => {
    const seen = rested.get(keyOf(issue));
    return seen && seen.head === head && now < seen.until ? seen.at : undefined;
  };
  const changes = createChanges();
  const lag = settings.quietPeriod;

  const governorOf = ({ installation }: Target): Governor => sites.governor(installation);
  /** Issues that were seen to have a chain: it only says who goes first. */
  const chained = new Set<string>();
  const line = createLine<Target>({
    clock,
    governorOf,
    isGoing: (key) => chained.has(key),
    join: stronger,
    go: (key, target) => queue.add(key, target),
  });

  const backlog: SweepOptions["backlog"] = ({ installation, owner, repository }) =>
    line.waiting(
      (one) => one.installation === installation && one.owner === owner && one.repository === repository,
    );

  const entryLabel: SweepOptions["entryLabel"] = async (place, reads) => {
    const { id, defaultBranch } = await sites.repository(place);
    const name = await readEntryLabel(reads, defaultBranch, (config) =>
      memory.sawTrial({ repository: id }, isTrial(config)),
    );
    memory.sawEntryLabel({ repository: id }, name);
    return name;
  };

  const queue = createQueue<Target>({
    clock,
    concurrency: 8,
    gather: GATHER,
    join: stronger,
    work: (key, target, signal) => lookAt(key, target, signal),
  });

  const pullIssue = createPullIssues(sites, memory);
  /** Pull requests on which somebody has written a command. */
  const commanded = createQueue<PullCommand & { readonly tries: number }>({
    clock,
    concurrency: 2,
    gather: GATHER,
    join: (_, news) => news,
    async work(key, { pull, tries, ...place }, signal) {
      try {
        const issue = await pullIssue(place, pull);
        if (issue !== undefined) add({ ...place, issue, hint: "acts" });
      } catch (error) {
        problem(key, error);
        // A sweep finds it as well.
        const pause = error instanceof GitHubError ? (error.retryAfter ?? 30_000) : undefined;
        if (pause === undefined || tries >= 3 || signal.aborted) return;
        clock.schedule(pause, () => commanded.add(key, { ...place, pull, tries: tries + 1 }));
      }
    },
  });

  /** Pull requests that may bring another configuration. */
  const heads = createQueue<NewHead & { readonly tries: number }>({
    clock,
    concurrency: 2,
    gather: GATHER,
    join: (_, news) => news,
    async work(key, head, signal) {
      try {
        const repository = await sites.repository(head);
        if (!repository.archived)
          await checkConfig(sites.site(head, repository, head.pull), head.pull, repository);
      } catch (error) {
        problem(key, error);
        const pause = error instanceof GitHubError ? (error.retryAfter ?? 30_000) : undefined;
        if (pause === undefined || head.tries >= 3 || signal.aborted) return;
        clock.schedule(pause, () => heads.add(key, { ...head, tries: head.tries + 1 }));
      }
    },
  });

  function add(target: Target): void {
    if (target.issue === undefined) {
      sweepRepository(
        { sites, namespace: settings.namespace, add, entryLabel, backlog, restedAt, changes, pullIssue, lag },
        target,
      ).catch((error) => problem(`${target.owner}/${target.repository}`, error));
      return;
    }
    const key = keyOf(target);
    if (target.head !== undefined) chained.add(key);
    line.add(key, target);
  }

  async function lookAt(key: string, target: Target, signal: AbortSignal): Promise<void> {
    forgetLater(key);
    const governor = governorOf(target);
    try {
      const repository = await sites.repository(target);
      if (repository.archived) return governor.release(key);
      const site = sites.site(target, repository, target.issue ?? 0);
      const say = (event: LookEvent): void => log({ ...lineOf(event), issue: key });
      const end = await reconcile({
        site,
        repository,
        settings: coreSettings(settings),
        workflowFile: settings.workflowFile,
        memory,
        neighbour: (name) => sites.neighbour(target, name),
        hint: target.hint,
        begin(need) {
          const wait = governor.reserve(key, need);
          if (wait === 0) governor.begin(key);
          return wait;
        },
        signal,
        log: say,
      });
      failing.delete(key);
      keep(governor, key, end);
      plan(key, target, end);
      wakeNext(target, repository.id);
    } catch (error) {
      keep(governor, key, undefined);
      problem(key, error);
      if (error instanceof GitHubError && error.kind === "moved") {
        failing.delete(key);
        sites.forget(target);
      } else later(key, target, patience(key));
    }
  }

  /** Whoever waits for others is looked at when it may go on. */
  function wakeNext({ installation, owner, repository }: Target, id: number): void {
    const issue = memory.places.next({ repository: id });
    if (issue !== undefined) add({ installation, owner, repository, issue, hint: "work" });
  }

  /** Longer each time: what fails again and again is not asked for at the same pace. */
  function patience(key: string): number {
    const pause = Math.min(2 * (failing.get(key) ?? 15_000), settings.sweepInterval);
    failing.set(key, pause);
    return pause;
  }

  /** What is kept for the issue stays as long as a run has an edge to do. */
  function keep(governor: Governor, key: string, end: LookEnd | undefined): void {
    if (end?.kind === "rest" && end.head !== undefined) chained.add(key);
    if (end?.kind === "rest" && end.working) {
      governor.begin(key);
      return;
    }
    const isOver =
      end !== undefined && (end.kind === "gone" || end.state === "moved" || end.working === false);
    if (isOver) chained.delete(key);
    if (isOver || governor.stateOf(key) === "new") governor.release(key);
  }

  function plan(key: string, target: Target, end: LookEnd): void {
    if (mayBeOld(target, end)) later(key, { ...target, echo: true }, settings.echo);
    if (end.kind === "gone") {
      pace.forget(key);
      // It may be there again, with nothing about it changed: what was seen before tells no sweep to pass it by.
      rested.delete(key);
      return;
    }
    if (end.state === "moved") sites.forget(target);
    const until = AT_REST.has(end.state) || end.queued ? Number.POSITIVE_INFINITY : dueAt(end);
    if (end.seenAt > 0) putBounded(rested, key, { head: end.head, at: end.seenAt, until }, MOST_RESTED);
    const again = pace.next(key, {
      what: `${end.state}: ${end.waitsFor} behind ${end.head}`,
      again: end.again,
    });
    // Whoever asks anew until then sets a label, which every look sees.
    if (again === null) return;
    const next: Target = end.seenAt > 0 ? { ...target, hint: "work" } : target;
    later(key, next, again, end.queued ? again : settings.sweepInterval);
  }

  /** By GitHub's clock. A run that has work to do says when it has ended; only what waits for people may change unseen. */
  function dueAt(end: Extract<LookEnd, { kind: "rest" }>): number {
    return end.working && end.again !== null ? end.seenAt + Math.min(end.again, settings.sweepInterval) : 0;
  }

  function forgetLater(key: string): void {
    timers.get(key)?.();
    timers.delete(key);
  }

  /** Times that are waited for are GitHub's; a look that comes too early finds that out and costs little. */
  function later(key: string, target: Target, pause: number, most = settings.sweepInterval): void {
    if (stopping.signal.aborted) return;
    forgetLater(key);
    const hint: Hint = target.hint === "sweep" ? "acts" : target.hint;
    const wait = Math.min(pause, most);
    timers.set(
      key,
      clock.schedule(wait, () => line.add(key, { ...target, hint })),
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
      entryLabel,
      backlog,
      restedAt,
      changes,
      pullIssue,
      lag,
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
      const target = targetOf(delivery, identity, settings.workflowFile);
      if (target) add(target);
      const head = newHeadOf(delivery, identity.botId);
      if (head) heads.add(keyOf({ ...head, issue: head.pull }), { ...head, tries: 1 });
      const command = pullCommandOf(delivery, identity.botId);
      if (command) commanded.add(keyOf({ ...command, issue: command.pull }), { ...command, tries: 1 });
    },
    exchange: (request) => exchange(desk, request),
    sweep: sweepAll,
    async idle() {
      await Promise.all([commanded.idle(), heads.idle()]);
      await queue.idle();
    },
    async stop() {
      stopping.abort();
      nextSweep();
      line.stop();
      for (const cancel of timers.values()) cancel();
      await Promise.all([queue.drain(), heads.drain(), commanded.drain()]);
    },
  };
}

/** How an issue was seen. */
interface Rested {
  /** `undefined`: it had no chain. */
  readonly head: string | undefined;
  readonly at: number;
  /** When it is looked at again whatever a sweep finds. */
  readonly until: number;
}

/** States that only a change of the issue itself ends: sweeps look again where GitHub shows one. */
const AT_REST: ReadonlySet<string> = new Set(["done", "hold"]);

const stronger = (a: Target, b: Target): Target => (hintRank[a.hint] >= hintRank[b.hint] ? a : b);

/** A delivery brought news, and the look that it asked for rests: what it read may be older than the news (I10). */
function mayBeOld({ hint, echo }: Target, end: LookEnd): boolean {
  // What was done shows that the news was there to be read.
  if (echo || hint === "sweep" || (end.kind === "rest" && end.acted)) return false;
  return end.kind === "gone" || hint === "acts" || !QUIET.has(end.state);
}

/** States in which deliveries about an issue are mostly nobody's business. */
const QUIET: ReadonlySet<string> = new Set(["idle", "done", "moved"]);

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
