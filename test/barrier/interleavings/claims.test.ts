/** The race for an intent under every order of requests: one owner at most, and none of what was withdrawn. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  claimIntent,
  makeSteps,
  proveIntent,
  Refusal,
  readChain,
  type Site,
  stillOwner,
} from "../../../src/barrier/index.ts";
import type { Step } from "../../../src/core/chain.ts";
import { branchCreate } from "../../../src/core/keys.ts";
import type { RunId } from "../../../src/core/words.ts";
import { seeded } from "../../core/properties/seeded.ts";
import type { Repository } from "../../memory/repository.ts";
import { scene } from "../../memory/scene.ts";
import type { Fault, Turn } from "../../memory/wire.ts";

const COMMENT = 1;

/** A repository with one visible intent that nobody has claimed. */
async function declared(): Promise<Repository> {
  const { repository, declare } = scene();
  await declare([branchCreate("cairn/12-g1")]);
  return repository;
}

type End = "claimed" | "lost" | "unsettled" | "refused";

/** A run: proves, claims, and asks in a later job whether it still owns. */
async function takeUp(site: Site, run: RunId): Promise<{ readonly end: End; readonly owned: boolean }> {
  try {
    const proof = await proveIntent(site, COMMENT);
    const end = await claimIntent(site, proof, run);
    if (end.kind !== "claimed") return { end: end.kind, owned: false };
    const owned = await stillOwner(site, end.claim.head, run).then(
      () => true,
      () => false,
    );
    return { end: "claimed", owned };
  } catch (error) {
    if (error instanceof Refusal) return { end: "refused", owned: false };
    throw error;
  }
}

/** The app: withdraws the intent, or, where a run was first, moves the fence behind it. */
async function withdraw(site: Site): Promise<"sealed" | "cancelled" | "nothing"> {
  for (let tries = 0; tries < 5; tries += 1) {
    const { value } = await readChain(site);
    if (value.kind !== "sound" || !value.state.open) return "nothing";
    const { claim, cancel } = value.state.open;
    // An answer that was lost: it had landed, or did so late.
    if (cancel) return "cancelled";
    const step: Step = claim ? { step: "cancel", why: "act" } : { step: "seal", why: "act" };
    const end = await makeSteps(site, value, [step], []);
    if (end.kind === "made") return claim ? "cancelled" : "sealed";
  }
  return "nothing";
}

const fault = fc.constantFrom<Fault>(
  "none",
  "none",
  "lost-applied",
  "lost-unapplied",
  "lost-late",
  "lost-much-later",
);
const faults = fc.array(fault, { maxLength: 6, size: "max" });
/** Runs of few names: the same run in another attempt is somebody else. */
const runs = fc.uniqueArray(
  fc.record({
    run: fc.record({ id: fc.integer({ min: 5, max: 6 }), attempt: fc.integer({ min: 1, max: 2 }) }),
    faults,
  }),
  { selector: ({ run }) => nameOf(run), minLength: 2, maxLength: 4 },
);

const nameOf = ({ id, attempt }: RunId): string => `run ${id}/${attempt}`;

test("scenario 4 in every order: of the runs that race one is the owner, and the chain names it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), runs, async (scheduler, who) => {
      const repository = await declared();
      const turn: Turn = (what) => scheduler.schedule(Promise.resolve(), what);
      const work = Promise.all(
        who.map(({ run, faults }) => takeUp(repository.site(nameOf(run), turn, faults), run)),
      );
      await scheduler.waitFor(work);
      await scheduler.waitIdle();
      const ends = await work;
      const winners = who.filter((_, index) => ends[index]?.end === "claimed");
      const { value } = await readChain(repository.site("afterwards", async () => {}));
      const owner = value.kind === "sound" ? value.state.open?.claim : undefined;
      expect(winners.length).toBeLessThanOrEqual(1);
      for (const { run } of winners) expect(owner).toEqual(run);
      // Nobody else moves the chain here: who claimed it owns it in its next job.
      for (const { end, owned } of ends) expect(owned).toBe(end === "claimed");
      if (ends.every(({ end }) => end !== "unsettled")) expect(winners).toHaveLength(1);
      who.forEach(({ run }, index) => {
        if (ends[index]?.end === "lost") expect(owner).not.toEqual(run);
      });
    }),
    seeded(400),
  );
});

test("withdrawn while runs race: sealed has no owner; behind a cancel no owner goes on", async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), runs, faults, async (scheduler, who, ofTheApp) => {
      const repository = await declared();
      const turn: Turn = (what) => scheduler.schedule(Promise.resolve(), what);
      const work = Promise.all([
        withdraw(repository.site("app", turn, ofTheApp)),
        ...who.map(({ run, faults }) => takeUp(repository.site(nameOf(run), turn, faults), run)),
      ] as const);
      await scheduler.waitFor(work);
      await scheduler.waitIdle();
      const [end, ...taken] = await work;
      met.add(end);
      const claimed = taken.filter((one) => one.end === "claimed");
      expect(claimed.length).toBeLessThanOrEqual(1);
      const calm = repository.site("afterwards", async () => {});
      const { value } = await readChain(calm);
      const open = value.kind === "sound" ? value.state.open : null;
      if (end === "sealed") {
        expect(claimed).toEqual([]);
        expect(open).toBeNull();
      }
      if (end === "cancelled") {
        expect(open?.cancel).toBe("act");
        // From here on every read of the head stops its owner.
        for (const { run } of who) {
          const head = value.kind === "sound" ? value.head : "";
          await expect(stillOwner(calm, head, run)).rejects.toBeInstanceOf(Refusal);
        }
      }
    }),
    seeded(400),
  );
  expect(met).toContain("sealed");
  expect(met).toContain("cancelled");
});
