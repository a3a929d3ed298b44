/** Artifacts of workflow runs. */
import type { ActionsEngine, RunRecord } from "../../actions/port.ts";
import { fullName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import { notFound } from "../errors.ts";
import { numberParam } from "../input.ts";
import { paginate } from "../paginate.ts";
import { iso } from "../present/time.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { sendOn } from "./addresses.ts";
import { engineOf } from "./engine.ts";
import { runParam } from "./run-param.ts";
import { zipOf } from "./zip.ts";

const DAY_MS = 86_400_000;
/** Days that GitHub keeps an artifact where a workflow says nothing. */
const KEPT_DAYS = 90;

interface OfRun {
  readonly run: RunRecord;
  readonly artifact: ReturnType<ActionsEngine["artifacts"]>[number];
}

function artifactsOf(context: RouteContext, runs: readonly RunRecord[]): OfRun[] {
  const engine = engineOf(context);
  const found = runs.flatMap((run) => engine.artifacts(run.id).map((artifact) => ({ run, artifact })));
  return found.sort((a, b) => b.artifact.id - a.artifact.id);
}

const ofRepository = (context: RouteContext): OfRun[] =>
  artifactsOf(
    context,
    [...context.world.runs.values()].filter((run) => run.repositoryId === context.repository.id),
  );

function listed(context: RouteContext, all: readonly OfRun[]): RouteResult {
  const name = context.query.get("name");
  return paginate(
    context,
    all.filter(({ artifact }) => name === null || artifact.name === name),
    (one) => present(context, one),
    (artifacts, total) => ({ total_count: total, artifacts }),
  );
}

function present({ world, urls, repository }: RouteContext, { run, artifact }: OfRun) {
  const url = `${urls.api}/repos/${fullName(world, repository)}/actions/artifacts/${artifact.id}`;
  return {
    id: artifact.id,
    node_id: nodeId("A", artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.sizeInBytes,
    url,
    archive_download_url: `${url}/zip`,
    expired: false,
    digest: artifact.digest,
    created_at: iso(artifact.createdAt),
    updated_at: iso(artifact.createdAt),
    expires_at: iso(artifact.createdAt + KEPT_DAYS * DAY_MS),
    workflow_run: {
      id: run.id,
      repository_id: run.repositoryId,
      head_repository_id: run.repositoryId,
      head_branch: run.headBranch,
      head_sha: run.headSha,
    },
  };
}

const REPO = "/repos/{owner}/{repo}/actions";
const READ = { permission: { actions: "read" } } as const;

function artifactParam(context: RouteContext): OfRun {
  const id = numberParam(context, "artifact_id");
  const found = ofRepository(context).find(({ artifact }) => artifact.id === id);
  if (!found) throw notFound();
  return found;
}

function download(context: RouteContext): RouteResult {
  if (context.params.archive_format !== "zip") throw notFound();
  const { run, artifact } = artifactParam(context);
  const directory = engineOf(context).artifactDirectory(run.id, artifact.name);
  if (directory === undefined) throw notFound();
  const headers = {
    "content-type": "application/zip",
    "content-disposition": `attachment; filename="${encodeURIComponent(artifact.name)}.zip"`,
  };
  return sendOn(context, async () => ({ status: 200, body: await zipOf(directory), headers }));
}

export const artifactRoutes: readonly Route[] = [
  route("GET", `${REPO}/runs/{run_id}/artifacts`, READ, (context) =>
    listed(context, artifactsOf(context, [runParam(context)])),
  ),
  route("GET", `${REPO}/artifacts`, READ, (context) => listed(context, ofRepository(context))),
  route("GET", `${REPO}/artifacts/{artifact_id}`, READ, (context) => ({
    status: 200,
    body: present(context, artifactParam(context)),
  })),
  route("GET", `${REPO}/artifacts/{artifact_id}/{archive_format}`, READ, download),
];
