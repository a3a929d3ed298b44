import type { Annotation } from "../../actions/port.ts";
import type { Commit } from "../../git/store.ts";
import type { Urls } from "../../services.ts";
import { findApp, findIssue, findRepository, fullName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { CheckRun, CheckSuite } from "../../world/pull-state.ts";
import type { World } from "../../world/state.ts";
import { loadHead } from "../actions/heads.ts";
import { presentApp } from "../present/app.ts";
import { presentHeadCommit } from "../present/commit.ts";
import { presentMinimalRepository } from "../present/repository.ts";
import { iso, isoOrNull } from "../present/time.ts";
import type { RouteContext } from "../router.ts";

/** Open pull requests of this repository whose head is a commit, in the short form of checks and runs. */
export function pullReferences(world: World, urls: Urls, repositoryId: number, sha: string) {
  const repository = findRepository(world, repositoryId);
  const name = fullName(world, repository);
  const repo = { id: repository.id, url: `${urls.api}/repos/${name}`, name: repository.name };
  return [...world.pulls.values()]
    .filter((pull) => pull.repositoryId === repositoryId && pull.headSha === sha)
    .filter((pull) => findIssue(world, pull.issueId).state === "open")
    .map((pull) => ({
      url: `${urls.api}/repos/${name}/pulls/${pull.number}`,
      id: pull.id,
      number: pull.number,
      head: { ref: pull.headRef, sha: pull.headSha, repo },
      base: { ref: pull.baseRef, sha: pull.baseSha, repo },
    }));
}

export function presentCheckRun(world: World, urls: Urls, run: CheckRun) {
  const name = fullName(world, findRepository(world, run.repositoryId));
  const url = `${urls.api}/repos/${name}/check-runs/${run.id}`;
  const details = run.detailsUrl ?? `${urls.html}/${name}/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId("CR", run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: details,
    details_url: details,
    status: run.status,
    conclusion: run.conclusion,
    started_at: isoOrNull(run.startedAt),
    completed_at: isoOrNull(run.completedAt),
    output: {
      ...run.output,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    name: run.name,
    check_suite: { id: run.suiteId },
    app: presentApp(world, urls, findApp(world, run.appId)),
    pull_requests: pullReferences(world, urls, run.repositoryId, run.headSha),
  };
}

/** One annotation; of one that names no file, GitHub has the path `.github`. */
export function presentAnnotation(world: World, urls: Urls, run: CheckRun, annotation: Annotation) {
  const name = fullName(world, findRepository(world, run.repositoryId));
  return {
    path: annotation.path,
    blob_href: `${urls.html}/${name}/blob/${run.headSha}/${annotation.path}`,
    start_line: annotation.startLine,
    start_column: annotation.startColumn,
    end_line: annotation.endLine,
    end_column: annotation.endColumn,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
    raw_details: "",
  };
}

/** A suite as webhooks show it. */
export function presentCheckSuite(world: World, urls: Urls, suite: CheckSuite, head: Commit | undefined) {
  const repository = findRepository(world, suite.repositoryId);
  const name = fullName(world, repository);
  const url = `${urls.api}/repos/${name}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: nodeId("CS", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: suite.status,
    conclusion: suite.conclusion,
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullReferences(world, urls, suite.repositoryId, suite.headSha),
    app: presentApp(world, urls, findApp(world, suite.appId)),
    created_at: iso(suite.createdAt),
    updated_at: iso(suite.updatedAt),
    latest_check_runs_count: [...world.checkRuns.values()].filter((run) => run.suiteId === suite.id).length,
    check_runs_url: `${url}/check-runs`,
    head_commit: head ? presentHeadCommit(head) : null,
  };
}

/** A suite as REST shows it. */
export async function presentWholeCheckSuite(context: RouteContext, suite: CheckSuite) {
  const { services, world, urls, repository } = context;
  const head = await loadHead(services, repository.id, suite.headSha);
  return {
    ...presentCheckSuite(world, urls, suite, head),
    repository: presentMinimalRepository(world, urls, repository),
  };
}
