/** What a watcher of the sandbox calls the end of an issue. */
import { expect, test } from "vitest";
import { createWatcher } from "../../src/cli/watch.ts";
import { start } from "../sandbox/fixture.ts";

test("done is one label alone: beside the one of the state before it the app is not through yet", async () => {
  await using fixture = await start();
  const maya = fixture.as(fixture.tokens.maintainer);
  const { number } = (await maya("POST", "~/issues", { title: "A" })).body;
  const watcher = createWatcher({ ...fixture, name: "acme/tools", entryLabel: "cairn:ready" }, [number]);
  await maya("POST", `~/issues/${number}/labels`, { labels: ["cairn:reviewing", "cairn:done", "bug"] });
  await maya("PATCH", `~/issues/${number}`, { state: "closed" });
  expect(await watcher.ended(number)).toBeUndefined();
  await maya("DELETE", `~/issues/${number}/labels/cairn:reviewing`);
  expect(await watcher.ended(number)).toBe("done");
  expect(await watcher.summary(number, "own")).toMatchObject({ state: "done" });
});
