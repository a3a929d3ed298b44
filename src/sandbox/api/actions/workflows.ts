/** Workflow files over the API, and `workflow_dispatch`. */

import type { WorkflowRecord } from "../../actions/port.ts";
import { actionsRepository, actionsUser } from "../../actions-host.ts";
import { payloadOf } from "../../webhooks/payload.ts";
import { actingUserId } from "../../world/actor.ts";
import { ApiError, notFound } from "../errors.ts";
import { requiredString } from "../input.ts";
import { paginate } from "../paginate.ts";
import { type JsonObject, type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { engineOf } from "./engine.ts";
import { loadHead } from "./heads.ts";
import { presentWorkflow } from "./present.ts";

/** By id or by file name. */
export async function workflowParam(context: RouteContext): Promise<WorkflowRecord> {
  const asked = context.params.workflow_id ?? "";
  const all = await engineOf(context).workflows(context.repository.id);
  const found = all.find((one) => String(one.id) === asked || one.path === `.github/workflows/${asked}`);
  if (!found) throw notFound();
  return found;
}

const MOST_INPUTS = 25;

async function dispatch(context: RouteContext): Promise<RouteResult> {
  const { services, body, repository } = context;
  const engine = engineOf(context);
  const workflow = await workflowParam(context);
  const asked = requiredString(body, "ref");
  const ref = ["", "refs/heads/", "refs/tags/"]
    .map((prefix) => `${prefix}${asked}`)
    .find((name) => repository.refs.has(name));
  if (ref === undefined || !ref.startsWith("refs/")) throw new ApiError(422, `No ref found for: ${asked}`);
  const sha = repository.refs.get(ref) ?? "";
  const inputs = (body.inputs ?? {}) as JsonObject;
  if (Object.keys(inputs).length > MOST_INPUTS) {
    throw new ApiError(
      422,
      `you may only define up to ${MOST_INPUTS} \`inputs\` for a \`workflow_dispatch\` event`,
    );
  }
  const found = actionsRepository(services, repository.id);
  if (!found) throw notFound();
  const refused = await engine.checkDispatch(found, workflow.path, sha, inputs);
  if (refused) throw new ApiError(refused.status, refused.message);
  const actorId = actingUserId(context.actor);
  const texts = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
  const event = {
    event: "workflow_dispatch",
    repositoryId: repository.id,
    fields: { inputs: texts, ref, workflow: workflow.path },
  };
  context.emit(event);
  const branch = ref.replace(/^refs\/(?:heads|tags)\//, "");
  await loadHead(services, repository.id, sha);
  const [run] = await engine.trigger({
    repository: found,
    name: "workflow_dispatch",
    ref,
    sha,
    headBranch: branch,
    headSha: sha,
    actor: actionsUser(services.world, actorId),
    payload: payloadOf(services.world, services.urls, event, actorId),
    workflowPath: workflow.path,
    inputs: texts,
  });
  const version = context.headers["x-github-api-version"] ?? "";
  const details = body.return_run_details === true || version >= "2026-03-10";
  if (!run || !details) return { status: 204 };
  const api = `${context.urls.api}/repos/${context.params.owner}/${context.params.repo}/actions/runs/${run.id}`;
  const page = `${context.urls.html}/${context.params.owner}/${context.params.repo}/actions/runs/${run.id}`;
  return { status: 200, body: { workflow_run_id: run.id, run_url: api, html_url: page } };
}

const REPO = "/repos/{owner}/{repo}/actions/workflows";
const READ = { permission: { actions: "read" } } as const;

export const workflowRoutes: readonly Route[] = [
  route("GET", REPO, READ, async (context) =>
    paginate(
      context,
      await engineOf(context).workflows(context.repository.id),
      (workflow) => presentWorkflow(context.world, context.urls, workflow),
      (shown, total) => ({ total_count: total, workflows: shown }),
    ),
  ),
  route("GET", `${REPO}/{workflow_id}`, READ, async (context) => ({
    status: 200,
    body: presentWorkflow(context.world, context.urls, await workflowParam(context)),
  })),
  route("POST", `${REPO}/{workflow_id}/dispatches`, { permission: { actions: "write" } }, dispatch),
];
