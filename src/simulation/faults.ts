/** Which of a seed's faults meets a request: decided in the sandbox, at the moment in which it arrives. */
import type { FaultRule, Faults, MetFault, RequestFault } from "../sandbox/control/faults.ts";
import type { Clockwork } from "./clockwork.ts";
import type { Dice, Knob } from "./knobs.ts";
import type { Process } from "./process.ts";
import type { RequestName } from "./requests.ts";

/** Who sends the request that arrives now; nobody: a person. */
export interface Sender {
  readonly process: Process;
  readonly name: RequestName;
}

/** Milliseconds after which a request that was on its way has landed or never will. With the lag of reads and the 10 s between head and send this stays below the quiet period. */
const LONGEST_FLIGHT = 60_000;
/** Milliseconds for which GitHub refuses behind a secondary limit. */
const LIMIT = [60_000, 300_000] as const;

const REFUSED = {
  kind: "status",
  status: 403,
  message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
} as const;

export interface SimulatedFaults extends Faults {
  /** Set around each request of a process, while it arrives. */
  sender: Sender | undefined;
  /** What meets that request, where it is not left to chance. */
  planned: RequestFault | undefined;
}

/** `outage`: from when to when nobody may write a comment, as behind a secondary limit that says nothing of its end. */
export function createSimulatedFaults(
  clockwork: Clockwork,
  dice: Dice,
  outage?: readonly [number, number],
): SimulatedFaults {
  let limit: { readonly until: number; readonly says: boolean } | undefined;

  function limited(name: RequestName): RequestFault | undefined {
    const now = clockwork.now();
    if (outage && name === "comment" && now >= outage[0] && now < outage[1]) return REFUSED;
    for (const knob of ["limit-with-retry-after", "limit-without-retry-after"] as const) {
      // A limit is met by those who write.
      if (!limit && name !== "read" && dice.roll(knob, 0.2)) {
        const says = knob === "limit-with-retry-after";
        limit = { until: clockwork.now() + dice.of(knob).integer(...LIMIT), says };
      }
    }
    if (!limit) return undefined;
    const left = limit.until - now;
    if (left <= 0) {
      limit = undefined;
      return undefined;
    }
    return limit.says ? { ...REFUSED, headers: { "retry-after": String(Math.ceil(left / 1_000)) } } : REFUSED;
  }

  function drawn({ name }: Sender): RequestFault | undefined {
    const roll = (knob: Knob, weight?: number): boolean => dice.roll(knob, weight);
    const writes = name !== "read";
    if (roll("request-lost")) return { kind: "request-lost" };
    if (roll("answer-lost", writes ? 2 : 0.5)) return { kind: "answer-lost" };
    if (writes && roll("applied-late", 2)) {
      return { kind: "applied-late", delayMs: dice.of("applied-late").integer(1_000, LONGEST_FLIGHT) };
    }
    if (roll("5xx-applied", writes ? 2 : 0.5)) return { kind: "status-after", status: 502 };
    if (roll("5xx-not-applied"))
      return { kind: "status", status: dice.of("5xx-not-applied").pick([500, 502, 503]) };
    if (roll("2xx-unreadable", writes ? 2 : 0.5)) return { kind: "half-body" };
    if (roll("hang", 0.5)) return { kind: "hang", ms: dice.of("hang").integer(10_000, 40_000) };
    if (name === "token") return undefined;
    if (roll("403-permission", 0.3)) {
      return { kind: "status", status: 403, message: "Resource not accessible by integration" };
    }
    if (roll("404", writes ? 0.3 : 0.5)) return { kind: "status", status: 404, message: "Not Found" };
    if (!writes) return undefined;
    if (roll("409", 0.5)) return { kind: "status", status: 409, message: "Conflict" };
    if (roll("410", 0.2)) return { kind: "status", status: 410, message: "This issue was deleted" };
    if (roll("422", 0.5)) return { kind: "status", status: 422, message: "Validation Failed" };
    return undefined;
  }

  const unused = (): never => {
    throw new TypeError("a simulated world draws its faults; none is set by hand");
  };
  return {
    sender: undefined,
    planned: undefined,
    add: (_: FaultRule) => unused(),
    list: () => [],
    remove: () => false,
    clear: () => undefined,
    snapshot: unused,
    meet({ actor }): MetFault | undefined {
      const { sender, planned } = this;
      if (planned) return { fault: planned };
      if (!sender) return undefined;
      // The installation's limit: the App's own requests are counted elsewhere.
      const fault = (actor === "installation" ? limited(sender.name) : undefined) ?? drawn(sender);
      return fault && { fault };
    },
    // Deliveries are the network's.
    meetDelivery: () => undefined,
  };
}
