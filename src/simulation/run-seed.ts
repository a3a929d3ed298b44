/**
 * One seed: a world of its own, a phase in which faults happen, a phase in which they do not and everything must
 * settle, and what there is to check of it. The process's clockwork must be installed, and be this seed's alone.
 */
import { startSandbox } from "../sandbox/index.ts";
import { createChance } from "./chance.ts";
import { check, checkRestless, hasEnded, type Violation, WINDOW } from "./checker/index.ts";
import type { Clockwork } from "./clockwork.ts";
import type { CrashPoint } from "./crash-points.ts";
import { createSimulatedFaults } from "./faults.ts";
import { CALMER, focusOf } from "./focus.ts";
import { watchHistory } from "./history.ts";
import { createIdentity } from "./identity.ts";
import { createDice, drawRates, type Knob, PROFILES, type Profile } from "./knobs.ts";
import { createLosses } from "./losses.ts";
import { createNetwork } from "./network.ts";
import { createPeople } from "./people.ts";
import type { Plan } from "./plan.ts";
import { drawPolicies, POLICIES, policyRates, TRY } from "./policies.ts";
import { createProcess, type Process } from "./process.ts";
import { createReplicas } from "./replicas.ts";
import { createRunner } from "./runner.ts";
import { drawShape, type Shape } from "./shape.ts";
import { setStage } from "./stage.ts";
import { createTelling, type Line } from "./telling.ts";
import { createTransport } from "./transport.ts";

export interface SeedOptions {
  readonly seed: number;
  readonly profile: Profile;
  /**
   * What must not happen: knobs, the nth time of one (`crash:2`), the crash at the world's own point (`focus`), what the
   * world's repository has decided (`policies`), that heads are brought up to date (`updates`).
   */
  readonly omit?: readonly string[];
  readonly shape?: Partial<Shape>;
  readonly plan?: Plan;
  /** Name of the case of the small scope that this is. */
  readonly caseName?: string;
}

export interface SeedResult {
  readonly seed: number;
  readonly hash: string;
  /** Of simulated time. */
  readonly hours: number;
  readonly requests: number;
  readonly faults: Readonly<Partial<Record<Knob, number>>>;
  readonly crashPoints: readonly CrashPoint[];
  readonly landed: Readonly<Record<string, number>>;
  readonly done: number;
  /** Issues that are on hold, by reason. */
  readonly held: Readonly<Record<string, number>>;
  /** Requests that GitHub refused for a limit. */
  readonly limited: number;
  readonly violations: readonly Violation[];
  readonly lines: readonly Line[];
  /** Of all requests, in their order: who sent what. */
  readonly names: readonly string[];
}

/** Name by which the crash that a world is about is left out. */
export const FOCUS = "focus";
/** Name by which it is left out that Cairn brings heads up to date with their base. */
export const UPDATES = "updates";

const BEGIN = Date.UTC(2026, 0, 5, 9);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Time in which everything must have settled once nothing goes wrong any more. */
const LIVENESS = 30 * HOUR;

