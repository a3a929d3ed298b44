/** K slots, end to end: the real app and Action, more issues than agents may work on (scenario 32). */
import { expect, test } from "vitest";
import { workOff } from "./backlog-run.ts";

test("32: twenty issues and two slots: never more than two agents, the oldest first, all move on to their end", async () => {
  const { labels, landed } = await workOff({ issues: 20, hours: 12, limits: "off", slots: 2 });
  expect(labels).toEqual({ "cairn:done": 20 });
  const begun = landed.flatMap(({ key, at }) => (key.startsWith("agent.run") ? [{ key, at }] : []));
  expect(begun).toHaveLength(20);
  // An edge holds its slot until the pull request is there.
  const at = (kind: string): number[] =>
    landed.filter(({ key }) => key.startsWith(kind)).map((one) => one.at);
  const opened = at("pull.create");
  const most = Math.max(
    ...begun.map((one, before) => before + 1 - opened.filter((end) => end <= one.at).length),
  );
  expect(most).toBe(2);
  const order = begun.map(({ key }) => Number(/:(\d+)#/.exec(key)?.[1]));
  // Whoever is looked at first takes the first slots; from then on the queue decides.
  const [, , ...queued] = order;
  expect(queued).toEqual([...queued].sort((a, b) => a - b));
}, 120_000);
