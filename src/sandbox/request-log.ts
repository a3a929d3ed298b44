/** Every request to the API, for the count of what a loop costs. Never a token. */
import type { Actor } from "./world/actor.ts";

export interface RequestEntry {
  /** `x-github-request-id` of the answer. */
  readonly id: string;
  /** Milliseconds on the sandbox's clock. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Template of the route; `null` where none fits. */
  readonly route: string | null;
  readonly status: number;
  readonly tokenKind: Actor["kind"] | "invalid";
  readonly actor: string;
  readonly installationId: number | null;
  readonly runId: number | null;
  readonly userAgent: string;
  readonly write: boolean;
  readonly contentCreating: boolean;
  /** Of the secondary limit: 1 for reads, 5 for writes. */
  readonly points: number;
  /** Kind of the fault that met it. */
  readonly fault?: string;
  /** Changes that the primary had and this read could not see yet; absent where there were none. */
  readonly behind?: number;
}

export interface Cost {
  readonly contentWrites: number;
  readonly writes: number;
  readonly requests: number;
  readonly points: number;
}

/** Giving a token back belongs to its making, which is not counted either. */
const REVOCATION = "/installation/token";

/** Which requests to count. By default those with installation and job tokens, without making and revoking them. */
export interface CostFilter {
  readonly tokenKinds?: readonly RequestEntry["tokenKind"][];
  readonly since?: number;
  readonly until?: number;
  /** Text that the path has in it. */
  readonly path?: string;
}

/** Sum over the entries that the filter lets through. */
export function costOf(entries: readonly RequestEntry[], filter: CostFilter = {}): Cost {
  const kinds = filter.tokenKinds ?? ["installation", "job"];
  const counted = entries.filter(
    (entry) =>
      kinds.includes(entry.tokenKind) &&
      entry.route !== REVOCATION &&
      entry.at >= (filter.since ?? 0) &&
      entry.at <= (filter.until ?? Number.POSITIVE_INFINITY) &&
      (filter.path === undefined || entry.path.includes(filter.path)),
  );
  return {
    contentWrites: counted.filter((entry) => entry.contentCreating).length,
    writes: counted.filter((entry) => entry.write).length,
    requests: counted.length,
    points: counted.reduce((sum, entry) => sum + entry.points, 0),
  };
}
