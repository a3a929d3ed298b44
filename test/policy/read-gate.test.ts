/** The gate's facts as they are read: what cannot be judged is waited for, and said. */
import { expect, test } from "vitest";
import { createObserver } from "../../src/app/observe/index.ts";
import { createPlaces } from "../../src/app/places.ts";
import { DEFAULTS } from "../../src/policy/config/index.ts";
import { readGate } from "../../src/policy/gate/index.ts";
import { type Scene, scene } from "../barrier/scene.ts";

/** A pull request of generation 1, approved by somebody who may. */
async function approved(s: Scene): Promise<number> {
  const { fixture } = s;
  const { number } = await s.openPull();
  await fixture.as(fixture.tokens.reviewer)("POST", `~/pulls/${number}/reviews`, { event: "APPROVE" });
  return number;
}

test("a configuration that cannot be used opens nothing, and says where it is wrong", async () => {
  await using s = await scene();
  const pull = await approved(s);
  const gate = async (config: () => Promise<typeof DEFAULTS | { invalid: string }>) =>
    (
      await readGate(s.site, {
        pull,
        ...{
          base: "main",
          here: "acme/tools",
          synthetic: false,
          commandReview: null,
          queued: null,
          updated: 0,
          config,
        },
      })
    )?.view;
  expect(await gate(async () => ({ invalid: "line 3" }))).toMatchObject({
    kind: "waits",
    code: "config-unusable",
    for: expect.stringContaining("line 3"),
  });
  expect(await gate(async () => ({ ...DEFAULTS, checks: "allow-none" }))).toMatchObject({
    kind: "waits",
    code: expect.stringMatching(/^(mergeable-unknown|merge-by-people)$/),
  });
});

test("a pull request that is listed and cannot be read yet is waited for", async () => {
  await using s = await scene();
  const pull = await approved(s);
  const { sandbox } = s.fixture;
  const repository = (await s.site.reads.repository()).value;
  const observer = await createObserver({
    site: s.site,
    repository,
    settings: { quietPeriod: 120_000, intentLifetime: 86_400_000, startPatience: 60_000, starts: 3 },
    workflowFile: "cairn.yml",
    hint: "sweep",
    wrote: new Set(),
    places: createPlaces(),
    startedAt: () => undefined,
    wasRefused: () => false,
    headSince: (_head, now) => now,
  });
  await observer.look("pulls");
  const path = "/repos/{owner}/{repo}/pulls/{pull_number}";
  // A follow-up to a fresh pull request can answer 404: docs/github.md, Reading.
  sandbox.faults.add({ method: "GET", path, fault: { kind: "status", status: 404 } });
  await observer.look("gate");
  expect(observer.snapshot()?.gate).toMatchObject({ code: "pull-unseen", for: `#${pull} to be readable` });
});

test("25: whoever sets a hold while the gate is read stops the merge, on the issue or on the pull request", async () => {
  await using s = await scene();
  const pull = await approved(s);
  const { fixture, site, issue } = s;
  const maintainer = fixture.as(fixture.tokens.maintainer);
  const config = { ...DEFAULTS, checks: "allow-none", merge: "on-green-with-review" } as const;
  const gate = async (reads = site.reads) =>
    (
      await readGate(
        { ...site, reads },
        {
          pull,
          ...{
            base: "main",
            here: "acme/tools",
            synthetic: false,
            commandReview: null,
            queued: null,
            updated: 0,
          },
          config: async () => config,
          intent: Number.MAX_SAFE_INTEGER,
        },
      )
    )?.view;
  await expect.poll(() => gate(), { timeout: 20_000 }).toMatchObject({ kind: "open" });
  const others = (await maintainer("POST", "~/issues", { title: "t", body: "b" })).body.number;
  expect((await maintainer("PATCH", `~/issues/${others}`, { state: "closed" })).status).toBe(200);
  const label = async (on: number): Promise<void> => {
    const { status } = await maintainer("POST", `~/issues/${on}/labels`, { labels: ["cairn:hold"] });
    expect(status).toBe(200);
  };
  /** The hold is set before the named read answers. */
  const whenAsked = (what: "newestComments" | "blocker", on: number): typeof site.reads => ({
    ...site.reads,
    newestComments: async (...window) => {
      if (what === "newestComments") await label(on);
      return site.reads.newestComments(...window);
    },
    issue: async (number) => {
      if (what === "blocker" && number === others) await label(on);
      return site.reads.issue(number);
    },
  });
  const unlabel = (on: number) => maintainer("DELETE", `~/issues/${on}/labels/cairn:hold`);
  const held = { kind: "waits", code: "issue-held" };
  expect(await gate(whenAsked("newestComments", issue)), "on the issue").toMatchObject(held);
  await unlabel(issue);
  expect(await gate(whenAsked("newestComments", pull)), "on the pull request").toMatchObject(held);
  await unlabel(pull);
  expect(await gate()).toMatchObject({ kind: "open" });
  await maintainer("PATCH", `~/issues/${issue}`, { body: `Depends on: #${others}` });
  expect(await gate()).toMatchObject({ kind: "open" });
  expect(await gate(whenAsked("blocker", issue)), "while dependencies were read").toMatchObject(held);
});
