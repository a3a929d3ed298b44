/** I2 under every order of requests and answers: a step is made by one, and nobody is told what is not so. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeSteps, readChain, type StepEnd } from "../../../src/barrier/index.ts";
import { advance, type ChainState, emptyChain, type Step } from "../../../src/core/chain.ts";
import { decodeRecord } from "../../../src/core/commit-message.ts";
import { seeded } from "../../core/properties/seeded.ts";
import { createRepository, type ObservedSite, type Repository } from "../../memory/repository.ts";
import type { Fault, Turn } from "../../memory/wire.ts";

interface Try {
  readonly who: number;
  /** Head that it was built on; `undefined`: there was no chain. */
  readonly on: string | undefined;
  readonly end: StepEnd;
  /** Commits that were made for it, known to it or not. */
  readonly commits: ReadonlySet<string>;
}

/** What comes next for somebody who wants to keep the chain going. */
function nextOf(state: ChainState, who: number): Step {
  const generation = state.generation + 1;
  return { step: "raise", generation, act: 1_000 * (who + 1) + state.seq, with: [] };
}

async function replica(site: ObservedSite, who: number, tries: number): Promise<readonly Try[]> {
  const done: Try[] = [];
  for (let count = 0; count < tries; count += 1) {
    const { value } = await readChain(site);
    if (value.kind === "foreign") throw new Error(value.why);
    const state = value.kind === "sound" ? value.state : emptyChain(site.issue);
    const earlier = new Set(site.commitsMade);
    const end = await makeSteps(site, value, [nextOf(state, who)], []);
    const on = value.kind === "sound" ? value.head : undefined;
    done.push({ who, on, end, commits: new Set([...site.commitsMade].filter((sha) => !earlier.has(sha))) });
  }
  return done;
}

/** All that ever happened, once nothing is on its way any more. */
async function run(
  scheduler: fc.Scheduler,
  repository: Repository,
  actors: readonly { readonly faults: readonly Fault[]; readonly stale?: readonly boolean[] }[],
  tries: number,
): Promise<readonly Try[]> {
  const turn: Turn = (what) => scheduler.schedule(Promise.resolve(), what);
  const ends = Promise.all(
    actors.map(({ faults, stale }, who) =>
      replica(repository.site(`replica ${who}`, turn, faults, stale), who, tries),
    ),
  );
  await scheduler.waitFor(ends);
  await scheduler.waitIdle();
  return (await ends).flat();
}

/** The state that the whole history folds to, step by step, by the rules. */
function folded(repository: Repository): ChainState {
  return repository.history().reduce((state, { message }) => {
    const decoded = decodeRecord(message);
    if (decoded.kind === "malformed") throw new Error(decoded.why);
    const next = advance(state, decoded.record.steps);
    expect(decoded.record.state).toEqual(next);
    return next;
  }, emptyChain(repository.issue));
}

const fault = fc.constantFrom<Fault>(
  "none",
  "none",
  "lost-applied",
  "lost-unapplied",
  "lost-late",
  "lost-much-later",
);
const actors = (arbitrary: fc.Arbitrary<Fault>) =>
  fc.array(fc.record({ faults: fc.array(arbitrary, { maxLength: 10, size: "max" }) }), {
    minLength: 2,
    maxLength: 3,
  });

test("answers all arrive: on each head exactly one of those who race makes the step", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), actors(fc.constant("none")), async (scheduler, who) => {
      const repository = createRepository();
      const tries = await run(scheduler, repository, who, 3);
      const made = tries.filter(({ end }) => end.kind === "made");
      for (const on of new Set(tries.map((one) => one.on))) {
        expect(made.filter((one) => one.on === on)).toHaveLength(1);
      }
      expect(tries.every(({ end }) => end.kind === "made" || end.kind === "lost")).toBe(true);
      expect(folded(repository).seq).toBe(made.length);
    }),
    seeded(300),
  );
});

test("answers are lost, applied or not or late: made stands, lost never will, and one wins each head", async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), actors(fault), async (scheduler, who) => {
      const repository = createRepository();
      const tries = await run(scheduler, repository, who, 3);
      const history = new Set(repository.history().map(({ sha }) => sha));
      folded(repository);
      for (const { end, commits } of tries) {
        met.add(end.kind);
        if (end.kind === "made") expect(history.has(end.head)).toBe(true);
        const standing = [...commits].filter((sha) => history.has(sha));
        if (end.kind === "lost") expect(standing).toEqual([]);
        // One attempt, one commit of the chain at most, however often it was sent.
        expect(standing.length).toBeLessThanOrEqual(1);
      }
      for (const on of new Set(tries.map((one) => one.on))) {
        const racers = tries.filter((one) => one.on === on);
        const winners = racers.filter(({ end }) => end.kind === "made").length;
        expect(winners).toBeLessThanOrEqual(1);
        if (racers.every(({ end }) => end.kind !== "unsettled")) expect(winners).toBe(1);
      }
      // Whoever comes after all that finds a chain that goes on.
      const calm = repository.site("afterwards", async () => {});
      expect((await replica(calm, 9, 1)).map(({ end }) => end.kind)).toEqual(["made"]);
    }),
    seeded(500),
  );
  expect([...met].sort()).toEqual(["lost", "made", "unsettled"]);
});

test("old reads of the ref too: made stands still, and no two make a step of one number", async () => {
  const stale = fc.array(fc.boolean(), { maxLength: 12, size: "max" });
  const lagging = fc.array(fc.record({ faults: fc.array(fault, { maxLength: 8 }), stale }), {
    minLength: 2,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), lagging, async (scheduler, who) => {
      const repository = createRepository();
      const tries = await run(scheduler, repository, who, 3);
      const history = repository.history().map(({ sha }) => sha);
      folded(repository);
      const made = tries.flatMap(({ end }) => (end.kind === "made" ? [end] : []));
      expect(new Set(made.map(({ state }) => state.seq)).size).toBe(made.length);
      for (const { head, state } of made) expect(history.indexOf(head)).toBe(state.seq - 1);
    }),
    seeded(500),
  );
});
