/**
 * A soak in one thread on virtual time: issues are filed for hours, in waves, and one process of the app works on all of
 * them. After each wave everything comes to rest, and the app's process is measured. Posts a `Soak`.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Violation } from "../../src/simulation/checker/index.ts";
import { installClockwork } from "../../src/simulation/clockwork.ts";
import type { Leak, Measured } from "./protocol.ts";

export interface SoakInput {
  /** Issues of each wave. */
  readonly waves: readonly number[];
  /** Milliseconds between two issues. */
  readonly every: number;
  /** As the sandbox reads it. */
  readonly limits: string;
  readonly leak: Leak;
}

export interface Sample extends Measured {
  /** Hours since the beginning. */
  readonly hours: number;
  /** Issues that were filed until then, and how many of them have come to an end. */
  readonly filed: number;
  readonly ended: number;
}

export interface Soak {
  /** After each wave, when everything was at rest. */
  readonly checkpoints: readonly Sample[];
  /** Every so often, whatever was under way. */
  readonly samples: readonly Sample[];
  readonly requests: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly done: number;
  /** Holds at the end, by reason. */
  readonly held: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  /** Issues whose chain has an open edge, and runs that have not ended. */
  readonly unsettled: readonly string[];
  /** Of each issue: the app's comments on it, and the steps of its chain. */
  readonly comments: readonly { readonly issue: number; readonly comments: number; readonly steps: number }[];
}

const { waves, every, limits, leak } = workerData as SoakInput;
const clockwork = installClockwork();
// Whatever is loaded from here on finds the replaced clocks.
const { createChance } = await import("../../src/simulation/chance.ts");
const { check } = await import("../../src/simulation/checker/index.ts");
const { lastLine, readChains } = await import("../../src/simulation/checker/chains.ts");
const { watchHistory } = await import("../../src/simulation/history.ts");
const { appKeys } = await import("../../src/simulation/identity.ts");
const { KNOBS } = await import("../../src/simulation/knobs.ts");
const { createLosses } = await import("../../src/simulation/losses.ts");
const { settingsOf } = await import("../../src/simulation/replicas.ts");
const { countBy } = await import("../../src/simulation/run-seed.ts");
const { createParts } = await import("../simulation/parts.ts");
const { createPeople, SOAK_RATES } = await import("./people.ts");
const { startRemoteApp } = await import("./remote-app.ts");

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEGIN = Date.UTC(2026, 0, 5, 9);
const chance = createChance("soak");
clockwork.reset(BEGIN, chance.split("ids"));
const idTokenKey = chance.split("key").bytes(32);
const parts = await createParts({
  clockwork,
  chance,
  rates: Object.fromEntries(KNOBS.map((knob) => [knob, SOAK_RATES[knob] ?? 0])) as Record<
    (typeof KNOBS)[number],
    number
  >,
  idTokenKey,
  exchange: () => app.exchange,
  deliver: (delivery) => app.deliver(delivery),
  // The app's one process stays; runs are lost now and then.
  crashes: (process, point, planned) => process.kind !== "app" && losses.crashes(process, point, planned),
  agentBegins: (key) => history.agentBegins(key),
});
const { sandbox, stage, telling, dice, shape } = parts;
const history = watchHistory(sandbox);
const losses = createLosses({ clockwork, dice, telling, seed: 0, spared: true });
const people = createPeople({ sandbox, stage, clockwork, chance: chance.split("people"), dice, telling });
losses.watch({ sandbox, stage, runner: parts.runner, people, replicas: { died: () => undefined } });
const app = await startRemoteApp({
  clockwork,
  fetch: parts.fetchOf(parts.newProcess("app", "app")),
  say: (what) => telling.say("app", what),
  start: {
    settings: {
      ...settingsOf(stage.app.app.id, stage.app.webhookSecret),
      privateKey: appKeys().privateKey,
    },
    idTokenKey: idTokenKey.toString("hex"),
    leak,
  },
});
await people.ask("maya", "GET", "/issues");

const sample = async (): Promise<Sample> => ({
  hours: (clockwork.now() - BEGIN) / HOUR,
  filed: people.filed.length,
  ended: people.left(),
  ...(await app.measure()),
});
const samples: Sample[] = [];
const checkpoints: Sample[] = [];

/** Lets time pass until `stop`, with a sample every so often. */
async function pass(until: number, stop: () => boolean = () => false): Promise<void> {
  while (clockwork.now() < until && !stop()) {
    await app.passUntil(Math.min(until, clockwork.now() + 15 * MINUTE), stop);
    samples.push(await sample());
  }
}

/** What is kept for a time only, tokens above all, is gone after it. */
const REST = 75 * MINUTE;
/** Whoever needs more than this after a wave was filed does not come to an end. */
const PATIENCE = 24 * HOUR;

await sandbox.handle({
  method: "POST",
  url: "/_sandbox/limits",
  headers: {},
  body: Buffer.from(JSON.stringify({ limits })),
});
losses.begin();
let planned = 0;
for (const count of waves) {
  planned += count;
  people.file(count, every);
  const ended = (): boolean => people.left() === planned;
  await pass(clockwork.now() + count * every + PATIENCE, ended);
  await pass(clockwork.now() + REST);
  checkpoints.push(await sample());
}
dice.rest();
losses.end();
await pass(clockwork.now() + REST);
await app.stop();

const issues = people.filed;
const checked = { sandbox, stage, history, telling, issues, gone: new Set<number>(), shape };
const chains = await readChains(checked);
const found = await check(checked);
for (const [i, c] of chains) console.log(i, JSON.stringify(lastLine(c).steps.map((s) => [s.step, s.edge, s.as, s.state, s.attempt, s.why])));
const openChains = [...chains].flatMap(([issue, chain]) =>
  lastLine(chain).open ? [`the chain of #${issue} has an open edge`] : [],
);
const openRuns = (sandbox.engine?.runs(stage.repository.id) ?? []).flatMap((run) =>
  run.status === "completed" ? [] : [`run ${run.id} is ${run.status}`],
);
const commentsOf = (issue: number): number => {
  const id = [...sandbox.world.issues.values()].find(
    (one) => one.repositoryId === stage.repository.id && one.number === issue,
  )?.id;
  return [...sandbox.world.comments.values()].filter(
    (one) => one.issueId === id && one.viaAppId === stage.app.app.id,
  ).length;
};
parentPort?.postMessage({
  checkpoints,
  samples,
  requests: sandbox.requestLog.length,
  faults: Object.fromEntries(dice.happened),
  done: found.done,
  held: countBy(found.held),
  violations: found.violations,
  unsettled: [...openChains, ...openRuns],
  comments: issues.map((issue) => ({
    issue,
    comments: commentsOf(issue),
    steps: lastLine(chains.get(issue) ?? { heads: [] }).steps.length,
  })),
} satisfies Soak);
