/**
 * What a long run on virtual time is made of: the sandbox, its runner, the network, and people to act in it. The app is
 * somewhere else. To be loaded when the clockwork is installed.
 */
import type { App } from "../../src/app/app.ts";
import { startSandbox } from "../../src/sandbox/index.ts";
import type { Delivery } from "../../src/sandbox/webhooks/deliver.ts";
import type { Chance } from "../../src/simulation/chance.ts";
import type { Clockwork } from "../../src/simulation/clockwork.ts";
import { createSimulatedFaults } from "../../src/simulation/faults.ts";
import { createIdentity } from "../../src/simulation/identity.ts";
import { createDice, type Rates } from "../../src/simulation/knobs.ts";
import { createNetwork, type NetworkOptions } from "../../src/simulation/network.ts";
import { createProcess, type Process } from "../../src/simulation/process.ts";
import { createRunner } from "../../src/simulation/runner.ts";
import { drawShape } from "../../src/simulation/shape.ts";
import { setStage } from "../../src/simulation/stage.ts";
import { createTelling } from "../../src/simulation/telling.ts";
import { createTransport } from "../../src/simulation/transport.ts";

export interface PartsOptions {
  readonly clockwork: Clockwork;
  readonly chance: Chance;
  readonly rates: Rates;
  /** Of id tokens: whoever has it can check them. */
  readonly idTokenKey: Buffer;
  /** `undefined`: nobody is there. */
  readonly exchange: () => App["exchange"] | undefined;
  readonly deliver: (delivery: Delivery) => void;
  readonly crashes?: NetworkOptions["crashes"];
  readonly agentBegins?: (key: string) => void;
  /** Issues that agents may work on at once; left out, no number that is reached. */
  readonly slots?: number;
}

export async function createParts(options: PartsOptions) {
  const { clockwork, chance } = options;
  const dice = createDice(chance.split("dice"), options.rates, new Set());
  const telling = createTelling(clockwork);
  const { issuer, verifier } = createIdentity(clockwork, options.idTokenKey, "cairn");
  const faults = createSimulatedFaults(clockwork, dice);
  const newProcess = (kind: Process["kind"], name: string): Process =>
    createProcess(clockwork, kind, name, 0);
  const fetchOf = (process: Process): typeof fetch => network.fetchOf(process);
  const runner = createRunner({
    chance: chance.split("runner"),
    dice,
    newProcess,
    fetchOf,
    checked: () => undefined,
    triaged: () => undefined,
    agentBegins: (_process, key) => options.agentBegins?.(key),
  });
  const sandbox = await startSandbox({
    server: "none",
    git: "memory",
    limits: "off",
    idTokens: issuer,
    createFaults: () => faults,
    startJob: runner.startJob,
    transport: createTransport({
      clockwork,
      dice,
      chance: chance.split("deliveries"),
      deliver: options.deliver,
    }),
  });
  const { slots = 100 } = options;
  const { policies: _policies, ...drawn } = drawShape(chance.split("shape"));
  // Nobody here keeps a record of what the repository's own check said.
  const shape = {
    ...drawn,
    reviewers: true,
    merges: true,
    group: false,
    slots,
    check: false,
    reviewed: false,
    autonomy: "full" as const,
    triaged: false,
    queue: false,
    // Whoever reviews here looks at each pull request once.
    updates: false,
  };
  const stage = await setStage(sandbox, shape);
  const network = createNetwork({
    clockwork,
    chance: chance.split("network"),
    faults,
    telling,
    handle: sandbox.handle,
    app: options.exchange,
    crashes: options.crashes ?? (() => false),
    hides: () => dice.roll("short-list", 2),
    turnsPage: () => undefined,
    act: () => undefined,
    plan: undefined,
  });
  return { dice, telling, verifier, newProcess, fetchOf, runner, sandbox, shape, stage };
}
