/** The end of a sandbox while requests are in it. */
import { expect, test } from "vitest";
import { type Fixture, start } from "./fixture.ts";

/** Requests that have come in, and whose clients give up when the sandbox does. */
async function underWay(fixture: Fixture, path: string, count: number): Promise<void> {
  const { sandbox, tokens } = fixture;
  const before = sandbox.requestLog.length;
  const people = fixture.as(tokens.maintainer);
  for (let sent = 0; sent < count; sent += 1) people("GET", path).catch(() => undefined);
  await expect.poll(() => sandbox.requestLog.length, { interval: 1 }).toBeGreaterThan(before);
}

test("what is being answered ends before the repositories are closed", async () => {
  const fixture = await start();
  await underWay(fixture, "~/contents/README.md", 200);
  await fixture.sandbox.stop();
  expect(fixture.sandbox.errors).toEqual([]);
});

test("a request that was told to hang keeps nobody", async () => {
  const fixture = await start();
  fixture.sandbox.faults.add({
    path: "/repos/{owner}/{repo}/branches",
    fault: { kind: "hang", ms: 600_000 },
  });
  fixture
    .as(fixture.tokens.maintainer)("GET", "~/branches")
    .catch(() => undefined);
  await underWay(fixture, "~", 1);
  await fixture.sandbox.stop();
});
