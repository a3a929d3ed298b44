/** What `decide` says, in words: why nothing happens now, or what the app has not done yet. */
import { type Act, nameOfAct } from "../../app/act.ts";
import type { Observer } from "../../app/observe/index.ts";
import { decided } from "../../app/reconcile.ts";
import { titleOf } from "../../core/commit-message.ts";
import type { Decision, Rest } from "../../core/decision.ts";
import { isHold, restWords } from "../../core/rest-words.ts";
import type { WaitCode } from "../../core/waits.ts";
import { GitHubError } from "../../github/index.ts";
import { markerWords } from "./marker-words.ts";
import type { Now } from "./report.ts";

/** Lets `decide` decide, reading what it asks for. `undefined`: the issue is gone. */
export async function explainNow(observer: Observer): Promise<Now | undefined> {
  try {
    let decision = await decided(observer);
    if (decision?.kind === "verdict") {
      // What the head shows is not why nothing happens.
      observer.verdictShown({ id: decision.shown?.id ?? 0, says: decision.verdict.says });
      decision = await decided(observer);
    }
    if (!decision) return undefined;
    return decision.kind === "rest" ? resting(decision, observer) : acting(decision, observer);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return waiting("cannot-tell", { detail: error.message }, observer);
  }
}

function resting(rest: Rest, observer: Observer): Now {
  const again = rest.again === null ? null : new Date(rest.again).toISOString();
  const { code, state } = rest;
  const detail = isHold(code) ? detailOf(observer) : rest.waitsFor;
  return { code, state, ...meaning(code, observer), detail, position: rest.position ?? null, again };
}

/** What the hold's own comment says of the case. */
function detailOf(observer: Observer): string {
  const markers = [...(observer.snapshot()?.ledger?.ledger.visible.values() ?? [])];
  const hold = markers.map(({ marker }) => marker).findLast((marker) => marker.type === "hold");
  return hold?.type === "hold" ? hold.detail : "";
}

/** The app would do this at its next look: so it has not looked, or GitHub does not let it. */
function acting(decision: Act, observer: Observer): Now {
  return waiting("app-to-act", { detail: wordsOf(decision) }, observer);
}

function wordsOf(decision: Exclude<Decision, { kind: "look" | "rest" }>): string {
  switch (decision.kind) {
    case "advance":
      return [`to move the chain: ${titleOf(decision.steps)}`, ...decision.markers.map(markerWords)].join(
        "; ",
      );
    case "announce":
      return `to write the ${decision.marker.type}'s comment`;
    case "alarm":
      return `to say ${decision.marker.reason}: ${decision.marker.detail}`;
    case "label":
      return `to show the state: ${nameOfAct(decision)}`;
    case "start":
      return `to start a run for comment ${decision.comment}, unless it has just done so`;
    case "cancel-run":
      return `to stop run ${decision.run.id}`;
    case "dequeue":
      return `to take #${decision.pull} out of the merge queue`;
    case "close-issue":
      return "to close the issue";
    case "verdict":
      return `to show on ${decision.head.slice(0, 12)}: ${decision.verdict.title}`;
    case "react":
    case "note":
      return `to answer a command: ${nameOfAct(decision)}`;
  }
}

const waiting = (
  code: WaitCode,
  { detail, state = null, again = null }: Pick<Now, "detail"> & Partial<Pick<Now, "state" | "again">>,
  observer: Observer,
): Now => ({ code, state, ...meaning(code, observer), detail, position: null, again });

function meaning(code: Now["code"], observer: Observer): Pick<Now, "what" | "next"> {
  const { what, next } = restWords(code, observer.snapshot()?.entryLabel);
  return { what, next };
}
