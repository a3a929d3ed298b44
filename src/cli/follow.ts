/** The watch over a demo, from the label to the end of every issue. */
import type { Board } from "./backlog-board.ts";
import type { DemoInput } from "./demo-input.ts";
import type { Display } from "./display.ts";
import { type Ended, endOf } from "./ending.ts";
import type { Hostile } from "./hostile/hostile.ts";
import { createReviewer } from "./reviewer.ts";
import type { Stage } from "./stage.ts";
import type { Watcher } from "./watch.ts";

/** Milliseconds without any change after which nothing is expected to come any more. */
const STALLED = 600_000;
/** Milliseconds between two looks of the reviewer where nothing has happened: a person has 5,000 requests an hour. */
const REVIEWER_LOOKS = 1_000;

export interface Followed {
  readonly stage: Stage;
  readonly watcher: Watcher;
  readonly numbers: readonly number[];
  readonly input: DemoInput;
  readonly display: Display;
  readonly hostile: Hostile | undefined;
  /** Shown in place of every event. */
  readonly board?: Board | undefined;
}

/** Milliseconds between two looks at the board. */
const BOARD_LOOKS = 1_000;

/** Shows what happens, lets the reviewer and the faults have their turns, until every issue has ended. */
export async function follow(followed: Followed): Promise<Ended> {
  const { stage, watcher, numbers, input, display, hostile, board } = followed;
  const reviewer = createReviewer(stage, input.approve, display);
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  let changed = Date.now();
  let reviewed = 0;
  try {
    for (;;) {
      const events = await watcher.look();
      if (events.length > 0) changed = Date.now();
      if (board) await board.look();
      else for (const event of events) display.event(event);
      const ends = await Promise.all(numbers.map((number) => watcher.ended(number)));
      if (ends.every((end) => end !== undefined)) return endOf(ends);
      if (interrupted) return { code: 1, reason: "interrupted" };
      const patient = input.approve === "wait" && reviewer.waiting();
      if (!patient && Date.now() - changed > STALLED) return { code: 3, reason: "try-again" };
      await hostile?.look();
      if (events.some(({ event }) => event === "review") || Date.now() - reviewed >= REVIEWER_LOOKS) {
        reviewed = Date.now();
        await reviewer.look();
      }
      await new Promise((resolve) => setTimeout(resolve, board ? BOARD_LOOKS : 100));
    }
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
