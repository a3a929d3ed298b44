/** Behind a limit nobody sends anything: GitHub has said for how long. */
import type { Sent } from "../telling.ts";
import type { Facts, Violation } from "./index.ts";

/** Milliseconds that an answer may take to its reader, and by which its whole seconds may be off. */
const ON_ITS_WAY = 250;
const ROUNDED = 1_000;
/** What GitHub asks for where it says nothing. */
const AT_LEAST = 60_000;

export function checkBlocked({ telling }: Pick<Facts, "telling">): readonly Violation[] {
  const blocks = new Map<string, { readonly from: number; readonly to: number }>();
  const found: Violation[] = [];
  for (const one of telling.sent) {
    if (!counts(one)) continue;
    const block = blocks.get(one.process);
    if (block && one.at > block.from && one.at < block.to) {
      found.push({ rule: "request-while-blocked", what: words(one, block.to) });
    }
    if (one.limited && !one.cut) {
      const pause = one.retryAfter ?? AT_LEAST;
      blocks.set(one.process, { from: one.answeredAt + ON_ITS_WAY, to: one.answeredAt + pause - ROUNDED });
    }
  }
  return found;
}

/** Addresses that are asked as the App, not as its installation, and the one by which a token is given back. */
const AS_APP = /^\/(?:app|_services)\b|\/installation$|^\/installation\/token$/;

/** Whether it is the installation's: the App's own requests and the app's exchange are not. */
const counts = ({ name, url }: Sent): boolean =>
  name !== "exchange" && name !== "token" && !AS_APP.test(url.split("?")[0] ?? "");

const words = (one: Sent, until: number): string =>
  `${one.process} sent ${one.name} ${one.url} at ${one.at}, ${until - one.at} ms before its limit ended`;
