/** A GitHub that fits on one machine. See `docs/github.md` for what it does as GitHub does, and what it leaves out. */
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createActionsEngine } from "./actions/index.ts";
import type { StartJob } from "./actions/job.ts";
import type { ActionsEngine, ActionsHost } from "./actions/port.ts";
import { createActionsHost } from "./actions-host.ts";
import type { SandboxRequest, SandboxResponse } from "./api/http.ts";
import { parseLimits } from "./api/limit-settings.ts";
import { createLimits } from "./api/limits.ts";
import { createQuota } from "./api/quota.ts";
import { createApiRouter } from "./api/routes.ts";
import { createClock, type SandboxClock } from "./clock.ts";
import { createFacts } from "./control/facts.ts";
import { createFaults, type Faults } from "./control/faults.ts";
import { control } from "./control/routes.ts";
import { createGitHttp } from "./git/http.ts";
import { gitAccess } from "./git-access.ts";
import { type Handlers, handle } from "./handle.ts";
import { createIdTokenIssuer, type IdTokenIssuer } from "./identity/oidc.ts";
import { createLag, type Lag } from "./lag/replicas.ts";
import { createLandedLog, type Landed } from "./log.ts";
import { parts } from "./parts.ts";
import type { RequestEntry } from "./request-log.ts";
import { listen } from "./server.ts";
import type { Services, Urls } from "./services.ts";
import { createBuiltIns, createUser, createUserToken, type NewUser } from "./setup/accounts.ts";
import {
  type CreatedApp,
  changeInstallation,
  createApp,
  installApp,
  type NewApp,
  uninstallApp,
} from "./setup/apps.ts";
import {
  addCollaborator,
  createRepository,
  importLocalRepository,
  type NewRepository,
  type Storage,
} from "./setup/repositories.ts";
import { addTeamMember, createTeam, type NewTeam, removeTeamMember } from "./setup/teams.ts";
import { createDeliverer, type Delivery, overHttp, type Transport } from "./webhooks/deliver.ts";
import { createEmitter } from "./webhooks/emit.ts";
import { findRepository } from "./world/find.ts";
import {
  type App,
  emptyWorld,
  type Installation,
  type Repository,
  type Role,
  type Team,
  type TeamMember,
  type User,
  type World,
} from "./world/state.ts";

export interface SandboxOptions {
  /** By default any free one. */
  readonly port?: number;
  readonly host?: string;
  /** Kept after `stop`, with repositories, runs and logs; without it a temporary one that goes away. */
  readonly directory?: string;
  /** Where repositories are kept; by default on disk. In memory nothing can be cloned, pushed or imported. */
  readonly git?: "disk" | "memory";
  /** Where apps that are made without an address of their own get their webhooks. */
  readonly webhookUrl?: string;
  /** What jobs see as `GITHUB_API_URL`, so that something may stand between. */
  readonly runnerApiUrl?: string;
  readonly clock?: SandboxClock;
  /** As `parseLimits` reads it; by default `github`. */
  readonly limits?: string;
  /** How webhooks get to their receivers; by HTTP unless a simulation takes them in process. */
  readonly transport?: Transport;
  /** Folder with actions of other repositories: `uses: owner/name/path@ref` is found as `owner/name/path` there. */
  readonly actions?: string;
  /** `none`: nothing listens and nothing is kept on disk; requests come through `handle`. By default `listen`. */
  readonly server?: "listen" | "none";
  /** Who signs id tokens, where it is not a key made for this sandbox. */
  readonly idTokens?: IdTokenIssuer;
  /** What goes wrong, where nobody sets it by hand. */
  readonly createFaults?: (world: World) => Faults;
  /** What performs a job, where it is not a machine of its own. */
  readonly startJob?: StartJob;
  /** What runs workflows, where it is not the sandbox's own engine. */
  readonly createEngine?: (host: ActionsHost) => ActionsEngine | Promise<ActionsEngine>;
}

