/**
 * Concurrency groups: one holder, one that waits; who comes later takes the waiting one's place. With `queue: max` as
 * many as GitHub allows wait in order (docs: "Control the concurrency of workflows and jobs").
 */
import { type Contexts, evaluateBoolean, evaluateText } from "./expressions.ts";
import { field, WorkflowError } from "./tokens.ts";
import type { JobDefinition } from "./workflow-file.ts";

export interface Holder {
  /** Called when the holder is to make way, or the waiting one is replaced. */
  cancel(): void;
}

/** A `concurrency` key, evaluated. */
export interface Group {
  readonly name: string;
  readonly onArrival: "wait" | "cancel-in-progress";
  readonly queue: "single" | "max";
}

export interface Groups {
  /** Resolves `go` when the group is the caller's, `cancelled` when a newer one took its place or it left. */
  enter(group: Group, holder: Holder): Promise<"go" | "cancelled">;
  /** Gives up the group, or the place in front of it. Safe to call more than once. */
  leave(group: Group, holder: Holder): void;
}

interface Waiting {
  readonly holder: Holder;
  readonly answer: (verdict: "go" | "cancelled") => void;
}

interface Held {
  running: Holder;
  waiting: Waiting[];
}

/** Most that wait for one group with `queue: max`. */
const LONGEST_QUEUE = 100;

export function createGroups(): Groups {
  const groups = new Map<string, Held>();
  // GitHub compares group names without case.
  const keyOf = (group: Group): string => group.name.toLowerCase();

  function moveUp(key: string, there: Held): void {
    const next = there.waiting.shift();
    if (!next) {
      groups.delete(key);
      return;
    }
    there.running = next.holder;
    next.answer("go");
  }

  return {
    enter(group, holder) {
      const key = keyOf(group);
      const there = groups.get(key);
      if (!there) {
        groups.set(key, { running: holder, waiting: [] });
        return Promise.resolve("go");
      }
      if (group.queue === "single") for (const before of there.waiting.splice(0)) before.answer("cancelled");
      if (there.waiting.length >= LONGEST_QUEUE) return Promise.resolve("cancelled");
      const verdict = new Promise<"go" | "cancelled">((answer) => {
        there.waiting.push({ holder, answer });
      });
      if (group.onArrival === "cancel-in-progress") there.running.cancel();
      return verdict;
    },
    leave(group, holder) {
      const key = keyOf(group);
      const there = groups.get(key);
      if (!there) return;
      const waiting = there.waiting.findIndex((one) => one.holder === holder);
      if (waiting >= 0) for (const one of there.waiting.splice(waiting, 1)) one.answer("cancelled");
      else if (there.running === holder) moveUp(key, there);
    },
  };
}

/**
 * `concurrency` as text, or as a mapping; `undefined` where its name is empty. Groups are a repository's own.
 * Throws `WorkflowError` for a combination that GitHub refuses.
 */
export function groupOf(
  token: JobDefinition["concurrency"],
  contexts: Contexts,
  repositoryId: number,
): Group | undefined {
  if (!token) return undefined;
  const name = evaluateText(field(token, "group") ?? token, contexts);
  if (name === "") return undefined;
  const cancels = evaluateBoolean(field(token, "cancel-in-progress"), contexts, false);
  const queue = evaluateText(field(token, "queue"), contexts) === "max" ? "max" : "single";
  if (cancels && queue === "max") {
    throw new WorkflowError("concurrency: 'queue: max' and 'cancel-in-progress: true' exclude each other");
  }
  return { name: `${repositoryId}/${name}`, onArrival: cancels ? "cancel-in-progress" : "wait", queue };
}
