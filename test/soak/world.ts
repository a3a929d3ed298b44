/**
 * A soak in one thread on virtual time: issues are filed for hours, in waves, and one process of the app works on all of
 * them. After each wave everything comes to rest, and the app's process is measured. Posts a `Soak`.
 */
import { parentPort, workerData } from "node:worker_threads";
import { installClockwork } from "../../src/simulation/clockwork.ts";
import type { Sample, Soak, SoakInput } from "./soak.ts";

const { waves, every, leak } = workerData as SoakInput;
const clockwork = installClockwork();
// Whatever is loaded from here on finds the replaced clocks.
const { createChance } = await import("../../src/simulation/chance.ts");
const { watchHistory } = await import("../../src/simulation/history.ts");
const { createLosses } = await import("../../src/simulation/losses.ts");
const { settingsOf } = await import("../../src/simulation/replicas.ts");
const { createParts } = await import("../simulation/parts.ts");
const { endsOf } = await import("./ends.ts");
const { createPeople } = await import("./people.ts");
const { RATES } = await import("./rates.ts");
const { startRemoteApp } = await import("./remote-app.ts");

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEGIN = Date.UTC(2026, 0, 5, 9);
/** What is kept for a time only, tokens above all, is gone after it. */
const REST = 75 * MINUTE;
/** What has not come to an end so long after it was filed never does. */
const PATIENCE = 24 * HOUR;
/** Longer than a request may take. */
const QUIET = 50_000;
const SAMPLES = 30 * MINUTE;

const chance = createChance("soak");
clockwork.reset(BEGIN, chance.split("ids"));
const idTokenKey = chance.split("key").bytes(32);
const parts = await createParts({
  clockwork,
  chance,
  rates: RATES,
  idTokenKey,
  exchange: () => app.exchange,
  deliver: (delivery) => app.deliver(delivery),
  // The app's one process stays; runs are lost now and then.
  crashes: (process, point, planned) => process.kind !== "app" && losses.crashes(process, point, planned),
  agentBegins: (key) => history.agentBegins(key, ""),
});
const { sandbox, stage, telling, dice } = parts;
const history = watchHistory(sandbox);
const losses = createLosses({ clockwork, dice, telling, seed: 0, focus: undefined });
const people = createPeople({ sandbox, stage, clockwork, chance: chance.split("people"), dice, telling });
losses.watch({ sandbox, stage, runner: parts.runner, people, replicas: { died: () => undefined } });
const app = await startRemoteApp({
  clockwork,
  fetch: parts.fetchOf(parts.newProcess("app", "app")),
  say: (what) => telling.say("app", what),
  start: {
    settings: settingsOf(stage.app.app.id, stage.app.webhookSecret),
    idTokenKey: idTokenKey.toString("hex"),
    leak,
  },
});

const sample = async (): Promise<Sample> => ({
  hours: (clockwork.now() - BEGIN) / HOUR,
  filed: people.filed.length,
  ended: people.left(),
  ...(await app.measure()),
});
const samples: Sample[] = [];
const checkpoints: Sample[] = [];

/** Lets time pass until then, or until `stop`, with a sample every so often. */
async function pass(until: number, stop: () => boolean = () => false): Promise<void> {
  while (clockwork.now() < until && !stop()) {
    await app.passUntil(Math.min(until, clockwork.now() + SAMPLES), stop);
    samples.push(await sample());
  }
}

const limits = Buffer.from(JSON.stringify({ limits: "github" }));
await sandbox.handle({ method: "POST", url: "/_sandbox/limits", headers: {}, body: limits });
losses.begin();
let planned = 0;
for (const count of waves) {
  planned += count;
  people.file(count, every);
  await pass(clockwork.now() + count * every + PATIENCE, () => people.left() === planned);
  await pass(clockwork.now() + REST);
  // Not in the middle of a sweep, nor while what a request was given time for still waits.
  await pass(clockwork.now() + 10 * MINUTE, () => app.quietFor > QUIET);
  checkpoints.push(await sample());
}
dice.rest();
losses.end();
await pass(clockwork.now() + REST);
await app.stop();
parentPort?.postMessage({
  checkpoints,
  samples,
  requests: sandbox.requestLog.length,
  limited: telling.sent.filter((one) => one.limited).length,
  faults: Object.fromEntries(dice.happened),
  ...(await endsOf({ ...parts, history, issues: people.filed, gone: new Set() })),
} satisfies Soak);
