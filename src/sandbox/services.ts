/** What the parts of a sandbox share. Built once by `index.ts`; handed to handlers inside their context. */
import type { ActionsEngine, ActionsHost, JobRecord, RunRecord } from "./actions/port.ts";
import type { SandboxClock } from "./clock.ts";
import type { Facts } from "./control/facts.ts";
import type { GitStore, Sha } from "./git/store.ts";
import type { LandedLog } from "./log.ts";
import type { SandboxEvent } from "./webhooks/event.ts";
import type { Actor, Cause } from "./world/actor.ts";
import type { Issue, World } from "./world/state.ts";

export type { Cause };

/** Base addresses without trailing slash. */
export interface Urls {
  readonly html: string;
  readonly api: string;
}

/** A ref that has moved, was created (`before` null) or deleted (`after` null). */
export interface RefMove {
  readonly repositoryId: number;
  readonly ref: string;
  readonly before: Sha | null;
  readonly after: Sha | null;
  readonly forced: boolean;
}

/** Places where the parts that know pull requests, checks and runs hang in. Called in order, awaited one by one. */
export interface Hooks {
  /** After the world has the new ref and before `push` is sent: heads of pull requests follow here. */
  readonly refMoved: ((move: RefMove, cause: Cause) => Promise<void> | void)[];
  /** The issue side of a pull request has changed: `closed`, `reopened`, `labeled`, `edited`, … with the fields that go with it. */
  readonly pullChanged: ((
    issue: Issue,
    cause: Cause,
    action: string,
    fields: Readonly<Record<string, unknown>>,
  ) => void)[];
  /** What stands between a pull request and its merge may have changed: checks, reviews, conversations, rules. */
  readonly gate: ((repositoryId: number) => void)[];
  readonly run: ((run: RunRecord, action: Parameters<ActionsHost["onRun"]>[1]) => void)[];
  readonly job: ((run: RunRecord, job: JobRecord, action: Parameters<ActionsHost["onJob"]>[2]) => void)[];
}

export interface Services {
  readonly clock: SandboxClock;
  /** The world as it is. Handlers of reads use `context.world`, which may be an older one. */
  readonly world: World;
  /** Addresses as the sandbox itself writes them: in webhooks and runs. */
  readonly urls: Urls;
  readonly stores: Map<number, GitStore>;
  readonly landed: LandedLog;
  /** What holds of GitHub here. */
  readonly facts: Facts;
  readonly hooks: Hooks;
  /** Set right after the host, which it needs. */
  engine: ActionsEngine | undefined;
  /** Does it after what is under way, one after the other; `waitIdle` waits for it. */
  later(work: () => Promise<void>): void;
  /** Sends webhooks and starts workflows, in the order of the calls. `senderId` where the sender is not the actor. */
  emit(event: SandboxEvent, actor: Actor, senderId?: number): void;
}

/** To be called after checks, reviews, conversations or rules of a repository have changed. */
export function gateChanged(services: Services, repositoryId: number): void {
  for (const hook of services.hooks.gate) hook(repositoryId);
}

/** Git store of a repository. Throws when there is none: every repository has one. */
export function storeOf(services: Services, repositoryId: number): GitStore {
  const store = services.stores.get(repositoryId);
  if (!store) throw new RangeError(`no git store for repository ${repositoryId}`);
  return store;
}
