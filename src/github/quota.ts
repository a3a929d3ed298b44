/** The hour's requests, as GitHub's headers tell: all who use the installation's tokens draw on the same. */

export interface QuotaSeen {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until it is renewed. */
  readonly resetIn: number;
}

export interface Quota {
  /** An answer said so. Answers overtake each other: of one hour the least counts. */
  saw(now: number, seen: QuotaSeen): void;
  /** A request goes out: no answer has counted it yet. */
  spend(): void;
  /** Requests that are left, but for those kept back; `Infinity`: nobody has said. */
  left(now: number): number;
  /** The most that can ever be left. */
  most(): number;
  /** Milliseconds until it is renewed; 0 where nobody has said. */
  resetIn(now: number): number;
}

/** GitHub's times are whole seconds: two answers of one hour may disagree by one. */
const SAME_HOUR = 2_000;

/** `share` of the limit is never used: other processes draw on it at the same moment, and tokens cost requests too. */
export function createQuota(share: number): Quota {
  let limit = Number.POSITIVE_INFINITY;
  let remaining = Number.POSITIVE_INFINITY;
  let endsAt = Number.NEGATIVE_INFINITY;
  const most = (): number => limit - Math.ceil(limit * share);
  return {
    saw(now, seen) {
      const end = now + seen.resetIn;
      limit = seen.limit;
      if (now >= endsAt || end > endsAt + SAME_HOUR) {
        remaining = seen.remaining;
        endsAt = end;
      } else if (end >= endsAt - SAME_HOUR) remaining = Math.min(remaining, seen.remaining);
    },
    spend() {
      remaining -= 1;
    },
    left: (now) => (now < endsAt ? remaining - (limit - most()) : Number.POSITIVE_INFINITY),
    most: () => (Number.isFinite(limit) ? most() : limit),
    resetIn: (now) => Math.max(0, endsAt - now),
  };
}
