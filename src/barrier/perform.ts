/**
 * The only way to an effect: probe, check the head, send once, classify (I1, I3, I4). What is unknown is probed
 * by its key; what was sent and cannot be found stays unknown, unless GitHub refuses a second one: that is sent again
 * once the first cannot land any more.
 */
import type { Effect, EffectKind, EffectOf, Fate } from "../core/words.ts";
import type { Outcome } from "../github/outcome.ts";
import { stillOwner } from "./claim.ts";
import { Refusal } from "./errors.ts";
import type { Claim, Proof } from "./proof.ts";
import { HEAD_FRESHNESS, type Site } from "./site.ts";

/** What there is to see of an effect, and where. */
export type Probe<T> = { readonly kind: "found"; readonly value: T } | { readonly kind: "absent" };

/** One effect kind: how to find it, how to do it. `material` is what it is made of (a patch, a text). */
export interface EffectHandler<K extends EffectKind, Material, Value> {
  readonly kind: K;
  /** `once`: never sent again under its key. `again`: GitHub refuses a second one (branch create). */
  readonly repeat: "once" | "again";
  /** Milliseconds for which what it is made of permits a send: behind a limit or a pause it is made anew. By default for ever. */
  readonly staleAfter?: number;
  probe(site: Site, effect: EffectOf<K>): Promise<Probe<Value>>;
  /**
   * Where others can bring about the same: what shows that this app's own request has landed. After a lost answer it
   * is asked instead of `probe`, as the request may still be on its way while somebody else has done the like.
   */
  ownTrace?(site: Site, effect: EffectOf<K>): Promise<Probe<Value>>;
  send(
    site: Site,
    proof: Proof,
    claim: Claim,
    effect: EffectOf<K>,
    material: Material,
  ): Promise<Outcome<Value>>;
}

export type Performed<T> =
  | { readonly kind: "applied"; readonly value: T; readonly how: "sent" | "found" }
  /** Surely not done, with GitHub's words. */
  | { readonly kind: "not-sent"; readonly message: string; readonly status: number }
  | { readonly kind: "unknown"; readonly message: string };

export const fateOf = (end: Performed<unknown>): Fate => end.kind;

/** How long an effect whose answer was lost may take to show (ms between looks). */
const LOOKS = [300, 1_000, 3_000];
/**
 * Behind these (ms between looks) the quiet period is over: it has landed, or never will. GitHub refuses a repetition
 * only as long as the first is there; where a person takes that away, what lands late would bring it back.
 */
const UNTIL_SURE = [10_000, 20_000, 30_000, 62_000];
const RESENDS = 3;

/** `prepare` makes what the effect is made of, and may refuse; it is asked only where there is something to send. */
export async function performOrRecover<K extends EffectKind, Material, Value>(
  site: Site,
  proof: Proof,
  claim: Claim,
  handler: EffectHandler<K, Material, Value>,
  effect: EffectOf<K>,
  prepare: () => Promise<Material>,
): Promise<Performed<Value>> {
  checkIntended(proof, claim, effect);
  const before = await handler.probe(site, effect);
  if (before.kind === "found") return { kind: "applied", value: before.value, how: "found" };
  const make = async () => ({ at: site.clock.now(), material: await prepare() });
  let made = await make();
  const isStale = (): boolean =>
    site.clock.now() - made.at > (handler.staleAfter ?? Number.POSITIVE_INFINITY);
  let unanswered = false;
  for (let sent = 1; ; sent += 1) {
    do {
      if (isStale()) made = await make();
      await permit(site, claim);
    } while (isStale());
    const end = await handler.send(site, proof, claim, effect, made.material);
    if (end.kind === "applied") return { kind: "applied", value: end.value, how: "sent" };
    unanswered ||= end.kind === "unknown";
    const probe = (unanswered ? handler.ownTrace : undefined) ?? handler.probe;
    const found = await look(site, () => probe(site, effect), end.kind === "unknown" ? LOOKS : []);
    if (found.kind === "found") return { kind: "applied", value: found.value, how: "found" };
    // A limit refuses before anything begins: behind its end, and a new look at the head, it may be sent.
    if (end.kind === "refused" && end.reason === "rate-limited" && sent < RESENDS) continue;
    // What was sent before it may still land: its refusal speaks for the last request alone (I4).
    if (end.kind === "refused" && unanswered) return { kind: "unknown", message: end.message };
    if (end.kind === "refused") return { kind: "not-sent", message: end.message, status: end.status };
    if (handler.repeat === "once" || sent >= RESENDS) return { kind: "unknown", message: end.message };
    const late = await look(site, () => probe(site, effect), UNTIL_SURE);
    if (late.kind === "found") return { kind: "applied", value: late.value, how: "found" };
  }
}

/** The read that permits a send: the head is this run's claim, with no cancel after it. A slow answer is asked again (I1). */
async function permit(site: Site, claim: Claim): Promise<void> {
  let { readAt } = await stillOwner(site, claim.head, claim.run);
  while (site.clock.now() - readAt > HEAD_FRESHNESS) {
    ({ readAt } = await stillOwner(site, claim.head, claim.run));
  }
}

function checkIntended(proof: Proof, claim: Claim, effect: Effect): void {
  if (claim.open.digest !== proof.open.digest)
    throw new Refusal("not-current", "the claim is of another intent");
  if (!proof.marker.effects.some((one) => one.key === effect.key)) {
    throw new Refusal("not-intended", `the intent does not name ${effect.key}`);
  }
}

/** One look, and one more after each pause. A refusal may be GitHub's answer to a request that landed before. */
async function look<Value>(
  site: Site,
  probe: () => Promise<Probe<Value>>,
  pauses: readonly number[],
): Promise<Probe<Value>> {
  for (const pause of [0, ...pauses]) {
    if (pause > 0) await site.clock.sleep(pause);
    const found = await probe();
    if (found.kind === "found") return found;
  }
  return { kind: "absent" };
}
