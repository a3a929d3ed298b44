/** A look takes time: what happens in the middle of it is no sign that the chain was moved back (I2). */

import { expect, test } from "vitest";
import { createObserver } from "../../src/app/observe/index.ts";
import { createPlaces } from "../../src/app/places.ts";
import { claimIntent, proveIntent, type Site } from "../../src/barrier/index.ts";
import { decide } from "../../src/core/decide.ts";
import { agentRun, branchCreate } from "../../src/core/keys.ts";
import { scene } from "../barrier/scene.ts";
import { repositoryOf } from "./repository.ts";

const SETTINGS = { quietPeriod: 120_000, intentLifetime: 86_400_000, startPatience: 60_000, starts: 3 };
const RUN = { id: 5, attempt: 1 };

test("a run that claims and lets its agent start between two reads of one look raises no alarm", async () => {
  await using s = await scene();
  const agent = agentRun(s.issue, { generation: 1, attempt: 1 });
  const { comment } = await s.declare([agent, branchCreate("cairn/1-g1")], {
    pins: { text: "", config: "c", commit: "0".repeat(40), base: "main" },
  });
  const { repository } = s.fixture;
  const at = s.fixture.sandbox.clock.now();
  const run = {
    ...RUN,
    status: "in_progress" as const,
    conclusion: null,
    createdAt: at,
    event: "workflow_dispatch",
    path: ".github/workflows/cairn.yml",
    headBranch: "main",
    displayTitle: `issue ${s.issue}, intent ${comment}`,
    actorId: s.site.app.botId,
    repositoryId: repository.id,
    places: createPlaces(),
    startedAt: at,
    updatedAt: at,
    htmlUrl: "",
  };
  const job = { id: 9, name: agent.key, attempt: 1, startedAt: at, completedAt: null };
  const read = <T>(value: T) => ({
    value,
    readAt: s.site.clock.now(),
    serverTime: s.fixture.sandbox.clock.now(),
  });
  const reads: Site["reads"] = {
    ...s.site.reads,
    async dispatchedRuns() {
      await claimIntent(s.site, await proveIntent(s.site, comment), RUN);
      return read([run]);
    },
    jobs: async () => read([job]),
  };
  const observer = await createObserver({
    site: { ...s.site, reads },
    repository: repositoryOf(repository.id),
    settings: SETTINGS,
    workflowFile: "cairn.yml",
    places: createPlaces(),
    hint: "sweep",
    wrote: new Set([comment]),
    startedAt: () => undefined,
    wasRefused: () => false,
    headSince: (_head, now) => now,
  });
  for (let looks = 0; looks < 10; looks += 1) {
    const snapshot = observer.snapshot();
    if (!snapshot) throw new Error("no issue");
    const decision = decide({ ...snapshot, issue: { ...snapshot.issue, text: "" } });
    if (decision.kind === "alarm") expect.fail(decision.marker.detail);
    // The owner's run is asked for: the claim was seen.
    if (decision.kind === "look" && decision.part === "run") return;
    if (decision.kind === "look") await observer.look(decision.part);
  }
  expect.fail("the claim was not seen");
});
