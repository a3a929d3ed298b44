/** Markers as anybody can read them: the last hidden block of a comment that the app wrote. */
import type { CommentState } from "../history.ts";
import { digestOf } from "./chains.ts";
import type { Facts } from "./index.ts";

const BLOCK = /<!-- cairn:marker (\{[^<>]*\}) -->\s*$/;

export interface SeenMarker {
  readonly at: number;
  readonly value: Readonly<Record<string, unknown>>;
  readonly digest: string;
  readonly prose: string;
}

const kept = new WeakMap<CommentState, SeenMarker | "none">();

/** In the order in which they came; edited ones as well. By the issue that they name: it may have gone elsewhere. */
export function markersOn({ history, stage }: Facts, issue: number): readonly SeenMarker[] {
  const names = ({ value }: SeenMarker): boolean => {
    const named = value.issue as { readonly repository?: unknown; readonly number?: unknown } | undefined;
    return named?.repository === stage.repository.id && named.number === issue;
  };
  return history.comments
    .filter((one) => one.viaAppId === stage.app.app.id && one.body !== null)
    .flatMap((state) => {
      const marker = markerIn(state);
      return marker !== "none" && names(marker) ? [marker] : [];
    });
}

function markerIn(state: CommentState): SeenMarker | "none" {
  const known = kept.get(state);
  if (known) return known;
  const read = (): SeenMarker | "none" => {
    const json = BLOCK.exec(state.body ?? "")?.[1];
    if (json === undefined) return "none";
    try {
      const value = JSON.parse(json) as Record<string, unknown>;
      return { at: state.at, value, digest: digestOf(value), prose: state.body ?? "" };
    } catch {
      return "none";
    }
  };
  const marker = read();
  kept.set(state, marker);
  return marker;
}

/** When a marker of this digest could first be seen; never: infinity. */
export function visibleSince(facts: Facts, issue: number, digest: string): number {
  const at = markersOn(facts, issue).find((one) => one.digest === digest)?.at;
  return at ?? Number.POSITIVE_INFINITY;
}
