/** Scenario 23: how people ask by label, and how often that is heard. */
import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";
import { chainOf, control, done, expectOnce, kinds, landed, pass, REPO, request } from "./observing.ts";

const LABEL = `${REPO}/issues/{issue_number}/labels/{name}`;

test("23: the label is delivered again and again, and swept beside it: one generation, one run; Cairn's own labels ask for nothing", async () => {
  await using loop = await startLoop();
  await control(loop, "POST /faults", {
    count: 50,
    fault: { kind: "webhook", event: "issues", mode: "double" },
  });
  const issue = await loop.issue();
  await loop.ready(issue);
  for (let sweep = 0; sweep < 3; sweep += 1) await loop.app.sweep();
  await done(loop, issue);
  await loop.app.sweep();
  await loop.app.idle();
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
  const state = await chainOf(loop, issue);
  expect([state.generation, state.acts.length]).toEqual([1, 1]);
  const labelled = await loop.maintainer.get<{ event: string; actor: { login: string } }[]>(
    `${loop.repo}/issues/${issue}/events?per_page=100`,
  );
  const byApp = labelled.filter(({ event, actor }) => event === "labeled" && actor.login.endsWith("[bot]"));
  expect(byApp.length).toBeGreaterThan(1);
});

test("23: a late removal hits the label that a person has set anew: the person's act counts all the same", async () => {
  await using loop = await startLoop({ agent: 'echo "$CAIRN_GENERATION" > who.txt' });
  // The first removal is lost on its way and lands when nobody expects it any more.
  await control(loop, "POST /faults", {
    method: "DELETE",
    path: LABEL,
    actor: "installation",
    fault: { kind: "applied-late", delayMs: 3_600_000 },
  });
  await control(loop, "POST /faults", {
    method: "DELETE",
    path: LABEL,
    actor: "installation",
    count: 3,
    fault: { kind: "status", status: 502 },
  });
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the first generation", () => (kinds(loop).includes("merge") ? true : undefined));
  await control(loop, "DELETE /faults", {});
  await done(loop, issue);
  await loop.app.idle();
  // A sweep finds it done, and has no reason to look again.
  await pass(loop, 5);
  await loop.app.idle();
  // Nobody tells the app of the new label until the late removal has taken it away again.
  await control(loop, "POST /faults", {
    count: 50,
    fault: { kind: "webhook", event: "issues", mode: "drop" },
  });
  await request(loop, "PATCH", `${loop.repo}/issues/${issue}`, { state: "open" });
  await loop.ready(issue);
  loop.stage.sandbox.clock.advance(3_600_000);
  await loop.until("the late removal", async () =>
    (await loop.shown(issue)).labels.includes("cairn:ready") ? undefined : true,
  );
  await control(loop, "DELETE /faults", {});
  await loop.app.sweep();
  await loop.until("the second generation", () =>
    landed(loop).includes(`agent.run:${issue}#g2a1`) ? true : undefined,
  );
  expectOnce(loop);
});

test("23: a label that is set and taken away before anybody looked asks for nothing", async () => {
  await using loop = await startLoop();
  await control(loop, "POST /faults", {
    count: 10,
    fault: { kind: "webhook", event: "issues", mode: "delay", delayMs: 2_000 },
  });
  const issue = await loop.issue();
  await loop.ready(issue);
  await request(loop, "DELETE", `${loop.repo}/issues/${issue}/labels/cairn:ready`);
  await pass(loop, 3);
  await loop.app.idle();
  await pass(loop, 1);
  await loop.app.idle();
  expect(landed(loop)).toEqual([]);
  expect((await loop.shown(issue)).comments).toEqual([]);
  expect(loop.stage.repository.refs.get(`refs/cairn/${issue}`)).toBeUndefined();
});
