/** `merge.enqueue`: one head of one pull request. GitHub takes no other head, and none that is in the queue already. */
import type { EffectHandler } from "../barrier/index.ts";
import { GATE_FRESHNESS } from "./merge.ts";

/** The pull request's node id. */
export interface EnqueueMaterial {
  readonly nodeId: string;
}

export const mergeEnqueueHandler: EffectHandler<"merge.enqueue", EnqueueMaterial, null> = {
  kind: "merge.enqueue",
  repeat: "once",
  staleAfter: GATE_FRESHNESS,
  async probe(site, { pull: number, head }) {
    const pull = (await site.reads.pull(number))?.value;
    if (pull?.merged) return { kind: "found", value: null };
    const place = (await site.reads.queuePlace(number))?.value;
    // Another head leaves the queue.
    const isIn = place?.position != null && pull?.headSha === head;
    return isIn ? { kind: "found", value: null } : { kind: "absent" };
  },
  /** Somebody else may have put it in: the last entry tells whose it is. */
  async ownTrace(site, effect) {
    const found = await mergeEnqueueHandler.probe(site, effect);
    if (found.kind === "absent") return found;
    const history = (await site.reads.queuePlace(effect.pull))?.value.history ?? [];
    const own = history.findLast(({ kind }) => kind === "added")?.by === site.app.botId;
    return own ? found : { kind: "absent" };
  },
  send: (site, _proof, _claim, effect, { nodeId }) => site.writes.enqueuePull(nodeId, effect.head),
};
