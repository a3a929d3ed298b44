/** The sandbox as GitHub Actions sees it: `ActionsHost`. */
import { randomBytes } from "node:crypto";
import type { ActionsHost, ActionsRepository, ActionsUser, Permissions } from "./actions/port.ts";
import { accountOf } from "./api/present/commit.ts";
import type { Person } from "./git/store.ts";
import { ACTIONS_APP_ID } from "./identity/authenticate.ts";
import type { IdTokenIssuer } from "./identity/oidc.ts";
import { type Services, storeOf } from "./services.ts";
import { payloadOf } from "./webhooks/payload.ts";
import type { Actor } from "./world/actor.ts";
import { findApp, findRepository, findUser, repositoryByName } from "./world/find.ts";
import { nextId } from "./world/ids.ts";
import type { PermissionSet, Repository, World } from "./world/state.ts";

const DAY_MS = 86_400_000;

/** A repository as the engine knows it; `undefined` where there is none. */
export function actionsRepository(services: Services, id: number): ActionsRepository | undefined {
  const repository = services.world.repositories.get(id);
  if (!repository) return undefined;
  const owner = findUser(services.world, repository.ownerId);
  return {
    id: repository.id,
    owner: owner.login,
    ownerId: owner.id,
    name: repository.name,
    private: repository.private,
    defaultBranch: repository.defaultBranch,
    store: storeOf(services, id),
  };
}

export function actionsUser(world: World, id: number): ActionsUser {
  const user = findUser(world, id);
  return { id: user.id, login: user.login, type: user.type === "Bot" ? "Bot" : "User" };
}

/** What a workflow asks (`pull-requests`), by the API's names (`pull_requests`). */
function permissionSet(permissions: Permissions): PermissionSet {
  const entries = Object.entries(permissions).filter(([, level]) => level !== "none");
  return Object.fromEntries(
    entries.map(([name, level]) => [name.replaceAll("-", "_"), level as "read" | "write"]),
  );
}

/** `agent.run:KEY` in a job's name says that this job runs an agent, and under which key. */
const AGENT_RUN = /(?:^|\s)agent\.run:(\S+)/;

export interface HostOptions {
  readonly directory: string;
  /** What jobs see as `GITHUB_API_URL`, where it is not the sandbox's own. */
  readonly runnerApiUrl: string | undefined;
  readonly idTokens: IdTokenIssuer;
}

/** The host over these services. */
export function createActionsHost(services: Services, options: HostOptions): ActionsHost {
  const { world, clock, urls } = services;
  return {
    clock,
    get serverUrl() {
      return urls.html;
    },
    get apiUrl() {
      return options.runnerApiUrl ?? urls.api;
    },
    directory: options.directory,
    nextId: (kind) => nextId(world, kind),
    repository: (id) => actionsRepository(services, id),
    repositories: () => [...world.repositories.keys()].flatMap((id) => actionsRepository(services, id) ?? []),
    scheduled(repositoryId, cron, workflowPath, author) {
      const actorId = schedulerOf(world, repositoryId, author);
      const fields = { schedule: cron, workflow: workflowPath };
      const payload = payloadOf(world, urls, { event: "schedule", repositoryId, fields }, actorId);
      return { actor: actionsUser(world, actorId), payload };
    },
    findRepository(owner, name, by) {
      const found = repositoryByName(world, owner, name);
      return found && mayUse(found, by) ? actionsRepository(services, found.id) : undefined;
    },
    mintJobToken({ repositoryId, permissions, runId, jobId }) {
      const token = `ghs_${randomBytes(18).toString("hex")}`;
      const expiresAt = clock.now() + DAY_MS;
      world.tokens.set(token, {
        kind: "job",
        token,
        repositoryId,
        permissions: permissionSet(permissions),
        runId,
        jobId,
        expiresAt,
      });
      return token;
    },
    revokeJobToken(token) {
      world.tokens.delete(token);
    },
    signIdToken: (claims) => options.idTokens.sign(claims),
    secrets: (repositoryId) => Object.fromEntries(findRepository(world, repositoryId).secrets),
    variables: (repositoryId) => Object.fromEntries(findRepository(world, repositoryId).variables),
    keepRun(run) {
      world.runs.set(run.id, structuredClone(run));
    },
    onRun(run, action) {
      world.runs.set(run.id, structuredClone(run));
      for (const hook of services.hooks.run) hook(run, action);
    },
    onJob(run, job, action) {
      world.runs.set(run.id, structuredClone(run));
      for (const hook of services.hooks.job) hook(run, job, action);
    },
    onJobStarted(run, job) {
      const key = AGENT_RUN.exec(job.name)?.[1];
      if (key === undefined) return;
      const actor = jobActor(world, run.repositoryId, run.id, job.id);
      services.landed.land("agent.run", key, run.repositoryId, { actor, requestId: "" });
    },
  };
}

/** Who last changed a schedule acts in its runs; the owner where that is no account here, and no organization acts. */
function schedulerOf(world: World, repositoryId: number, author: Person | undefined): number {
  const account = author && accountOf(world, author);
  const owner = findUser(world, findRepository(world, repositoryId).ownerId);
  if (account) return account.id;
  return owner.type === "Organization" ? findApp(world, ACTIONS_APP_ID).botId : owner.id;
}

/** A private repository's actions and workflows are for repositories of the same owner only. */
function mayUse(repository: Repository, by: ActionsRepository): boolean {
  return !repository.private || repository.ownerId === by.ownerId;
}

/** The actor behind what the engine itself does for a job. */
export function jobActor(world: World, repositoryId: number, runId: number, jobId: number): Actor {
  const userId = findApp(world, ACTIONS_APP_ID).botId;
  return { kind: "job", appId: ACTIONS_APP_ID, userId, repositoryId, permissions: {}, runId, jobId };
}