export async function runSeed(clockwork: Clockwork, options: SeedOptions): Promise<SeedResult> {
  const chance = createChance(`cairn/${options.seed}`);
  clockwork.reset(BEGIN, chance.split("ids"));
  const profile = PROFILES[options.profile];
  const spared = profile.known === 0 || options.omit?.includes(FOCUS) === true;
  const focus = spared ? undefined : focusOf(options.seed);
  // A profile that is about certain faults only stays with them.
  const help = profile.only || profile.policies === 1 ? undefined : focus?.help;
  // Nor does one that goes the whole way to a crash point stop for what people have decided.
  const share = help || options.omit?.includes(POLICIES) ? 0 : (profile.policies ?? 0);
  const policies = drawPolicies(chance.split("policies"), share);
  const shape: Shape = {
    ...drawShape(chance.split("shape")),
    // A world about one crash point goes the whole way.
    ...(help ? { autonomy: "full" as const } : {}),
    ...help?.shape,
    ...(policies ? { policies } : {}),
    ...(options.omit?.includes(UPDATES) ? { updates: false } : {}),
    ...profile.shape,
    ...options.shape,
  };
  const dice = createDice(
    chance.split("dice"),
    {
      ...drawRates(chance.split("rates"), options.profile, help ? CALMER : 1),
      ...help?.rates,
      ...(shape.policies && policyRates(shape.policies)),
    },
    new Set(options.omit ?? []),
  );
  const telling = createTelling(clockwork);
  telling.say("seed", `${options.seed} ${JSON.stringify(shape)}`);
  const { issuer, verifier } = createIdentity(clockwork, chance.split("key").bytes(32), "cairn");
  const { outage } = profile;
  const faults = createSimulatedFaults(clockwork, dice, outage && [BEGIN + outage[0], BEGIN + outage[1]]);
  const losses = createLosses({ clockwork, dice, telling, seed: options.seed, focus });

  const newProcess = (kind: Process["kind"], name: string): Process => {
    const skewed = kind === "app" && dice.roll("clock-skew", 10);
    const skew = skewed ? dice.of("clock-skew").integer(-900_000, 900_000) : 0;
    telling.say(name, skew === 0 ? "starts" : `starts with a clock that is ${skew} ms off`);
    return createProcess(clockwork, kind, name, skew);
  };
  const runner = createRunner({
    chance: chance.split("runner"),
    dice,
    newProcess,
    fetchOf: (process) => network.fetchOf(process),
    agentBegins(process, key) {
      telling.say(process.name, `the agent begins: ${key}`);
      history.agentBegins(key, process.name);
    },
    triaged(process, issue, text, verdict) {
      telling.say(process.name, `the triage command says ${verdict}`);
      history.triages(process.name, issue, text, verdict);
    },
    checked(process, end, tree) {
      telling.say(process.name, `the check is ${end}`);
      if (end === "green") history.checkPassed(process.name);
      else history.checkRefused(process.name, tree);
    },
  });
  const sandbox = await startSandbox({
    server: "none",
    git: "memory",
    limits: shape.limits,
    idTokens: issuer,
    createFaults: () => faults,
    startJob: runner.startJob,
    transport: createTransport({
      clockwork,
      dice,
      chance: chance.split("deliveries"),
      deliver: (delivery) => replicas.deliver(delivery),
    }),
  });
  const history = watchHistory(sandbox);
  const issues: number[] = [];
  const stage = await setStage(sandbox, shape);
  const network = createNetwork({
    clockwork,
    chance: chance.split("network"),
    faults,
    telling,
    handle: sandbox.handle,
    app: () => replicas.any()?.exchange,
    crashes: (process, point, planned) => losses.crashes(process, point, planned),
    turnsPage: (issue) => (dice.roll("page-shift", 10) ? people.takeOneBack(issue) : undefined),
    act: (act) => void people.act(issues, act),
    plan: options.plan,
    hides: () => dice.roll("short-list", 2),
  });
  const replicas = createReplicas({
    clockwork,
    chance: chance.split("replicas"),
    count: shape.replicas,
    appId: stage.app.app.id,
    webhookSecret: stage.app.webhookSecret,
    verifier,
    newProcess: (name) => newProcess("app", name),
    fetchOf: (process) => network.fetchOf(process),
    say: telling.say,
  });
  const people = createPeople({
    sandbox,
    stage,
    clockwork,
    chance: chance.split("people"),
    dice,
    telling,
    queue: shape.queue,
    policies: shape.policies,
    reviewsLate:
      help?.reviewsLate === true || options.plan?.changes !== undefined || options.plan?.moves !== undefined,
  });
  losses.watch({ sandbox, stage, runner, replicas, people });

  const belonging = chance.split("belonging");
  const kinds = chance.split("kinds");
  for (let count = 1; count <= shape.issues; count += 1) {
    const isTry = shape.policies?.tries === true && kinds.happens(0.5);
    const issue = await people.file(`${isTry ? `${TRY} ` : ""}Number ${count}`);
    issues.push(issue);
    if (shape.policies?.incidents && kinds.happens(0.6)) await people.raiseAlarm(issue);
    // Of several some stay here.
    if (shape.routes && (count === 1 || belonging.happens(0.5))) await people.giveAway(issue);
    await people.talk(issue, shape.comments);
  }
  replicas.start();
  people.begin(issues);
  if (options.plan?.again !== undefined) people.askAgain(issues, options.plan.again);
  if (options.plan?.changes !== undefined) people.askForChanges(issues, options.plan.changes);
  if (options.plan?.moves !== undefined) people.moveBase(options.plan.moves);
  losses.begin();
  await clockwork.passUntil(BEGIN + shape.safety);

  telling.say("seed", "nothing goes wrong from here on");
  dice.rest();
  losses.end();
  replicas.setClocks();
  await people.becomeHelpful();
  const checked = { sandbox, stage, history, telling, issues, gone: people.gone, shape };
  const settledFor = createSettled(history.version);
  const end = clockwork.now() + LIVENESS;
  let restless: readonly Violation[] = [];
  while (clockwork.now() < end && restless.length === 0) {
    const before = network.requests;
    await clockwork.passUntil(clockwork.now() + WINDOW);
    restless = checkRestless(network.requests - before, shape);
    // Over once every issue has come to an end and stays there: what is still on its way would show.
    if (settledFor() >= 2 && (await hasEnded(checked))) break;
  }
  const found = await check(checked);
  const result: SeedResult = {
    seed: options.seed,
    hash: telling.hash(),
    hours: (clockwork.now() - BEGIN) / HOUR,
    requests: network.requests,
    faults: Object.fromEntries(dice.happened),
    crashPoints: losses.hit,
    landed: countBy(history.landed().flatMap((one) => (one.actor.kind === "user" ? [] : one.kind))),
    done: found.done,
    held: countBy(found.held),
    limited: telling.sent.filter((one) => one.limited).length,
    violations: [...found.violations, ...restless],
    lines: telling.lines,
    names: network.names,
  };
  return result;
}

/** How many looks in a row have shown the same. */
function createSettled(version: () => number): () => number {
  let before = -1;
  let same = 0;
  return () => {
    const now = version();
    same = now === before ? same + 1 : 0;
    before = now;
    return same;
  };
}

export function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
