/** Check suites and check runs of GitHub Actions: one suite for each run, one check run for each job. */
import type { JobRecord, RunRecord } from "../../actions/port.ts";
import { ACTIONS_APP_ID } from "../../identity/authenticate.ts";
import { gateChanged, type Services } from "../../services.ts";
import { findApp, findRepository, fullName } from "../../world/find.ts";
import { nextId } from "../../world/ids.ts";
import type { CheckConclusion, CheckSuite } from "../../world/pull-state.ts";
import { headAtHand } from "../actions/heads.ts";
import { presentCheckRun, presentCheckSuite } from "./present.ts";

const actor = (services: Services) => ({
  kind: "app" as const,
  appId: ACTIONS_APP_ID,
  userId: findApp(services.world, ACTIONS_APP_ID).botId,
});

export function suiteOf(services: Services, run: RunRecord): CheckSuite {
  const { world, clock } = services;
  for (const suite of world.checkSuites.values()) if (suite.runId === run.id) return suite;
  const suite: CheckSuite = {
    id: nextId(world, "checkSuite"),
    repositoryId: run.repositoryId,
    appId: ACTIONS_APP_ID,
    headBranch: run.headBranch,
    headSha: run.headSha,
    status: "queued",
    conclusion: null,
    runId: run.id,
    createdAt: clock.now(),
    updatedAt: clock.now(),
  };
  world.checkSuites.set(suite.id, suite);
  return suite;
}

export function followRun(services: Services, run: RunRecord): void {
  const suite = suiteOf(services, run);
  suite.status =
    run.status === "completed" ? "completed" : run.status === "in_progress" ? "in_progress" : "queued";
  suite.conclusion = run.conclusion as CheckConclusion | null;
  suite.updatedAt = services.clock.now();
  if (run.status !== "completed") return;
  const fields = {
    check_suite: presentCheckSuite(services.world, services.urls, suite, headAtHand(services, suite.headSha)),
  };
  services.emit(
    { event: "check_suite", action: "completed", repositoryId: run.repositoryId, fields },
    actor(services),
  );
}

export function followJob(services: Services, run: RunRecord, job: JobRecord): void {
  const { world, urls } = services;
  const suite = suiteOf(services, run);
  const name = fullName(world, findRepository(world, run.repositoryId));
  let check = [...world.checkRuns.values()].find((one) => one.jobId === job.id);
  const isNew = check === undefined;
  if (!check) {
    check = {
      // The same number for both: `gh` asks for the check run of a job by the job's.
      id: job.id,
      suiteId: suite.id,
      repositoryId: run.repositoryId,
      appId: ACTIONS_APP_ID,
      name: job.name,
      headSha: run.headSha,
      status: "queued",
      conclusion: null,
      startedAt: job.createdAt,
      completedAt: null,
      output: { title: null, summary: null, text: null },
      externalId: String(job.id),
      detailsUrl: `${urls.html}/${name}/actions/runs/${run.id}/job/${job.id}`,
      jobId: job.id,
      annotations: [],
    };
    world.checkRuns.set(check.id, check);
    job.checkRunId = check.id;
  }
  const before = check.status;
  check.status = job.status;
  check.conclusion = job.conclusion as CheckConclusion | null;
  check.startedAt = job.startedAt ?? job.createdAt;
  check.completedAt = job.completedAt;
  check.annotations = [...job.annotations];
  gateChanged(services, run.repositoryId);
  const action = isNew
    ? "created"
    : check.status === "completed" && before !== "completed"
      ? "completed"
      : undefined;
  if (action === undefined) return;
  const fields = { check_run: presentCheckRun(world, urls, check) };
  services.emit({ event: "check_run", action, repositoryId: run.repositoryId, fields }, actor(services));
}
