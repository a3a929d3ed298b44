import { expect, test } from "vitest";
import { costOf } from "../../src/sandbox/request-log.ts";
import { startLoop } from "./loop.ts";

test("the sample issue goes from the label to a merged pull request and a closed issue", async () => {
  await using loop = await startLoop();
  const { sandbox } = loop.stage;
  const stop = sandbox.engine?.onLine((l) => console.log(l.job, "|", l.text));
  const issue = await loop.issue();
  await loop.ready(issue);
  try {
    await loop.until("a closed issue", async () =>
      (await loop.shown(issue)).labels.includes("cairn:done") ? true : undefined,
    );
  } finally {
    console.log(loop.lines.map((l) => `${l.level} ${l.issue ?? ""} ${l.message}`).join("\n"));
    console.log(
      sandbox.requestLog
        .filter((e) => e.tokenKind === "installation" || e.tokenKind === "job")
        .map((e) => `${e.method} ${e.path} ${e.status} ${e.tokenKind} ${e.userAgent.slice(0, 40)}`)
        .join("\n"),
    );
    console.log(sandbox.landed.map((l) => l.key + " " + l.actor.login));
    console.log(costOf(sandbox.requestLog), sandbox.errors);
    stop?.();
  }
  expect(true).toBe(true);
}, 60_000);
