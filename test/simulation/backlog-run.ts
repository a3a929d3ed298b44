/** A backlog in a thread of its own, and what each of its hours came to. */
import type { Backlog, BacklogInput, Span } from "./backlog-world.ts";
import { inThread } from "./in-thread.ts";

export const workOff = (input: BacklogInput): Promise<Backlog> =>
  inThread(new URL("./backlog-world.ts", import.meta.url), input);

/** Six spans are an hour; `done` is how many issues were at its end. */
export const hoursOf = ({ spans }: Backlog): readonly Span[] =>
  Array.from({ length: Math.ceil(spans.length / 6) }, (_, hour) => {
    const within = spans.slice(6 * hour, 6 * hour + 6);
    const sum = (of: (one: Span) => number): number => within.reduce((all, one) => all + of(one), 0);
    return {
      requests: sum((one) => one.requests),
      content: sum((one) => one.content),
      refused: sum((one) => one.refused),
      done: within.at(-1)?.done ?? 0,
    };
  });
