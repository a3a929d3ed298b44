/** Workflows, runs and jobs as the API and the webhooks show them. */
import type { JobRecord, RunRecord, WorkflowRecord } from "../../actions/port.ts";
import type { Commit } from "../../git/store.ts";
import type { Urls } from "../../services.ts";
import { findRepository, findUser, fullName, repositoryByName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { World } from "../../world/state.ts";
import { pullReferences } from "../checks/present.ts";
import { presentHeadCommit } from "../present/commit.ts";
import { presentMinimalRepository } from "../present/repository.ts";
import { iso, isoOrNull } from "../present/time.ts";
import { presentUser } from "../present/user.ts";
import type { RouteContext } from "../router.ts";
import { loadHead } from "./heads.ts";

export function presentWorkflow(world: World, urls: Urls, workflow: WorkflowRecord) {
  const repository = findRepository(world, workflow.repositoryId);
  const name = fullName(world, repository);
  return {
    id: workflow.id,
    node_id: nodeId("W", workflow.id),
    name: workflow.name,
    path: workflow.path,
    state: workflow.state,
    created_at: iso(workflow.createdAt),
    updated_at: iso(workflow.updatedAt),
    url: `${urls.api}/repos/${name}/actions/workflows/${workflow.id}`,
    html_url: `${urls.html}/${name}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${urls.html}/${name}/workflows/${encodeURIComponent(workflow.name)}/badge.svg`,
  };
}

/** A run as REST shows it, with the commit that it is for. */
export async function presentRunWithHead(context: RouteContext, run: RunRecord) {
  const head = await loadHead(context.services, run.repositoryId, run.headSha);
  return presentRun(context.world, context.urls, run, head);
}

export function presentRun(world: World, urls: Urls, run: RunRecord, head: Commit | undefined) {
  const repository = findRepository(world, run.repositoryId);
  const name = fullName(world, repository);
  const api = `${urls.api}/repos/${name}/actions/runs/${run.id}`;
  const suite = [...world.checkSuites.values()].find((one) => one.runId === run.id);
  const shown = presentMinimalRepository(world, urls, repository);
  return {
    id: run.id,
    name: run.workflowName,
    node_id: nodeId("WFR", run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.workflowPath,
    display_title: run.displayTitle,
    run_number: run.runNumber,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflowId,
    check_suite_id: suite?.id ?? 0,
    check_suite_node_id: nodeId("CS", suite?.id ?? 0),
    url: api,
    html_url: `${urls.html}/${name}/actions/runs/${run.id}`,
    pull_requests: pullReferences(world, urls, run.repositoryId, run.headSha),
    created_at: iso(run.createdAt),
    updated_at: iso(run.updatedAt),
    actor: presentUser(urls, findUser(world, run.actor.id)),
    run_attempt: run.attempt,
    referenced_workflows: referenced(world, run),
    run_started_at: iso(run.runStartedAt),
    triggering_actor: presentUser(urls, findUser(world, run.triggeringActor.id)),
    jobs_url: `${api}/jobs`,
    logs_url: `${api}/logs`,
    check_suite_url: `${urls.api}/repos/${name}/check-suites/${suite?.id ?? 0}`,
    artifacts_url: `${api}/artifacts`,
    cancel_url: `${api}/cancel`,
    rerun_url: `${api}/rerun`,
    previous_attempt_url: run.attempt > 1 ? `${api}/attempts/${run.attempt - 1}` : null,
    workflow_url: `${urls.api}/repos/${name}/actions/workflows/${run.workflowId}`,
    head_commit: head ? presentHeadCommit(head) : null,
    repository: shown,
    head_repository: shown,
  };
}

/** Reusable workflows that the run's jobs come from, as `owner/repo/path@ref`. */
function referenced(world: World, run: RunRecord) {
  const called = new Set(run.jobs.map((job) => job.definedIn).filter((where) => where.includes("@")));
  return [...called].map((path) => {
    const [, owner = "", name = "", written = ""] = /^([^/]+)\/([^/]+)\/[^@]+@(.+)$/.exec(path) ?? [];
    if (/^[0-9a-f]{40}$/.test(written)) return { path, sha: written };
    const refs = repositoryByName(world, owner, name)?.refs;
    const ref = [written, `refs/heads/${written}`, `refs/tags/${written}`].find((one) => refs?.has(one));
    return ref === undefined ? { path, sha: run.sha } : { path, sha: refs?.get(ref) ?? run.sha, ref };
  });
}

export function presentJob(world: World, urls: Urls, run: RunRecord, job: JobRecord) {
  const name = fullName(world, findRepository(world, run.repositoryId));
  const api = `${urls.api}/repos/${name}/actions`;
  const { startedAt } = job;
  const check = [...world.checkRuns.values()].find((one) => one.jobId === job.id);
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.workflowName,
    head_branch: run.headBranch,
    run_url: `${api}/runs/${run.id}`,
    run_attempt: job.runAttempt,
    node_id: nodeId("J", job.id),
    head_sha: run.headSha,
    url: `${api}/jobs/${job.id}`,
    html_url: `${urls.html}/${name}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: iso(job.createdAt),
    started_at: iso(startedAt ?? job.createdAt),
    completed_at: isoOrNull(job.completedAt),
    name: job.name,
    steps: job.steps.map((step) => ({
      name: step.name,
      status: step.status,
      conclusion: step.conclusion,
      number: step.number,
      started_at: isoOrNull(step.startedAt),
      completed_at: isoOrNull(step.completedAt),
    })),
    check_run_url: `${urls.api}/repos/${name}/check-runs/${check?.id ?? job.checkRunId ?? 0}`,
    labels: job.labels,
    runner_id: startedAt === null ? null : 1,
    runner_name: startedAt === null ? null : "sandbox",
    runner_group_id: startedAt === null ? null : 1,
    runner_group_name: startedAt === null ? null : "Default",
  };
}
