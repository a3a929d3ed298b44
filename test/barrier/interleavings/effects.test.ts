/** I3 and I4 under every order of requests: one landing a key, and a word about it that stays true. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type EffectHandler, performOrRecover, Refusal } from "../../../src/barrier/index.ts";
import { branchCreate, pullCreate, trailerOf } from "../../../src/core/keys.ts";
import type { EffectKind, EffectOf } from "../../../src/core/words.ts";
import { branchCreateHandler, pullCreateHandler } from "../../../src/effects/index.ts";
import { seeded } from "../../core/properties/seeded.ts";
import { scene } from "../../memory/scene.ts";
import { type Fault, refused, type Turn } from "../../memory/wire.ts";

const BRANCH = "cairn/12-g1";
const branch = branchCreate(BRANCH);
const pull = pullCreate(BRANCH, "main");

type End = "applied" | "not-sent" | "unknown" | "stopped";

const fault = fc.constantFrom<Fault>(
  "none",
  "lost-applied",
  "lost-unapplied",
  "lost-late",
  "lost-much-later",
  refused("Resource not accessible by integration", 403),
  refused("You have exceeded a secondary rate limit", 429),
);
const faults = fc.array(fault, { maxLength: 5, size: "max" });

/** The owner sends the effect while the app may cancel; what is to be seen of it when nothing is under way any more. */
async function perform<K extends EffectKind, M, V>(
  scheduler: fc.Scheduler,
  faults: readonly Fault[],
  cancels: boolean,
  handler: EffectHandler<K, M, V>,
  effect: EffectOf<K>,
  material: (commit: string) => M,
): Promise<{ readonly end: End; readonly landed: number; readonly shown: boolean }> {
  const s = scene();
  const { proof, claim } = await s.own([branch, pull]);
  const commit = s.repository.addCommit(`work\n\n${trailerOf(branch.key)}`);
  const turn: Turn = (what) => scheduler.schedule(Promise.resolve(), what);
  const site = s.repository.site("owner", turn, faults);
  const work = performOrRecover(site, proof, claim, handler, effect, async () => material(commit)).then(
    ({ kind }): End => kind,
    (error): End => {
      if (error instanceof Refusal) return "stopped";
      throw error;
    },
  );
  if (cancels) void turn("the app cancels").then(() => s.step({ step: "cancel", why: "act" }));
  await scheduler.waitFor(work);
  await scheduler.waitIdle();
  const shown = await handler.probe(s.site, effect);
  return { end: await work, landed: site.landed.length, shown: shown.kind === "found" };
}

test.each([
  [
    "branch.create",
    (scheduler: fc.Scheduler, faults: readonly Fault[], cancels: boolean) =>
      perform(scheduler, faults, cancels, branchCreateHandler, branch, (commit) => ({ commit })),
  ],
  [
    "pull.create",
    (scheduler: fc.Scheduler, faults: readonly Fault[], cancels: boolean) =>
      perform(scheduler, faults, cancels, pullCreateHandler, pull, () => ({ title: "t", body: "b" })),
  ],
] as const)("%s: one landing at most; applied is to be seen, not sent never will be", async (_kind, send) => {
  const met = new Set<End>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), faults, fc.boolean(), async (scheduler, wire, cancels) => {
      const { end, landed, shown } = await send(scheduler, wire, cancels);
      met.add(end);
      expect(landed).toBeLessThanOrEqual(1);
      expect(shown).toBe(landed === 1);
      if (end === "applied") expect(shown).toBe(true);
      if (end === "not-sent") expect(shown).toBe(false);
    }),
    seeded(600),
  );
  expect([...met].sort()).toEqual(["applied", "not-sent", "stopped", "unknown"]);
});
