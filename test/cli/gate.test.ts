/** `cairn gate`: the whole table of a pull request, for a reader with a token of their own. */
import { expect, test } from "vitest";
import { readTerms } from "../../src/app/settings.ts";
import { lookAtGate } from "../../src/cli/gate/look.ts";
import { gateText } from "../../src/cli/gate/text.ts";
import { connect, createGovernor, realClock } from "../../src/github/index.ts";
import { type Scene, scene } from "../barrier/scene.ts";

function asked({ fixture }: Scene, pull: number, token = fixture.tokens.reviewer) {
  const connection = connect({
    apiUrl: fixture.sandbox.url,
    address: () => ({ owner: "acme", repo: "tools" }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => token,
    retryPause: 1,
  });
  return lookAtGate({ connection, pull, terms: readTerms({}), slug: "cairn" });
}

test("every condition is told, the first that does not hold named, and nothing but reads is sent", async () => {
  await using s = await scene();
  const { number: pull } = await s.openPull("work", `cairn/${s.issue}-g1`);
  const { requestLog } = s.fixture.sandbox;
  const before = requestLog.length;
  const report = await asked(s, pull);
  expect(
    requestLog.slice(before).filter(({ method, path }) => method !== "GET" && path !== "/graphql"),
  ).toEqual([]);
  if (!report) throw new Error("no report");
  expect(report).toMatchObject({ issue: s.issue, base: "main", nearest: "review-missing" });
  const state = (code: string) => report.conditions.find((one) => one.code === code)?.state;
  expect([
    state("pull-draft"),
    state("review-missing"),
    state("check-missing"),
    state("merge-by-people"),
  ]).toEqual(["holds", "unmet", "unmet", "unmet"]);
  const text = gateText(report);
  expect(text).toContain("nearest  review-missing");
  expect(text).toMatch(/^no {3}review-missing +this head is approved: nobody has approved/m);
  expect(text).toContain("Somebody with write access reviews the pull request as it is now.");
  expect(text).toMatch(/^ok {3}pull-draft/m);
});

test("what this token may not read leaves its condition unknown, with the reason", async () => {
  await using s = await scene();
  const { number: pull } = await s.openPull("work", `cairn/${s.issue}-g1`);
  const path = "/repos/{owner}/{repo}/rules/branches/{branch}";
  const message = "Resource not accessible by personal access token";
  s.fixture.sandbox.faults.add({
    method: "GET",
    path,
    count: 9,
    fault: { kind: "status", status: 403, message },
  });
  const report = await asked(s, pull);
  const row = report?.conditions.find(({ code }) => code === "check-missing");
  expect(row).toMatchObject({ state: "unknown", found: expect.stringContaining(message) });
});

test("a pull request that is not Cairn's, and one that is not there, have no table", async () => {
  await using s = await scene();
  const { number } = await s.openPull("work", "feature");
  expect(await asked(s, number)).toBeUndefined();
  expect(await asked(s, 9_999)).toBeUndefined();
});
