/** Faults: what goes wrong between a client and the API, by route and count. */
import type { Match } from "../api/router.ts";
import type { Actor } from "../world/actor.ts";
import type { World } from "../world/state.ts";

export type RequestFault =
  /** Applied; then the connection is reset. */
  | { readonly kind: "answer-lost" }
  /** The connection is reset; nothing is applied. */
  | { readonly kind: "request-lost" }
  /** Applied; status 200 or 201 with half of the JSON. */
  | { readonly kind: "half-body" }
  /** The connection is reset now; applied `delayMs` later on the clock. */
  | { readonly kind: "applied-late"; readonly delayMs: number; readonly status?: number }
  /** Not applied; this answer instead. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Applied; this answer instead. */
  | { readonly kind: "status-after"; readonly status: number; readonly message?: string }
  /** The answer comes `ms` later on the clock; applied before it. */
  | { readonly kind: "hang"; readonly ms: number }
  /** It is on its way for `ms` on the clock; only then it is applied, and answered. */
  | { readonly kind: "pause"; readonly ms: number }
  /** Reads are answered from the world as it was when the fault was set, or from the snapshot with this id. */
  | { readonly kind: "stale"; readonly asOf?: string };

/** What happens to a delivery. */
export interface WebhookFault {
  readonly kind: "webhook";
  readonly event?: string;
  readonly action?: string;
  readonly mode: "drop" | "double" | "delay";
  /** Milliseconds on the clock; `delay` only. */
  readonly delayMs?: number;
}

export interface FaultRule {
  readonly method?: string;
  /** A route's template, or a path with `*` for any text. */
  readonly path?: string;
  readonly actor?: Actor["kind"];
  /** Text that the User-Agent has in it. */
  readonly userAgent?: string;
  /** Matches let through before it begins. By default 0. */
  readonly after?: number;
  /** How many times it happens. By default 1. */
  readonly count?: number;
  readonly fault: RequestFault | WebhookFault;
}

export interface Fault extends FaultRule {
  readonly id: string;
  matched: number;
  happened: number;
}

export interface MetFault {
  readonly fault: RequestFault;
  /** World to read from; `stale` only. */
  readonly snapshot?: World;
}

export interface Faults {
  /** Throws `RangeError` for a rule that cannot be. */
  add(rule: FaultRule): Fault;
  list(): readonly Fault[];
  remove(id: string): boolean;
  clear(): void;
  /** Keeps the world as it is; its id is for `stale`'s `asOf`. */
  snapshot(): string;
  /** The fault that meets this request, counted. Among several the oldest. */
  meet(
    request: {
      method: string;
      path: string;
      userAgent: string;
      actor: Actor["kind"] | undefined;
      access: "read" | "write";
    },
    match: Match | undefined,
  ): MetFault | undefined;
  /** The same for a delivery. */
  meetDelivery(event: string, action: string | undefined): WebhookFault | undefined;
}

/** No faults yet. */
export function createFaults(world: World): Faults {
  const faults = new Map<string, Fault>();
  const snapshots = new Map<string, World>();
  let last = 0;

  function count(fault: Fault): boolean {
    fault.matched += 1;
    if (fault.matched <= (fault.after ?? 0) || fault.happened >= (fault.count ?? 1)) return false;
    fault.happened += 1;
    return true;
  }
  function snapshot(): string {
    last += 1;
    snapshots.set(`s${last}`, structuredClone(world));
    return `s${last}`;
  }
  return {
    add(rule) {
      checkRule(rule);
      last += 1;
      const fault: Fault = { ...rule, id: `f${last}`, matched: 0, happened: 0 };
      if (fault.fault.kind === "stale") {
        const asOf = fault.fault.asOf ?? snapshot();
        if (!snapshots.has(asOf)) throw new RangeError(`no snapshot ${asOf}`);
        const withSnapshot: Fault = { ...fault, fault: { kind: "stale", asOf } };
        faults.set(fault.id, withSnapshot);
        return withSnapshot;
      }
      faults.set(fault.id, fault);
      return fault;
    },
    list: () => [...faults.values()],
    remove: (id) => faults.delete(id),
    clear: () => faults.clear(),
    snapshot,
    meet(request, match) {
      for (const fault of faults.values()) {
        if (fault.fault.kind === "webhook" || !fits(fault, request, match) || !count(fault)) continue;
        if (fault.fault.kind !== "stale") return { fault: fault.fault };
        const old = snapshots.get(fault.fault.asOf ?? "");
        if (old) return { fault: fault.fault, snapshot: old };
      }
      return undefined;
    },
    meetDelivery(event, action) {
      for (const { fault, ...rest } of faults.values()) {
        if (fault.kind !== "webhook") continue;
        if (fault.event !== undefined && fault.event !== event) continue;
        if (fault.action !== undefined && fault.action !== action) continue;
        const counted = faults.get(rest.id);
        if (counted && count(counted)) return fault;
      }
      return undefined;
    },
  };
}

function fits(rule: Fault, request: Parameters<Faults["meet"]>[0], match: Match | undefined): boolean {
  if (rule.fault.kind === "stale" && request.access !== "read") return false;
  if (rule.method !== undefined && rule.method.toUpperCase() !== request.method) return false;
  if (rule.actor !== undefined && rule.actor !== request.actor) return false;
  if (rule.userAgent !== undefined && !request.userAgent.includes(rule.userAgent)) return false;
  if (rule.path === undefined) return true;
  return rule.path === match?.route.template || glob(rule.path).test(request.path);
}

function glob(text: string): RegExp {
  return new RegExp(
    `^${text
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  );
}

const KINDS = [
  "answer-lost",
  "request-lost",
  "half-body",
  "applied-late",
  "status",
  "status-after",
  "hang",
  "pause",
  "stale",
  "webhook",
];

function checkRule(rule: FaultRule): void {
  const kind = rule.fault?.kind;
  if (!KINDS.includes(kind))
    throw new RangeError(`no fault of kind ${JSON.stringify(kind)}: it is one of ${KINDS.join(", ")}`);
  const { fault } = rule;
  const needs = (ok: boolean, what: string): void => {
    if (!ok) throw new RangeError(`a fault ${kind} needs ${what}`);
  };
  if (fault.kind === "applied-late") needs(fault.delayMs >= 0, "delayMs, in milliseconds");
  if (fault.kind === "hang" || fault.kind === "pause") needs(fault.ms >= 0, "ms, in milliseconds");
  if (fault.kind === "status" || fault.kind === "status-after") {
    needs(fault.status >= 200 && fault.status <= 599, "a status from 200 to 599");
  }
  if (fault.kind === "webhook")
    needs(["drop", "double", "delay"].includes(fault.mode), "a mode: drop, double or delay");
}
