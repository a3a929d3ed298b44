/** Apps and their installations, as owners of accounts set them up. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { presentInstallation } from "../api/present/app.ts";
import type { Services } from "../services.ts";
import { covers, findUser, fullName, repositoryByName, userByLogin } from "../world/find.ts";
import { nextId, nodeId } from "../world/ids.ts";
import type { App, Installation, PermissionSet, Repository, World } from "../world/state.ts";
import { createUser, must } from "./accounts.ts";

export interface NewApp {
  readonly name: string;
  readonly slug?: string;
  readonly owner?: string;
  readonly permissions: PermissionSet;
  readonly events: readonly string[];
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  /** By default a new pair. */
  readonly keys?: KeyPair;
}

/** PEM. */
export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface CreatedApp {
  readonly app: App;
  /** PEM; the sandbox keeps the public half only. */
  readonly privateKey: string;
  readonly webhookSecret: string;
}

/** Registers an app, with a key pair of its own. */
export function createApp(services: Services, input: NewApp): CreatedApp {
  const { world, clock } = services;
  const slug = input.slug ?? input.name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const bot = createUser(services, { login: `${slug}[bot]`, type: "Bot" });
  const keys = input.keys ?? newKeys();
  const webhookSecret = input.webhookSecret ?? randomBytes(20).toString("hex");
  const app: App = {
    id: nextId(world, "app"),
    slug,
    name: input.name,
    ownerId:
      input.owner === undefined ? 9919 : must(userByLogin(world, input.owner), `account ${input.owner}`).id,
    clientId: `Iv23li${randomBytes(7).toString("hex")}`,
    publicKey: keys.publicKey,
    webhookUrl: input.webhookUrl ?? null,
    webhookSecret,
    permissions: input.permissions,
    events: input.events,
    botId: bot.id,
    createdAt: clock.now(),
  };
  world.apps.set(app.id, app);
  return { app, privateKey: keys.privateKey, webhookSecret };
}

function newKeys(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
  };
}

type Selection = "all" | readonly string[];

function selected(world: World, account: string, repositories: Selection): number[] {
  if (repositories === "all") return [];
  const named = (name: string) =>
    must(repositoryByName(world, account, name), `repository ${account}/${name}`);
  return repositories.map((name) => named(name).id);
}

const coveredBy = (world: World, installation: Installation): Repository[] =>
  [...world.repositories.values()].filter((repository) => covers(installation, repository));

/** A repository as `installation` webhooks list it. */
const presentShort = (world: World, repository: Repository) => ({
  id: repository.id,
  node_id: nodeId("R", repository.id),
  name: repository.name,
  full_name: fullName(world, repository),
  private: repository.private,
});

/** Installs an app on an account, for all its repositories or for some. Sends `installation`. */
export function installApp(
  services: Services,
  app: App,
  account: string,
  repositories: Selection,
): Installation {
  const { world, clock } = services;
  const owner = must(userByLogin(world, account), `account ${account}`);
  const at = clock.now();
  const installation: Installation = {
    id: nextId(world, "installation"),
    appId: app.id,
    accountId: owner.id,
    repositorySelection: repositories === "all" ? "all" : "selected",
    repositoryIds: selected(world, account, repositories),
    permissions: app.permissions,
    events: app.events,
    createdAt: at,
    updatedAt: at,
    suspendedAt: null,
  };
  world.installations.set(installation.id, installation);
  announceInstallation(services, installation, "created");
  return installation;
}

function announceInstallation(
  services: Services,
  installation: Installation,
  action: "created" | "deleted",
): void {
  const { world } = services;
  const repositories = coveredBy(world, installation).map((repository) => presentShort(world, repository));
  const requester = action === "created" ? { requester: null } : {};
  send(services, installation, "installation", action, { repositories, ...requester });
}

function send(
  services: Services,
  installation: Installation,
  event: string,
  action: string,
  fields: object,
): void {
  const shown = presentInstallation(services.world, services.urls, installation);
  const actor = { kind: "user", userId: installation.accountId } as const;
  const whole = { event, action, repositoryId: null, fields: { installation: shown, ...fields } };
  services.emit({ ...whole, onlyInstallationId: installation.id }, actor);
}

/** Changes which repositories an installation covers. Sends `installation_repositories` for what came and what went. */
export function changeInstallation(
  services: Services,
  installation: Installation,
  repositories: Selection,
): void {
  const { world, clock } = services;
  const before = coveredBy(world, installation);
  installation.repositorySelection = repositories === "all" ? "all" : "selected";
  installation.repositoryIds = selected(world, findUser(world, installation.accountId).login, repositories);
  installation.updatedAt = clock.now();
  const after = coveredBy(world, installation);
  const short = (found: readonly Repository[]) => found.map((repository) => presentShort(world, repository));
  const added = short(after.filter((repository) => !before.includes(repository)));
  const removed = short(before.filter((repository) => !after.includes(repository)));
  const selection = { repository_selection: installation.repositorySelection, requester: null };
  const tell = (action: string): void => {
    const lists = {
      repositories_added: action === "added" ? added : [],
      repositories_removed: action === "added" ? [] : removed,
    };
    send(services, installation, "installation_repositories", action, { ...selection, ...lists });
  };
  if (added.length > 0) tell("added");
  if (removed.length > 0) tell("removed");
}

/** Takes an installation away: its tokens are good no more. Sends `installation`. */
export function uninstallApp(services: Services, installation: Installation): void {
  const { world } = services;
  announceInstallation(services, installation, "deleted");
  for (const token of [...world.tokens.values()]) {
    if (token.kind === "installation" && token.installationId === installation.id)
      world.tokens.delete(token.token);
  }
  world.installations.delete(installation.id);
}
