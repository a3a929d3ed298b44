/** `repository_dispatch`: a signal from outside to a repository's workflows. */
import { ApiError, validationFailed } from "../errors.ts";
import { requiredString } from "../input.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";

const MOST_KEYS = 10;
const MOST_BYTES = 65_535;
const LONGEST_TYPE = 100;

function dispatch(context: RouteContext): RouteResult {
  const { repository } = context;
  const type = requiredString(context.body, "event_type");
  if (type === "" || type.length > LONGEST_TYPE) {
    throw validationFailed({ resource: "Dispatch", code: "invalid", field: "event_type" });
  }
  const payload = context.body.client_payload ?? {};
  if (typeof payload !== "object" || payload === null)
    throw new ApiError(422, "Invalid request.\n\nFor 'client_payload', it is not an object.");
  if (Object.keys(payload).length > MOST_KEYS)
    throw new ApiError(
      422,
      `No more than ${MOST_KEYS} properties are allowed; ${Object.keys(payload).length} were supplied.`,
    );
  if (JSON.stringify(payload).length > MOST_BYTES) throw new ApiError(422, "client_payload is too large.");
  const fields = { branch: repository.defaultBranch, client_payload: payload };
  context.emit({
    event: "repository_dispatch",
    action: type,
    repositoryId: repository.id,
    fields,
    workflows: "default-branch",
  });
  return { status: 204 };
}

export const dispatchRoutes: readonly Route[] = [
  route("POST", "/repos/{owner}/{repo}/dispatches", { permission: { contents: "write" } }, dispatch),
];
