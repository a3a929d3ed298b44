/**
 * Markers: hidden blocks at the end of the app's comments, the record that people and programs read.
 * A marker authorises only if its digest stands on the chain (I7); the text above it is for people and
 * means nothing. `encodeMarker` and `decodeMarker` are symmetric.
 */
import type { Allowance } from "./allowance.ts";
import { canonicalJson, type Digest, digestOf, sha256 } from "./canonical.ts";
import type { OverrideAct } from "./commands/double-approval.ts";
import type { Reply } from "./commands/replies.ts";
import type { HoldReason } from "./holds.ts";
import type { ActRefusal } from "./refusals.ts";
import type { Finding } from "./triage.ts";
import type { Edge, Effect, Fate, Fixes, IssueId, LostAttempt, Mends, Pins, RunId, Sha } from "./words.ts";

export const MARKER_VERSION = 1;

interface MarkerBase {
  readonly v: typeof MARKER_VERSION;
  readonly issue: IssueId;
  /** Number of the chain step that declares this marker: a marker beyond the chain's head means a rewound chain. */
  readonly seq: number;
}

/** Says beforehand what will be done, why, within which scope and until when. Nothing is done without one. */
export interface IntentMarker extends MarkerBase {
  readonly type: "intent";
  readonly edge: Edge;
  readonly generation: number;
  readonly attempt: number;
  readonly effects: readonly Effect[];
  /** Milliseconds that its agent may work before people are asked; `null`: it runs none. */
  readonly budget: number | null;
  /** What its run may ask of GitHub, job by job. Not in intents of apps that did not say it: see `allowanceOf`. */
  readonly allowance?: Allowance;
  readonly pins: Pins;
  /** Milliseconds since the epoch on GitHub's clock, after which nobody may claim it. */
  readonly until: number;
  /** One sentence for people. */
  readonly why: string;
  /** Of a round of fixing: what is to be mended. */
  readonly fixes?: Fixes;
  /** The repository's check said no to this attempt's work, and its agent gets what the check said. */
  readonly mends?: Mends;
  /** Its run asks the triage command about this text before the agent begins: the issue's and its answers', as one digest. */
  readonly triages?: Digest;
  /** Of a merge: what two people each have set aside for its head. None where all conditions held. */
  readonly despite?: readonly OverrideAct[];
}

/** What the owner of an intent says became of it, where no artifact of the effects tells. */
export interface ResultMarker extends MarkerBase {
  readonly type: "result";
  readonly edge: Edge;
  readonly generation: number;
  readonly attempt: number;
  readonly run: RunId;
  readonly reason: HoldReason;
  readonly detail: string;
  readonly effects: Readonly<Record<string, Fate>>;
  /** Of a check that said no: the git tree that was verified, and that it ran on. */
  readonly tree?: Sha;
}

/** Not an end: why nothing goes on, and who can change that. */
export interface HoldMarker extends MarkerBase {
  readonly type: "hold";
  readonly generation: number;
  readonly reason: HoldReason;
  readonly detail: string;
  /** Attempts that were lost, or that the check refused, on the way here. */
  readonly evidence: readonly LostAttempt[];
  /** The run that said so, where one did. */
  readonly run?: { readonly id: number; readonly url: string };
}

/** The issue is not taken as it stands: what is missing. Once it is there, the act that asked for work is taken. */
export interface QuestionMarker extends MarkerBase {
  readonly type: "question";
  readonly generation: number;
  readonly findings: readonly Finding[];
}

/** An act that was seen and does not count. */
export interface RefusalMarker extends MarkerBase {
  readonly type: "refusal";
  readonly act: number;
  readonly reason: ActRefusal;
  readonly detail: string;
  /** Id of the account that is told so. Left out by apps that told everybody each time. */
  readonly by?: number;
}

/** A command that changes nothing, and what there is to say to it. */
export interface AnswerMarker extends MarkerBase {
  readonly type: "answer";
  readonly act: number;
  readonly says: readonly Reply[];
}

/** Declared nowhere, authorises nothing: the chain itself cannot be trusted, and this is said once for each head. */
export interface AlarmMarker extends MarkerBase {
  readonly type: "alarm";
  readonly reason: HoldReason;
  readonly detail: string;
  /** What the chain's ref was seen at; `null`: gone. */
  readonly head: string | null;
}

export type Marker =
  | IntentMarker
  | ResultMarker
  | HoldMarker
  | QuestionMarker
  | RefusalMarker
  | AnswerMarker
  | AlarmMarker;

export const digestOfMarker = (marker: Marker): Digest => digestOf(marker);

const OPEN = "<!-- cairn:marker ";
const CLOSE = " -->";
/** The one block that counts: the last thing in the comment, on a line of its own. */
const LAST_BLOCK = /(?:^|\n)<!-- cairn:marker (\{[^<>]*\}) -->\s*$/;

/** `<`, `>` and `--` could end or nest an HTML comment; as JSON escapes they cannot. */
const escaped = (json: string): string =>
  json.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("--", "-\\u002d");

/** A comment's body: text for people, then the block. No text of others belongs into `prose` unquoted. */
export function encodeMarker(prose: string, marker: Marker): string {
  return `${prose.trimEnd()}\n\n${OPEN}${escaped(canonicalJson(marker))}${CLOSE}`;
}

export type Decoded =
  | { readonly kind: "marker"; readonly marker: Marker; readonly digest: Digest }
  | { readonly kind: "none" }
  | { readonly kind: "malformed"; readonly why: string };

/**
 * The marker of a comment's body, if its last block is one, spelt as `encodeMarker` spells it.
 * Never throws: anybody may write a comment. Takes time in proportion to the body's length.
 */
export function decodeMarker(body: string): Decoded {
  const found = LAST_BLOCK.exec(body);
  if (!found) {
    return body.includes(OPEN)
      ? { kind: "malformed", why: "the block is not the last thing in the comment" }
      : { kind: "none" };
  }
  const text = found[1] ?? "";
  try {
    // The block begins with a brace: what can be read of it is an object.
    const value = JSON.parse(text) as Record<string, unknown>;
    const why = flawOf(value);
    if (why) return { kind: "malformed", why };
    // Throws for what JSON can be read into and never written from: 1e400, a depth that no stack holds.
    const json = canonicalJson(value);
    // Doubled keys, other escapes, 1.0 for 1: one value must have one text, or two readers may differ.
    if (escaped(json) !== text) return { kind: "malformed", why: "not spelt as Cairn spells it" };
    return { kind: "marker", marker: value as unknown as Marker, digest: sha256(json) };
  } catch (error) {
    return { kind: "malformed", why: `not JSON: ${(error as Error).message}` };
  }
}

const TYPES = new Set<unknown>([
  "intent",
  "result",
  "hold",
  "question",
  "refusal",
  "answer",
  "alarm",
] satisfies Marker["type"][]);

/** What is wrong with a decoded block; its digest, declared on the chain, vouches for all the rest. */
function flawOf(marker: Readonly<Record<string, unknown>>): string | undefined {
  if (marker.v !== MARKER_VERSION) return `version ${JSON.stringify(marker.v)} is not known here`;
  if (!TYPES.has(marker.type)) return `type ${JSON.stringify(marker.type)} is not known here`;
  const issue = marker.issue as Partial<IssueId> | undefined;
  if (typeof issue?.repository !== "number" || typeof issue.number !== "number") return "names no issue";
  if (!Number.isInteger(marker.seq) || (marker.seq as number) < 1) return "names no step of the chain";
  return undefined;
}
