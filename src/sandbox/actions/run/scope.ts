/** Where jobs stand inside a run: in which called workflow, what each waits for, and how it is stopped. */
import type { Group, Groups, Holder } from "../concurrency.ts";
import type { LoadedWorkflow } from "../load.ts";
import type { Machines } from "../machines.ts";
import type { JobResult } from "../results.ts";

/** A called or calling workflow inside the run. */
export interface Scope {
  readonly workflow: LoadedWorkflow;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** `caller.` in front of the keys and `caller / ` in front of the names of a called workflow's jobs. */
  readonly path: string;
  readonly title: string;
  readonly parent: Scope | undefined;
  readonly jobs: Map<string, Promise<JobResult>>;
  /** Whether a concurrency group or a failed sibling of the matrix has ended the call. */
  stopped: boolean;
}

/** A job (or a call) of a run from its condition to its end: it waits, then it runs. */
export interface Seat {
  readonly scope: Scope;
  /** Whether the job's condition holds once its run is cancelled. */
  readonly goesOn: () => boolean;
  isCall(): boolean;
  take(machines: Machines): Promise<"go" | "cancelled">;
  enter(groups: Groups, group: Group): Promise<"go" | "cancelled">;
  /** Until it runs, what it waits for is given up. */
  stop(how: "cancel" | "force"): void;
  /** It runs, and is stopped like this; at once where it was stopped while it got its machine. */
  runs(stops: (how: "cancel" | "force") => void): void;
  isRunning(): boolean;
  /** Gives back what it holds. */
  release(): void;
}

export function createSeat(scope: Scope, kind: "job" | "call", goesOn: () => boolean): Seat {
  const held: (() => void)[] = [];
  let stopped: "cancel" | "force" | undefined;
  let stops: ((how: "cancel" | "force") => void) | undefined;
  const release = (): void => {
    for (const give of held.splice(0).reverse()) give();
  };
  const verdict = async (wait: Promise<"go" | "cancelled">): Promise<"go" | "cancelled"> =>
    stopped ? "cancelled" : (await wait) === "go" && !stopped ? "go" : "cancelled";
  const seat: Seat = {
    scope,
    goesOn,
    isCall: () => kind === "call",
    take(machines) {
      const turn = machines.take();
      held.push(turn.leave);
      return verdict(turn.ready);
    },
    enter(groups, group) {
      const holder: Holder = { cancel: () => seat.stop("cancel") };
      held.push(() => groups.leave(group, holder));
      return verdict(groups.enter(group, holder));
    },
    stop(how) {
      stopped = how;
      if (stops) stops(how);
      else release();
    },
    runs(how) {
      stops = how;
      if (stopped) stops(stopped);
    },
    isRunning: () => stops !== undefined,
    release,
  };
  return seat;
}

const inScope = (scope: Scope, outer: Scope): boolean =>
  scope === outer || (scope.parent !== undefined && inScope(scope.parent, outer));

/** Ends a called workflow: nothing of it starts any more, what runs is cancelled. */
export function stopScope(outer: Scope, seats: Iterable<Seat>, how: "cancel" | "force"): void {
  outer.stopped = true;
  for (const seat of seats) {
    if (!inScope(seat.scope, outer) || seat.isCall()) continue;
    if (how === "force" || !seat.goesOn()) seat.stop(how);
  }
}
