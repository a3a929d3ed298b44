/** Labels of a repository and of an issue. */
import { findRepository, labelByName } from "../../world/find.ts";
import { nextId } from "../../world/ids.ts";
import type { Issue, Label, Repository, World } from "../../world/state.ts";
import { ApiError, notFound, validationFailed } from "../errors.ts";
import { issueParam, optionalString, requiredString, wrongType } from "../input.ts";
import { paginate } from "../paginate.ts";
import { presentLabel, presentLabels } from "../present/issue.ts";
import { type PermissionNeed, type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { addLabel, removeLabel } from "./change.ts";

const READ: readonly PermissionNeed[] = [{ issues: "read" }, { pull_requests: "read" }];
const WRITE: readonly PermissionNeed[] = [{ issues: "write" }, { pull_requests: "write" }];
const DEFAULT_COLOR = "ededed";
const LONGEST_NAME = 50;

/** Makes a label in a repository, as it stands; the caller has checked that the name is free. */
export function createLabel(
  world: World,
  repository: Repository,
  input: Pick<Label, "name"> & Partial<Label>,
): Label {
  if (input.name.length > LONGEST_NAME) throw tooLong();
  const id = nextId(world, "label");
  const label: Label = { color: DEFAULT_COLOR, description: null, default: false, ...input, id };
  repository.labels.set(id, label);
  return label;
}

/** The label of this name, made where the repository has none: so does GitHub when one is set on an issue. */
export function labelNamed(world: World, repository: Repository, name: string): Label {
  return labelByName(repository, name) ?? createLabel(world, repository, { name });
}

function tooLong(): ApiError {
  const message = `name is too long (maximum is ${LONGEST_NAME} characters)`;
  return validationFailed({ resource: "Label", code: "custom", field: "name", message });
}

function labelParam(context: RouteContext): Label {
  const label = labelByName(context.repository, context.params.name ?? "");
  if (!label) throw notFound();
  return label;
}

const show = (context: RouteContext) => (label: Label) =>
  presentLabel(context.world, context.urls, context.repository, label);

const byName = (context: RouteContext): Label[] =>
  [...context.repository.labels.values()].sort((a, b) => a.name.localeCompare(b.name));

function colorOf(context: RouteContext): string | undefined {
  const color = optionalString(context.body, "color")?.replace(/^#/, "");
  if (color !== undefined && !/^[0-9a-f]{6}$/i.test(color)) {
    throw validationFailed({ resource: "Label", code: "invalid", field: "color" });
  }
  return color;
}

function announceLabel(context: RouteContext, action: string, label: Label, changes?: unknown): void {
  const shown = presentLabel(context.services.world, context.services.urls, context.repository, label);
  const fields = { label: shown, ...(changes ? { changes } : {}) };
  context.emit({
    event: "label",
    action,
    repositoryId: context.repository.id,
    fields,
    workflows: "default-branch",
  });
}

function createRepositoryLabel(context: RouteContext): RouteResult {
  const name = requiredString(context.body, "name");
  if (labelByName(context.repository, name)) {
    throw validationFailed({ resource: "Label", code: "already_exists", field: "name" });
  }
  const description = optionalString(context.body, "description") ?? null;
  const label = createLabel(context.world, context.repository, {
    name,
    color: colorOf(context) ?? DEFAULT_COLOR,
    description,
  });
  announceLabel(context, "created", label);
  return { status: 201, body: show(context)(label) };
}

function updateRepositoryLabel(context: RouteContext): RouteResult {
  const label = labelParam(context);
  const name = optionalString(context.body, "new_name") ?? label.name;
  const holder = labelByName(context.repository, name);
  if (holder && holder.id !== label.id)
    throw validationFailed({ resource: "Label", code: "already_exists", field: "name" });
  const changes = name === label.name ? {} : { name: { from: label.name } };
  label.name = name;
  label.color = colorOf(context) ?? label.color;
  const description = optionalString(context.body, "description");
  if (description !== undefined) label.description = description;
  announceLabel(context, "edited", label, changes);
  return { status: 200, body: show(context)(label) };
}

function deleteRepositoryLabel(context: RouteContext): RouteResult {
  const label = labelParam(context);
  context.repository.labels.delete(label.id);
  for (const issue of context.world.issues.values()) {
    if (issue.repositoryId === context.repository.id)
      issue.labelIds = issue.labelIds.filter((id) => id !== label.id);
  }
  announceLabel(context, "deleted", label);
  return { status: 204 };
}

/** Names in a body: `{labels: [...]}` or a bare list, of texts or of objects with a name. */
export function labelNames(context: RouteContext): string[] | undefined {
  const given = context.body.labels ?? context.body[""];
  if (given === undefined || given === null) return undefined;
  if (!Array.isArray(given)) throw wrongType("labels", given, "array");
  return given.map((entry: unknown) => {
    if (typeof entry === "string") return entry;
    const name = typeof entry === "object" && entry !== null ? (entry as { name?: unknown }).name : undefined;
    if (typeof name === "string") return name;
    throw wrongType("labels", entry, "string");
  });
}

/** Makes the issue's labels exactly these. */
export function replaceLabels(context: RouteContext, issue: Issue, names: readonly string[]): void {
  const { services } = context;
  const cause = { actor: context.actor, requestId: context.requestId };
  const repository = findRepository(services.world, issue.repositoryId);
  const wanted = names.map((name) => labelNamed(services.world, repository, name));
  for (const id of [...issue.labelIds]) {
    const label = repository.labels.get(id);
    if (label && !wanted.includes(label)) removeLabel(services, issue, label, cause);
  }
  for (const label of wanted) addLabel(services, issue, label, cause);
}

function issueLabels(context: RouteContext, issue: Issue): RouteResult {
  return { status: 200, body: presentLabels(context.world, context.urls, context.repository, issue) };
}

function addIssueLabels(context: RouteContext): RouteResult {
  const issue = issueParam(context);
  const cause = { actor: context.actor, requestId: context.requestId };
  for (const name of labelNames(context) ?? []) {
    addLabel(context.services, issue, labelNamed(context.world, context.repository, name), cause);
  }
  return issueLabels(context, issue);
}

function removeIssueLabel(context: RouteContext): RouteResult {
  const issue = issueParam(context);
  const label = labelByName(context.repository, context.params.name ?? "");
  const cause = { actor: context.actor, requestId: context.requestId };
  if (!label || !removeLabel(context.services, issue, label, cause))
    throw new ApiError(404, "Label does not exist");
  return issueLabels(context, issue);
}

const REPO = "/repos/{owner}/{repo}";
const ISSUE = `${REPO}/issues/{issue_number}`;

export const labelRoutes: readonly Route[] = [
  route("GET", `${REPO}/labels`, { permission: READ }, (context) =>
    paginate(context, byName(context), show(context)),
  ),
  route("POST", `${REPO}/labels`, { permission: WRITE }, createRepositoryLabel),
  route("GET", `${REPO}/labels/{name}`, { permission: READ }, (context) => ({
    status: 200,
    body: show(context)(labelParam(context)),
  })),
  route("PATCH", `${REPO}/labels/{name}`, { permission: WRITE }, updateRepositoryLabel),
  route("DELETE", `${REPO}/labels/{name}`, { permission: WRITE }, deleteRepositoryLabel),
  route("GET", `${ISSUE}/labels`, { permission: READ }, (context) => {
    const issue = issueParam(context);
    return paginate(
      context,
      presentLabels(context.world, context.urls, context.repository, issue),
      (label) => label,
    );
  }),
  route("POST", `${ISSUE}/labels`, { permission: WRITE, role: "triage" }, addIssueLabels),
  route("PUT", `${ISSUE}/labels`, { permission: WRITE, role: "triage" }, (context) => {
    const issue = issueParam(context);
    replaceLabels(context, issue, labelNames(context) ?? []);
    return issueLabels(context, issue);
  }),
  route("DELETE", `${ISSUE}/labels`, { permission: WRITE, role: "triage" }, (context) => {
    replaceLabels(context, issueParam(context), []);
    return { status: 204 };
  }),
  route("DELETE", `${ISSUE}/labels/{name}`, { permission: WRITE, role: "triage" }, removeIssueLabel),
];
