/** What becomes of an override: it is about the head that its pull request has when it is taken up, and is said so. */
import type { ChainState, Step } from "./chain.ts";
import { OVERRIDE_LIFETIME, type OverrideAct, overrideState } from "./commands/double-approval.ts";
import type { Reply } from "./commands/replies.ts";
import type { Decision } from "./decision.ts";
import { answering, overriding } from "./plan.ts";
import type { JudgedAct, PullView, Snapshot } from "./snapshot.ts";

/** `first`: what settles the edge that is done. */
export function attendOverride(
  { pulls, now }: Snapshot,
  chain: ChainState,
  first: readonly Step[],
  act: JudgedAct,
): Decision {
  if (!pulls) return { kind: "look", part: "pulls" };
  const isOver = chain.hold?.reason === "cancelled";
  const pull = isOver ? undefined : pulls.find(({ state }) => state === "open");
  if (!pull) {
    const why = "there is no pull request here that waits for a merge.";
    const says = [{ about: "nothing", wrote: act.command?.wrote ?? "", why }] as const;
    return { kind: "advance", ...answering(chain, first, act, says) };
  }
  const overrides = (act.command?.overrides ?? []).map((action) => ({
    id: act.command?.comment ?? 0,
    actor: act.actor,
    action,
    head: pull.head,
    at: act.at,
  }));
  const all = [...(chain.overrides ?? []), ...overrides];
  const said = overrides.map(({ action, actor }) => replyTo(all, action, actor, pull, now));
  const lifts = said.some(
    ({ state, action }) => state === "granted" && action === `merge:${chain.hold?.reason}`,
  );
  return { kind: "advance", ...overriding(chain, first, act, overrides, { lifts, says: said }) };
}

function replyTo(
  all: readonly OverrideAct[],
  action: string,
  { login }: OverrideAct["actor"],
  { number, head }: PullView,
  now: number,
): Extract<Reply, { about: "override" }> {
  const state = overrideState(all, { action, head, now });
  const reply = { about: "override", action, pull: number, head } as const;
  switch (state.kind) {
    case "granted":
      return { ...reply, state: "granted", by: state.by.map(({ actor }) => actor.login), until: state.until };
    case "needs-second":
      return { ...reply, state: "needs-second", by: [state.first.actor.login], until: state.until };
    case "expired":
      return {
        ...reply,
        state: "expired",
        by: [state.last.actor.login],
        until: state.last.at + OVERRIDE_LIFETIME,
      };
    case "none":
      // Written after GitHub's clock, as far as it was read: that is not yet the hour's end.
      return { ...reply, state: "needs-second", by: [login], until: now + OVERRIDE_LIFETIME };
  }
}