export interface Sandbox {
  /** `http://127.0.0.1:<port>`; the REST API answers here and under `/api/v3`. */
  readonly url: string;
  /** `<url>/_sandbox` */
  readonly controlUrl: string;
  readonly directory: string;
  readonly clock: SandboxClock;
  readonly world: World;
  readonly services: Services;
  readonly faults: Faults;
  /** How far reads lag behind; at first nothing does. */
  readonly lag: Lag;
  readonly engine: ActionsEngine | undefined;
  /** What the engine is given; a test that stands in for the engine uses it too. */
  readonly actionsHost: ActionsHost;
  readonly requestLog: readonly RequestEntry[];
  readonly landed: readonly Landed[];
  readonly deliveries: readonly Delivery[];
  /** What went wrong inside the sandbox itself; empty in a healthy one. */
  readonly errors: readonly unknown[];

  createUser(input: NewUser): User;
  /** A personal token of an account. */
  createToken(login: string): string;
  createRepository(owner: string, name: string, input?: NewRepository): Promise<Repository>;
  importRepository(
    owner: string,
    name: string,
    path: string,
    input?: Omit<NewRepository, "files">,
  ): Promise<Repository>;
  addCollaborator(repository: Repository, login: string, role: Role): void;
  /** A team of an organization; nobody is in it yet. */
  createTeam(input: NewTeam): Team;
  /** By default as an active member. */
  addTeamMember(team: Team, login: string, as?: Partial<TeamMember>): void;
  removeTeamMember(team: Team, login: string): void;
  createApp(input: NewApp): CreatedApp;
  installApp(app: App, account: string, repositories: "all" | readonly string[]): Installation;
  /** Changes which repositories an installation covers. */
  changeInstallation(installation: Installation, repositories: "all" | readonly string[]): void;
  /** Takes an installation away; its tokens are good no more. */
  uninstallApp(installation: Installation): void;
  setSecret(repository: Repository, name: string, value: string): void;
  setVariable(repository: Repository, name: string, value: string): void;

