/** Behind a limit nobody sends anything: GitHub has said for how long. */
import type { Sent } from "../telling.ts";
import type { Facts, Violation } from "./index.ts";

/** Milliseconds that an answer may take to its reader, and a request to GitHub. */
const ON_ITS_WAY = 250;
/** What GitHub asks for where it says nothing. */
const AT_LEAST = 60_000;
/** Requests that no installation's limit counts. */
const ELSEWHERE: ReadonlySet<string> = new Set(["exchange", "token", "other"]);

export function checkBlocked({ telling }: Facts): readonly Violation[] {
  const until = new Map<string, { readonly from: number; readonly to: number }>();
  const found: Violation[] = [];
  for (const one of telling.sent) {
    if (ELSEWHERE.has(one.name)) continue;
    const block = until.get(one.process);
    if (block && one.at > block.from && one.at < block.to && !one.limited) {
      found.push({ rule: "request-while-blocked", what: words(one, block.to) });
    } else if (block && one.at > block.from && one.at < block.to - ON_ITS_WAY) {
      found.push({ rule: "request-while-blocked", what: words(one, block.to) });
    }
    if (one.limited && !one.cut) {
      const pause = one.retryAfter ?? AT_LEAST;
      until.set(one.process, { from: one.at + ON_ITS_WAY, to: one.at + pause });
    }
  }
  return found;
}

const words = (one: Sent, until: number): string =>
  `${one.process} sent ${one.name} at ${one.at}, ${until - one.at} ms before its limit ended`;
