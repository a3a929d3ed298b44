import type { Stage } from "./stage.ts";

/** An effect, and how often it landed. */
export interface Landing {
  readonly kind: string;
  readonly key: string;
  readonly count: number;
}

/** From the sandbox's own log, in the order in which they came first. */
export function landingsOf({ sandbox }: Stage): readonly Landing[] {
  const found = new Map<string, Landing>();
  for (const { kind, key } of sandbox.landed) {
    found.set(key, { kind, key, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()];
}
