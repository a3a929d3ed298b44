/** Signals: they may land twice and count once, and still are sent only behind the step that they follow. */
import type { ChainView } from "../core/snapshot.ts";
import type { Read } from "../github/ports.ts";
import { Refusal } from "./errors.ts";
import { type Behind, makeBehind } from "./proof.ts";
import { HEAD_FRESHNESS, type Site } from "./site.ts";

/** What a signal needs: a sound chain, as it was read. `undefined`: there is no step to follow. */
export function behind(read: Read<ChainView>): Behind | undefined {
  if (read.value.kind !== "sound") return undefined;
  return makeBehind({ view: read.value, readAt: read.readAt });
}

/** Throws `Refusal` where the head was read too long ago (I1): read it again. */
export function checkFresh(site: Site, step: Behind): void {
  if (site.clock.now() - step.readAt > HEAD_FRESHNESS) {
    throw new Refusal("not-current", "the chain's head was read too long ago");
  }
}
