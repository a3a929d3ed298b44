/** Scenarios 23, 24, 31: the label by which people ask for work is the one that the configuration names. */
import { expect, test } from "vitest";
import { AUTHORITY_PATH } from "../../src/policy/authority-file.ts";
import { patientAgent } from "./agents.ts";
import { markersOn } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  configure,
  done,
  expectOnce,
  holdOf,
  kinds,
  landed,
  pass,
  request,
  waitsFor,
} from "./observing.ts";

/** Sweeps, and all that follows from them. */
async function swept(loop: Loop): Promise<void> {
  await pass(loop, 5);
  await loop.app.idle();
}

const beginning = (loop: Loop, issue: number): Promise<true> =>
  loop.until(
    `the agent of #${issue}`,
    () => (landed(loop).includes(`agent.run:${issue}#g1a1`) ? true : undefined),
    { review: "no" },
  );

test("23: another entry label leads from asking to the merge; the default one is an ordinary label, and says nothing", async () => {
  await using loop = await startLoop();
  // The app has read what it was called before.
  await loop.app.sweep();
  await configure(loop, { "entry-label": "Work for me" });
  const issue = await loop.issue();
  await loop.ready(issue, "cairn:ready");
  await waitsFor(loop, "idle: somebody to set Work for me");
  await swept(loop);
  expect(await loop.shown(issue)).toMatchObject({ labels: ["cairn:ready"], comments: [] });
  expect(loop.stage.repository.refs.get(`refs/cairn/${issue}`)).toBeUndefined();
  // The repository has the label in letters of its own.
  await loop.ready(issue, "work for me");
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
  await loop.until("the status", async () =>
    (await loop.shown(issue)).comments.find(({ body }) => body.includes("sets `Work for me` again")),
  );
  const { labels, comments } = await loop.shown(issue);
  expect(labels).toEqual(["cairn:done"]);
  expect(comments[0]?.body).toContain("set work for me");
  expect(comments.filter(({ body }) => body.includes("cairn:ready"))).toEqual([]);
});

test("23: the webhook of the label is lost: the sweep finds it by the name in the configuration", async () => {
  await using loop = await startLoop();
  await configure(loop, { "entry-label": "go" });
  loop.stage.sandbox.faults.add({ count: 9, fault: { kind: "webhook", event: "issues", mode: "drop" } });
  const issue = await loop.issue();
  await loop.ready(issue, "go");
  await swept(loop);
  await done(loop, issue);
  expectOnce(loop);
});

test("23: the label gets another name: what works goes on, what waits is asked for anew, and what was an ordinary label before begins nothing twice", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  await configure(loop, { slots: 1 });
  const [works, waits] = [await loop.issue(), await loop.issue()];
  await loop.ready(works, "go");
  await loop.ready(works);
  await beginning(loop, works);
  await loop.ready(waits);
  await waitsFor(loop, `by #${works}); position 1 in the queue`);
  await configure(loop, { "entry-label": "go" });
  await swept(loop);
  await agent.end();
  await done(loop, works);
  await swept(loop);
  expect((await chainOf(loop, works)).generation).toBe(1);
  expect(kinds(loop).filter((kind) => kind === "agent.run")).toHaveLength(1);
  expect((await loop.shown(waits)).labels).toEqual(["cairn:ready"]);
  await loop.ready(waits, "go");
  await done(loop, waits);
  expect((await loop.shown(waits)).labels).toEqual(["cairn:done"]);
  expectOnce(loop);
});

test("24: who may set the label is who may write the command, by the authority file as by GitHub's permission", async () => {
  await using loop = await startLoop();
  const { sandbox, repository } = loop.stage;
  await configure(loop, { "entry-label": "go" });
  const content = Buffer.from("ready: { users: [oda] }\n").toString("base64");
  const path = `${loop.repo}/contents/${AUTHORITY_PATH}`;
  expect(await request(loop, "PUT", path, { message: "Only oda asks", content })).toBe(201);
  sandbox.addCollaborator(repository, "oda", "triage");
  const issue = await loop.issue();
  await loop.ready(issue, "go");
  await loop.until("a refusal", async () =>
    (await markersOn(loop, issue, "refusal")).length > 0 ? true : undefined,
  );
  await swept(loop);
  const [refusal, ...more] = await markersOn(loop, issue, "refusal");
  expect(more).toEqual([]);
  expect(refusal).toMatchObject({
    reason: "not-named",
    detail:
      "@maya set go; `.github/cairn-authority.yml` says who may `ready` here, and does not name maya. Oda can do it, with triage permission or more.",
  });
  expect(landed(loop)).toEqual([]);
  await request(loop, "DELETE", `${loop.repo}/issues/${issue}/labels/go`);
  await loop.outsider.post(`${loop.repo}/issues/${issue}/labels`, { labels: ["go"] });
  await done(loop, issue);
  expectOnce(loop);
});

test("24: setting it without the right is refused once; whoever takes away what stands in its place gives the work up", async () => {
  const agent = await patientAgent();
  await using loop = await startLoop({ agent: agent.command });
  await configure(loop, { "entry-label": "go" });
  loop.stage.sandbox.addCollaborator(loop.stage.repository, "oda", "triage");
  const issue = await loop.issue();
  await loop.outsider.post(`${loop.repo}/issues/${issue}/labels`, { labels: ["go"] });
  await loop.until("a refusal", async () =>
    (await markersOn(loop, issue, "refusal")).length > 0 ? true : undefined,
  );
  await swept(loop);
  expect(await markersOn(loop, issue, "refusal")).toHaveLength(1);
  await request(loop, "DELETE", `${loop.repo}/issues/${issue}/labels/go`);
  await loop.ready(issue, "go");
  await beginning(loop, issue);
  await request(loop, "DELETE", `${loop.repo}/issues/${issue}/labels/cairn:implementing`);
  await loop.until("a fence", async () => ((await chainOf(loop, issue)).open?.cancel ? true : undefined), {
    review: "no",
  });
  await agent.end();
});

test("31: whoever sets it where the file cannot be used is told so, and by which label to go on", async () => {
  await using loop = await startLoop();
  await configure(loop, { "entry-label": "go", merge: "always" });
  const issue = await loop.issue();
  await loop.ready(issue, "go");
  expect(await holdOf(loop, issue)).toBe("config-invalid");
  expect((await loop.shown(issue)).comments.at(-1)?.body).toContain("sets `go` again");
});