  /** One request in process, git transport excepted. */
  handle(request: SandboxRequest): Promise<SandboxResponse>;
  /** Resolves when no webhook is under way and every workflow of past events was started. */
  waitIdle(): Promise<void>;
  /** Ends the engine, the server, git's helpers and all timers. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a sandbox. Rejects when the port is taken, with `RangeError` for limits that cannot be read. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = options.clock ?? createClock();
  const world = emptyWorld();
  const quota = createQuota(world, clock.now);
  quota.limiting = parseLimits(options.limits ?? "github");
  const lag = createLag(world, clock);
  const listens = options.server !== "none";
  const directory = await ownDirectory(options);
  const storage: Storage = options.git === "memory" ? { kind: "memory" } : { kind: "disk", directory };
  const logs = options.directory ? openLogs(directory) : undefined;
  const errors: unknown[] = [];
  const onError = (error: unknown): void => {
    errors.push(error);
    // A fault of the sandbox itself must not look like one of GitHub's: it is said aloud.
    process.emitWarning(error instanceof Error ? error : String(error));
  };
  const requestLog: RequestEntry[] = [];
  let baseUrl = listens ? "http://127.0.0.1" : NOWHERE;

  const faults = (options.createFaults ?? createFaults)(world);
  const deliverer = createDeliverer(world, clock, faults, options.transport ?? overHttp);
  let work: Promise<void> = Promise.resolve();
  const emitter = createEmitter(() => services, deliverer, onError);
  const services: Services = {
    clock,
    world,
    urls: liveUrls(() => baseUrl),
    stores: new Map(),
    landed: createLandedLog(world, clock.now, (entry) => logs?.landed.write(`${JSON.stringify(entry)}\n`)),
    facts: createFacts(),
    hooks: { refMoved: [], pullChanged: [], gate: [], run: [], job: [] },
    engine: undefined,
    later(task) {
      work = work.then(task).then(lag.noticed).catch(onError);
    },
    emit(...event) {
      emitter.emit(...event);
      lag.noticed();
    },
  };
  clock.watch(lag.flush);
  createBuiltIns(services);
  const idTokens = options.idTokens ?? (await createIdTokenIssuer(clock, () => baseUrl));
  const waitIdle = async (): Promise<void> => {
    let done: Promise<void>;
    do {
      done = work;
      await done;
      await emitter.idle();
    } while (done !== work);
    await deliverer.idle();
  };
  const handlers: Handlers = {
    dispatcher: {
      services,
      router: createApiRouter(quota, deliverer),
      faults,
      quota,
      limits: createLimits(clock, quota),
      lag,
      onError,
      onRequest(entry) {
        requestLog.push(entry);
        logs?.requests.write(`${JSON.stringify(entry)}\n`);
      },
    },
    idTokens,
    engine: () => services.engine,
    control: (request) =>
      control({ services, faults, lag, quota, deliverer, requests: requestLog, waitIdle }, request),
  };
  const handleRequest = (request: SandboxRequest): Promise<SandboxResponse> => handle(handlers, request);
  const host = options.host ?? "127.0.0.1";
  const git = createGitHttp(gitAccess(services));
  const server = listens
    ? await listen({ host, port: options.port ?? 0, handle: handleRequest, git, onError })
    : undefined;
  if (server) baseUrl = `http://${host}:${server.port}`;
  for (const part of parts) part.install(services);
  services.hooks.refMoved.push(lag.noticed);
  services.hooks.run.push(lag.noticed);
  services.hooks.job.push(lag.noticed);
  const hostOptions = { directory: join(directory, "actions"), runnerApiUrl: options.runnerApiUrl, idTokens };
  const actionsHost = createActionsHost(services, hostOptions);
  const ownEngine = (given: ActionsHost) =>
    createActionsEngine(given, { actions: options.actions, startJob: options.startJob });
  services.engine = await (options.createEngine ?? ownEngine)(actionsHost);

  let stopped: Promise<void> | undefined;
  async function stopAll(): Promise<void> {
    await services.engine?.stop();
    await work;
    await emitter.idle();
    deliverer.stop();
    clock.stop();
    await server?.close();
    await Promise.all([...services.stores.values()].map((store) => store.close()));
    await logs?.close();
    if (listens && !options.directory) await rm(directory, { recursive: true, force: true });
  }
  const stop = (): Promise<void> => (stopped ??= stopAll());
  return {
    url: baseUrl,
    controlUrl: `${baseUrl}/_sandbox`,
    directory,
    clock,
    world,
    services,
    faults,
    lag,
    get engine() {
      return services.engine;
    },
    actionsHost,
    requestLog,
    landed: services.landed.entries,
    deliveries: deliverer.deliveries,
    errors,
    createUser: (input) => createUser(services, input),
    createToken: (login) => createUserToken(services, login),
    createRepository: (owner, name, input = {}) => createRepository(services, storage, owner, name, input),
    importRepository: (owner, name, path, input = {}) =>
      importLocalRepository(services, storage, owner, name, path, input),
    addCollaborator: (repository, login, role) => addCollaborator(services, repository, login, role),
    createTeam: (input) => createTeam(services, input),
    addTeamMember: (team, login, as) => addTeamMember(services, team, login, as),
    removeTeamMember: (team, login) => removeTeamMember(services, team, login),
    createApp: (input) =>
      createApp(services, {
        ...(options.webhookUrl ? { webhookUrl: options.webhookUrl } : {}),
        ...input,
      }),
    installApp: (app, account, repositories) => installApp(services, app, account, repositories),
    changeInstallation: (installation, repositories) =>
      changeInstallation(services, installation, repositories),
    uninstallApp: (installation) => uninstallApp(services, installation),
    setSecret: (repository, name, value) =>
      void findRepository(world, repository.id).secrets.set(name, value),
    setVariable: (repository, name, value) =>
      void findRepository(world, repository.id).variables.set(name, value),
    handle: handleRequest,
    waitIdle,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Address of a sandbox that listens nowhere. */
export const NOWHERE = "http://github.test";

async function ownDirectory({ server, directory }: SandboxOptions): Promise<string> {
  if (server === "none") return "/nowhere";
  const own = directory ? resolve(directory) : await mkdtemp(join(tmpdir(), "cairn-sandbox-"));
  await mkdir(own, { recursive: true });
  return own;
}

/** The sandbox's own address is known only once it listens. */
function liveUrls(baseUrl: () => string): Urls {
  return {
    get html() {
      return baseUrl();
    },
    get api() {
      return baseUrl();
    },
  };
}

/** Logs as JSON lines, for those who look at a sandbox after it has ended. */
function openLogs(directory: string) {
  const requests = createWriteStream(join(directory, "requests.jsonl"));
  const landed = createWriteStream(join(directory, "landed.jsonl"));
  const end = (stream: WriteStream): Promise<void> => new Promise((done) => stream.end(() => done()));
  return { requests, landed, close: async () => void (await Promise.all([end(requests), end(landed)])) };
}
