/** Concurrency groups: one holder, one that waits; who comes later takes the waiting one's place (GITHUB: Actions). */

export interface Holder {
  /** Called when the holder is to make way, or the waiting one is replaced. */
  cancel(): void;
}

export interface Groups {
  /** Resolves `go` when the group is the caller's, `cancelled` when a newer one took its place. */
  enter(group: string, cancelInProgress: boolean, holder: Holder): Promise<"go" | "cancelled">;
  leave(group: string, holder: Holder): void;
}

interface Group {
  running: Holder;
  waiting: { readonly holder: Holder; readonly answer: (verdict: "go" | "cancelled") => void } | undefined;
}

export function createGroups(): Groups {
  const groups = new Map<string, Group>();
  // GitHub compares group names without case.
  const keyOf = (group: string): string => group.toLowerCase();
  return {
    enter(group, cancelInProgress, holder) {
      const key = keyOf(group);
      const there = groups.get(key);
      if (!there) {
        groups.set(key, { running: holder, waiting: undefined });
        return Promise.resolve("go");
      }
      there.waiting?.answer("cancelled");
      const verdict = new Promise<"go" | "cancelled">((answer) => {
        there.waiting = { holder, answer };
      });
      if (cancelInProgress) there.running.cancel();
      return verdict;
    },
    leave(group, holder) {
      const key = keyOf(group);
      const there = groups.get(key);
      if (!there) return;
      if (there.waiting?.holder === holder) {
        there.waiting.answer("cancelled");
        there.waiting = undefined;
        return;
      }
      if (there.running !== holder) return;
      const next = there.waiting;
      if (!next) {
        groups.delete(key);
        return;
      }
      groups.set(key, { running: next.holder, waiting: undefined });
      next.answer("go");
    },
  };
}
