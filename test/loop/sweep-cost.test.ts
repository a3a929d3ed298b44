/** I10, I11: what sweeps cost. Where nothing has changed, GitHub says so for nothing: an app may watch over many repositories. */
import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";
import { labelled, waitsFor } from "./observing.ts";

test("a repository in which nothing happens costs the hour's requests nothing, sweep after sweep", async () => {
  await using loop = await startLoop();
  const { sandbox } = loop.stage;
  // One that waits for people, and one of which nobody asks anything.
  const [held] = [await loop.issue(), await loop.issue()];
  await loop.maintainer.post(`${loop.repo}/issues/${held}/labels`, { labels: ["cairn:hold"] });
  await waitsFor(loop, "Somebody asked for a hold");
  await labelled(loop, held, "cairn:hold");
  // So long sweeps look for commands in what has changed.
  sandbox.clock.advance(11 * 60_000);
  const sweep = async () => {
    const from = sandbox.requestLog.length;
    await loop.app.sweep();
    await loop.app.idle();
    return sandbox.requestLog.slice(from).filter(({ path }) => path.startsWith(loop.repo));
  };
  // The looks behind the last news are over some seconds later.
  const own = await loop.until("a sweep that looks at no issue", async () => {
    const seen = await sweep();
    return seen.some(({ userAgent }) => userAgent.includes("issue=")) ? undefined : seen;
  });
  // The chains, the branch with the configuration, two labels, and what has changed.
  expect(own.map(({ method, status }) => `${method} ${status}`)).toEqual(Array(5).fill("GET 304"));
});
