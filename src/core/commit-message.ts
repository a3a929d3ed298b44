/**
 * A chain commit's message: a line for people, then one JSON line with the steps, the state after them and the
 * whole payload of the markers that they declare, so that any replica can write those after a crash.
 */
import { nameOfActId } from "./act-ids.ts";
import { canonicalJson, type Digest } from "./canonical.ts";
import { type ChainState, NO_ATTEMPTS, type Step } from "./chain.ts";
import { type AlarmMarker, digestOfMarker, type Marker } from "./marker.ts";

/** Markers that a step can declare: all but the alarm, which no chain vouches for. */
export type DeclaredMarker = Exclude<Marker, AlarmMarker>;

export interface ChainRecord {
  readonly v: 1;
  readonly steps: readonly Step[];
  readonly state: ChainState;
  readonly markers: readonly DeclaredMarker[];
  /** Who made it: two who make the same step in the same second must not make the same commit. */
  readonly by: string;
}

/** `title` is for people who read `git log`; the record is what counts. */
export function encodeRecord(title: string, record: ChainRecord): string {
  return `${title.replaceAll(/\s+/g, " ").trim()}\n\n${canonicalJson(record)}\n`;
}

export type DecodedRecord =
  | { readonly kind: "record"; readonly record: ChainRecord }
  | { readonly kind: "malformed"; readonly why: string };

/** Never throws: anybody who may push can put a commit there. */
export function decodeRecord(message: string): DecodedRecord {
  const line = message.trimEnd().split("\n").at(-1) ?? "";
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { kind: "malformed", why: `the last line is not JSON: ${(error as Error).message}` };
  }
  const record = value as Partial<ChainRecord> | null;
  if (typeof record !== "object" || record === null || record.v !== 1) {
    return { kind: "malformed", why: "not a record of this version" };
  }
  if (
    !Array.isArray(record.steps) ||
    !Array.isArray(record.markers) ||
    typeof record.state?.seq !== "number" ||
    typeof record.state.issue?.number !== "number" ||
    !Array.isArray(record.state.questions) ||
    !Array.isArray(record.state.answers)
  ) {
    return { kind: "malformed", why: "steps, markers or state are missing" };
  }
  return { kind: "record", record: withAllEdges(record as ChainRecord) };
}

/** Heads of apps that knew fewer edges tell nothing of the others: there was no attempt of those. */
function withAllEdges(record: ChainRecord): ChainRecord {
  const { state } = record;
  return { ...record, state: { ...state, attempts: { ...NO_ATTEMPTS, ...state.attempts } } };
}

/** Markers that this commit declares, by digest. */
export function markersOf(record: ChainRecord): ReadonlyMap<Digest, DeclaredMarker> {
  return new Map(record.markers.map((marker) => [digestOfMarker(marker), marker]));
}

/** A line for people: `implement/1 of generation 1 declared`. */
export function titleOf(steps: readonly Step[]): string {
  return steps.map(titleOfStep).join("; ");
}

function titleOfStep(step: Step): string {
  switch (step.step) {
    case "raise":
      return `generation ${step.generation} raised by ${nameOfActId(step.act)}`;
    case "declare":
      return `${step.edge}/${step.attempt} of generation ${step.generation} declared`;
    case "claim":
      return `claimed by run ${step.run.id} attempt ${step.run.attempt}`;
    case "result":
      return `run ${step.run.id} reports ${step.reason}`;
    case "cancel":
      return `cancelled (${step.why})`;
    case "settle":
      return `${step.edge}/${step.attempt} settled as ${step.as}${step.as === "failed" && step.lost ? ", refused by the check" : ""}`;
    case "seal":
      return `sealed unclaimed (${step.why})`;
    case "hold":
      return `held (${step.reason})`;
    case "ask":
      return "people were asked about the text";
    case "refuse":
      return `${nameOfActId(step.act)} refused`;
    case "override":
      return `${step.overrides.map(({ action }) => action).join(", ")} asked for by ${nameOfActId(step.act)}`;
    case "resume":
      return `gone on with, by ${nameOfActId(step.act)}`;
    case "answer":
      // What waits for people is told, and counts still.
      if (step.acts.length === 0) return "what is waited for was said";
      return `${step.acts.map(nameOfActId).join(", ")} answered`;
  }
}
