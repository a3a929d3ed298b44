/** What happens in a simulated world, as it happens: a hash over all of it, and lines for a story. */
import { createHash } from "node:crypto";
import type { SandboxResponse } from "../sandbox/api/http.ts";
import type { Clockwork } from "./clockwork.ts";
import type { Process } from "./process.ts";
import type { RequestName } from "./requests.ts";

/** A request of a process, for the checker. */
export interface Sent {
  /** When it reached GitHub, and when its answer left there. */
  readonly at: number;
  readonly answeredAt: number;
  readonly process: string;
  /** GitHub's name for the request. */
  readonly id: string | undefined;
  readonly name: RequestName;
  readonly url: string;
  readonly status: number;
  readonly cut: boolean;
  /** Milliseconds for which GitHub said that nothing may be sent. */
  readonly retryAfter: number | undefined;
  readonly limited: boolean;
}

export interface Line {
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

export interface Telling {
  request(
    process: Pick<Process, "name">,
    method: string,
    url: string,
    response: SandboxResponse,
    name: RequestName,
    arrivedAt: number,
  ): void;
  /** Anything else worth a line. */
  say(who: string, what: string): void;
  readonly sent: readonly Sent[];
  /** All lines; of reads only those that went wrong. */
  readonly lines: readonly Line[];
  /** SHA-256 over everything so far. */
  hash(): string;
}

export function createTelling(clockwork: Pick<Clockwork, "now">): Telling {
  const hash = createHash("sha256");
  const lines: Line[] = [];
  const sent: Sent[] = [];
  const say = (who: string, what: string): void => {
    hash.update(`${clockwork.now()} ${who} ${what}\n`);
    lines.push({ at: clockwork.now(), who, what });
  };
  return {
    sent,
    lines,
    say,
    request(process, method, url, response, name, arrivedAt) {
      const { status, cut, body, headers } = response;
      const limited =
        status === 429 ||
        (status === 403 && (headers["retry-after"] !== undefined || /rate limit/i.test(String(body))));
      sent.push({
        at: arrivedAt,
        answeredAt: clockwork.now(),
        process: process.name,
        id: headers["x-github-request-id"],
        name,
        url,
        status,
        cut: cut === "reset",
        limited,
        retryAfter: pauseOf(headers, clockwork.now()),
      });
      const what = `${method} ${url} ${status}${cut ? ` (${cut})` : ""}`;
      if (name === "read" && status < 400 && !cut)
        hash.update(`${clockwork.now()} ${process.name} ${what}\n`);
      else say(process.name, what);
    },
    hash: () => hash.copy().digest("hex"),
  };
}

/** `retry-after`, or where the hour's requests are used up the rest of the hour; GitHub names both for a reader to obey. */
function pauseOf(headers: SandboxResponse["headers"], now: number): number | undefined {
  const { "retry-after": after, "x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset } = headers;
  if (after !== undefined) return Number(after) * 1_000;
  return remaining !== undefined && Number(remaining) === 0 ? Number(reset) * 1_000 - now : undefined;
}
