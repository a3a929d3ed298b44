import { expect, test } from "vitest";
import { createQueue } from "../../src/app/queue.ts";
import { realClock } from "../../src/github/index.ts";

test("one look at a time for each issue; what comes meanwhile is one more look, with the strongest reason", async () => {
  const looks: string[] = [];
  const running = new Map<string, number>();
  let most = 0;
  const queue = createQueue<number>({
    clock: realClock,
    concurrency: 8,
    gather: 5,
    join: Math.max,
    async work(key, reason) {
      running.set(key, (running.get(key) ?? 0) + 1);
      most = Math.max(most, running.get(key) ?? 0);
      looks.push(`${key}:${reason}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      running.set(key, (running.get(key) ?? 0) - 1);
    },
  });
  for (const reason of [1, 3, 2]) queue.add("a", reason);
  queue.add("b", 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const reason of [1, 2]) queue.add("a", reason);
  await queue.idle();
  expect(looks).toEqual(["a:3", "b:1", "a:2"]);
  expect(most).toBe(1);
});

test("draining ends what is under way and takes nothing new", async () => {
  let ended = 0;
  const queue = createQueue<number>({
    clock: realClock,
    concurrency: 1,
    gather: 1,
    join: Math.max,
    async work() {
      await new Promise((resolve) => setTimeout(resolve, 40));
      ended += 1;
    },
  });
  queue.add("a", 1);
  queue.add("b", 1);
  await new Promise((resolve) => setTimeout(resolve, 15));
  await queue.drain();
  queue.add("c", 1);
  await queue.idle();
  expect(ended).toBe(1);
});
