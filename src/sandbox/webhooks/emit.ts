/** From an event to the apps that hear of it and the workflows that it starts. */
import { actionsRepository, actionsUser } from "../actions-host.ts";
import { loadHead } from "../api/actions/heads.ts";
import { tellEvent } from "../observe.ts";
import type { Services } from "../services.ts";
import { grants } from "../world/access.ts";
import { type Actor, actingUserId } from "../world/actor.ts";
import { covers } from "../world/find.ts";
import type { App, Installation } from "../world/state.ts";
import type { Deliverer } from "./deliver.ts";
import type { SandboxEvent, WorkflowTrigger } from "./event.ts";
import { ALWAYS_SENT, installationReference, PERMISSION_OF_EVENT, payloadOf } from "./payload.ts";

export interface Emitter {
  emit(event: SandboxEvent, actor: Actor, senderId?: number): void;
  /** Resolves when the workflows of all events so far have been started. */
  idle(): Promise<void>;
}

/** An emitter. Payloads are made at once, as of the moment of the event. */
export function createEmitter(
  services: () => Services,
  deliverer: Deliverer,
  onError: (error: unknown) => void,
): Emitter {
  let triggers: Promise<unknown> = Promise.resolve();
  return {
    emit(event, actor, senderId = actingUserId(actor)) {
      const payload = payloadOf(services().world, services().urls, event, senderId);
      deliver(services(), deliverer, event, payload);
      const trigger = triggerOf(services(), event, actor);
      if (trigger)
        triggers = triggers
          .then(() => startWorkflows(services(), event, trigger, senderId, payload))
          .catch(onError);
    },
    idle: async () => {
      await triggers;
    },
  };
}

function deliver(
  services: Services,
  deliverer: Deliverer,
  event: SandboxEvent,
  payload: Record<string, unknown>,
): void {
  const heard = listeners(services, event);
  for (const { app, installation } of heard) {
    deliverer.send(app, {
      event: event.event,
      action: event.action,
      installationId: installation.id,
      repositoryId: event.repositoryId,
      body: JSON.stringify(addressed(payload, installation)),
    });
  }
  tellEvent({
    event: event.event,
    action: event.action,
    payload: addressed(payload, heard[0]?.installation),
  });
}

/** The payload as one installation gets it. */
function addressed(
  payload: Record<string, unknown>,
  to: Installation | undefined,
): Readonly<Record<string, unknown>> {
  if (to === undefined || "installation" in payload) return payload;
  return { ...payload, installation: installationReference(to.id) };
}

function listeners({ world }: Services, event: SandboxEvent): { app: App; installation: Installation }[] {
  const found: { app: App; installation: Installation }[] = [];
  const repository = event.repositoryId === null ? undefined : world.repositories.get(event.repositoryId);
  for (const installation of world.installations.values()) {
    const app = world.apps.get(installation.appId);
    if (!app || installation.suspendedAt !== null) continue;
    if (event.onlyAppId !== undefined && event.onlyAppId !== app.id) continue;
    const only = event.onlyInstallationId;
    if (only === undefined ? !repository || !covers(installation, repository) : only !== installation.id)
      continue;
    if (ALWAYS_SENT.includes(event.event) || subscribed(installation, event.event))
      found.push({ app, installation });
  }
  return found;
}

function subscribed(installation: Installation, event: string): boolean {
  if (!installation.events.includes(event)) return false;
  const needed = PERMISSION_OF_EVENT[event];
  return needed === undefined || grants(installation.permissions, needed, "read");
}

/** GitHub starts no workflows for what a job's token did, so that a workflow cannot call itself for ever; dispatches excepted. */
function triggerOf(services: Services, event: SandboxEvent, actor: Actor): WorkflowTrigger | undefined {
  if (event.workflows === undefined || event.repositoryId === null) return undefined;
  if (actor.kind === "job" && event.event !== "repository_dispatch") return undefined;
  if (event.workflows !== "default-branch") return event.workflows;
  const repository = services.world.repositories.get(event.repositoryId);
  const branch = repository?.defaultBranch ?? "";
  const sha = repository?.refs.get(`refs/heads/${branch}`);
  if (sha === undefined) return undefined;
  return { ref: `refs/heads/${branch}`, sha, headBranch: branch, headSha: sha };
}

async function startWorkflows(
  services: Services,
  event: SandboxEvent,
  trigger: WorkflowTrigger,
  senderId: number,
  payload: Record<string, unknown>,
): Promise<void> {
  const repository = actionsRepository(services, event.repositoryId ?? 0);
  if (!services.engine || !repository) return;
  // Webhooks of the run show the commit.
  await loadHead(services, repository.id, trigger.headSha);
  await services.engine.trigger({
    repository,
    name: event.event,
    ...(event.action === undefined ? {} : { action: event.action }),
    ...trigger,
    actor: actionsUser(services.world, senderId),
    payload,
  });
}
