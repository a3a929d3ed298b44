/** So many jobs at once; the others wait their turn, and may give it up. */

export interface Turn {
  /** `go` when a place is free; `cancelled` where the turn was given up before. */
  readonly ready: Promise<"go" | "cancelled">;
  /** Gives up the turn, or the place. Safe to call more than once. */
  leave(): void;
}

export interface Machines {
  take(): Turn;
}

/** `count` places. */
export function createMachines(count: number): Machines {
  const queue: (() => void)[] = [];
  let busy = 0;

  function take(): Turn {
    let state: "waiting" | "running" | "left" = "waiting";
    let answer: (verdict: "go" | "cancelled") => void = () => undefined;
    const ready = new Promise<"go" | "cancelled">((resolve) => {
      answer = resolve;
    });
    const start = (): void => {
      state = "running";
      busy += 1;
      answer("go");
    };
    if (busy < count) start();
    else queue.push(start);
    return {
      ready,
      leave() {
        const before = state;
        state = "left";
        if (before === "waiting") {
          queue.splice(queue.indexOf(start), 1);
          answer("cancelled");
        }
        if (before !== "running") return;
        busy -= 1;
        queue.shift()?.();
      },
    };
  }
  return { take };
}
