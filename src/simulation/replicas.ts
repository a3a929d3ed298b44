/** The app's replicas: each a process with a memory of its own, which goes with it. */
import { type App, createApp } from "../app/app.ts";
import type { AppSettings } from "../app/settings.ts";
import { createServerClock } from "../github/index.ts";
import type { OidcVerifier } from "../github/oidc.ts";
import type { Delivery } from "../sandbox/webhooks/deliver.ts";
import type { Chance } from "./chance.ts";
import type { Clockwork } from "./clockwork.ts";
import { appKeys, jwtFactory } from "./identity.ts";
import { API_URL } from "./places.ts";
import type { Process } from "./process.ts";

export interface ReplicasOptions {
  readonly clockwork: Clockwork;
  readonly chance: Chance;
  readonly count: number;
  readonly appId: number;
  readonly webhookSecret: string;
  readonly verifier: OidcVerifier;
  readonly newProcess: (name: string) => Process;
  readonly fetchOf: (process: Process) => typeof fetch;
  readonly say: (who: string, what: string) => void;
}

export interface Replicas {
  /** Starts those that do not run. */
  start(): void;
  /** A replica that lives and has started; `undefined`: none. */
  any(): App | undefined;
  /** Takes a webhook to one of them; `false`: nobody was there. */
  deliver(delivery: Pick<Delivery, "event" | "body">): boolean;
  /**
   * The App's tokens are signed by the right time from now on. Behind a refusal the library does that by the difference to the
   * answer's date; it takes the world's own clock for that of the machine, so that in here nothing would come of it.
   */
  setClocks(): void;
  /** A replica is gone with all that it knew; another starts in its place. */
  died(process: Process): void;
}

interface Replica {
  process: Process;
  app: App | undefined;
}

export function createReplicas(options: ReplicasOptions): Replicas {
  const { clockwork, chance } = options;
  const slots: (Replica | undefined)[] = Array.from({ length: options.count });
  let incarnations = 0;
  let areClocksRight = false;

  function begin(slot: number): void {
    incarnations += 1;
    const process = options.newProcess(`app-${slot + 1}.${incarnations}`);
    const replica: Replica = { process, app: undefined };
    slots[slot] = replica;
    const wall = (): number => Date.now() + process.skew;
    createApp({
      settings: settingsOf(options.appId, options.webhookSecret),
      clock: process.clock,
      serverClock: createServerClock(wall),
      fetch: options.fetchOf(process),
      createJwt: jwtFactory(() => (areClocksRight ? Date.now() : wall())),
      oidc: options.verifier,
      log: ({ message, issue }) => {
        if (process.alive) options.say(process.name, `${issue ?? ""} ${message}`);
      },
    }).then(
      (app) => {
        replica.app = app;
      },
      // It could not start: whoever runs it starts it again.
      () => {
        process.die();
        again(slot);
      },
    );
  }
  function again(slot: number): void {
    slots[slot] = undefined;
    clockwork.schedule(chance.integer(2_000, 120_000), () => {
      if (!slots[slot]) begin(slot);
    });
  }
  function any(): App | undefined {
    const apps = slots.flatMap((one) => (one?.app && one.process.alive ? [one.app] : []));
    return apps[apps.length === 0 ? 0 : chance.integer(0, apps.length - 1)];
  }
  return {
    any,
    start() {
      for (let slot = 0; slot < slots.length; slot += 1) if (!slots[slot]) begin(slot);
    },
    deliver({ event, body }) {
      const app = any();
      app?.receive({ name: event, payload: JSON.parse(body) as Record<string, unknown> });
      return app !== undefined;
    },
    setClocks() {
      areClocksRight = true;
    },
    died(process) {
      const slot = slots.findIndex((one) => one?.process === process);
      if (slot >= 0) again(slot);
    },
  };
}

/** As an operator sets the app up, with times that suit a simulated world. */
export function settingsOf(appId: number, webhookSecret: string): AppSettings {
  return {
    appId,
    privateKey: appKeys().privateKey,
    webhookSecret,
    apiUrl: API_URL,
    host: "localhost",
    port: 0,
    workflowFile: "cairn.yml",
    trustedWorkflows: ["cairn-dev/cairn/.github/workflows/cairn.yml@refs/tags/v1"],
    audience: "cairn",
    oidcIssuer: undefined,
    namespace: "cairn",
    quietPeriod: 120_000,
    sweepInterval: 300_000,
    intentLifetime: 86_400_000,
    startPatience: 60_000,
    echo: 5_000,
    logLevel: "info",
  };
}
