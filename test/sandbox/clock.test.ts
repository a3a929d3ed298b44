/** One clock for everything that the sandbox stamps or waits for; a virtual one moves only when it is told to. */
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClock } from "../../src/sandbox/clock.ts";
import { start } from "./fixture.ts";

test("a virtual clock stands still: only the control sets it forward, and everything is dated by it", async () => {
  await using fixture = await start({ clock: createClock("virtual") });
  const people = fixture.as(fixture.tokens.maintainer);
  const { body: before } = await people("GET", "/_sandbox/clock");
  expect(before.kind).toBe("virtual");
  const first = (await people("POST", "~/issues", { title: "first" })).body;
  await people("POST", "~/issues/1/comments", { body: "x" });
  expect((await people("GET", "/_sandbox/clock")).body.now).toBe(before.now);
  await people("POST", "/_sandbox/clock", { advance: 3_600_000 });
  const second = await people("POST", "~/issues", { title: "second" });
  const at = (text: string | null): number => Date.parse(text ?? "");
  expect(at(second.body.created_at) - at(first.created_at)).toBe(3_600_000);
  expect(at(second.headers.get("date"))).toBe(at(second.body.created_at));
  expect(fixture.sandbox.requestLog.at(-1)?.at).toBe(before.now + 3_600_000);
});

test("what falls due on the way runs in order, each at its own time, also what it schedules in turn", () => {
  for (const kind of ["real", "virtual"] as const) {
    const clock = createClock(kind);
    const begun = clock.now();
    const ran: [string, number][] = [];
    const note = (name: string): void => void ran.push([name, Math.round((clock.now() - begun) / 1000)]);
    clock.schedule(20_000, () => note("second"));
    clock.schedule(10_000, () => {
      note("first");
      clock.schedule(5_000, () => note("in turn"));
      clock.schedule(60_000, () => note("too late"));
    });
    clock.schedule(15_000, () => note("taken back"))();
    clock.advance(30_000);
    expect(ran).toEqual([
      ["first", 10],
      ["in turn", 15],
      ["second", 20],
    ]);
    expect(Math.round((clock.now() - begun) / 1000)).toBe(30);
    expect(() => clock.advance(-1)).toThrow(RangeError);
    clock.stop();
  }
});

test("on a virtual clock a receiver has its ten seconds of that clock, as long as it takes", async () => {
  // GitHub's documentation of webhooks: an answer within 10 seconds, or the delivery counts as failed.
  let arrived = 0;
  const silent = createServer(() => {
    arrived += 1;
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  try {
    await using fixture = await start({ clock: createClock("virtual") });
    const { sandbox, app } = fixture;
    app.app.webhookUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" });
    const delivery = () => sandbox.deliveries.find(({ event }) => event === "issues");
    await expect.poll(() => arrived).toBeGreaterThan(0);
    sandbox.clock.advance(9_999);
    expect(delivery()?.outcome).toBeNull();
    sandbox.clock.advance(1);
    await sandbox.waitIdle();
    expect(delivery()).toMatchObject({ statusCode: 0, outcome: "timed out", duration: 10_000 });
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

/** Waiting for real processes, files and connections of this machine. */
const MACHINE_TIME = ["actions/steps/process.ts", "clock.ts", "git/disk.ts", "server.ts"];

test("nothing else in the sandbox asks the machine for the time", async () => {
  const root = join(import.meta.dirname, "../../src/sandbox");
  const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const asking: string[] = [];
  for (const name of files) {
    const text = await readFile(join(root, name), "utf8");
    if (/Date\.now|performance\.now|new Date\(\)|setTimeout|setInterval|AbortSignal\.timeout/.test(text))
      asking.push(name);
  }
  expect(asking.sort()).toEqual(MACHINE_TIME);
});
