/** Reading of what a request brings, with GitHub's refusals where it does not fit. */
import { issueByNumber } from "../world/find.ts";
import type { Issue } from "../world/state.ts";
import { ApiError, notFound } from "./errors.ts";
import type { JsonObject, RouteContext } from "./router.ts";

/** A string that the body must have: 422 `Invalid request.` otherwise. */
export function requiredString(body: JsonObject, field: string): string {
  const value = body[field];
  if (value === undefined) throw new ApiError(422, `Invalid request.\n\n"${field}" wasn't supplied.`);
  if (typeof value !== "string") throw wrongType(field, value, "string");
  return value;
}

/** A string that the body may have; `undefined` where it has none, `null` where it says so. */
export function optionalString(body: JsonObject, field: string): string | null | undefined {
  const value = body[field];
  if (value === undefined || value === null || typeof value === "string") return value;
  throw wrongType(field, value, "string");
}

export function optionalBoolean(body: JsonObject, field: string): boolean | undefined {
  const value = body[field];
  if (value === undefined || typeof value === "boolean") return value;
  throw wrongType(field, value, "boolean");
}

export function optionalStrings(body: JsonObject, field: string): string[] | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw wrongType(field, value, "array");
}

export function wrongType(field: string, value: unknown, wanted: string): ApiError {
  const shown = JSON.stringify(value) ?? "nil";
  return new ApiError(422, `Invalid request.\n\nFor '${field}', ${shown} is not of type ${wanted}.`);
}

/** A database id or number out of the path: 404 where it is none. */
export function numberParam(context: RouteContext, name: string): number {
  const text = context.params[name] ?? "";
  if (!/^\d{1,16}$/.test(text)) throw notFound();
  return Number(text);
}

/** The issue (or pull request's issue side) that the path names. 404 unknown, 410 deleted, 301 or 307 moved elsewhere. */
export function issueParam(context: RouteContext, name = "issue_number"): Issue {
  const number = numberParam(context, name);
  const { repository, world } = context;
  const issue = issueByNumber(world, repository.id, number);
  if (issue?.deletedAt) throw new ApiError(410, "This issue was deleted");
  if (issue) return issue;
  const moved = world.transfers.find(
    (entry) => entry.repositoryId === repository.id && entry.number === number,
  );
  const target = moved && world.issues.get(moved.issueId);
  if (!target) throw notFound();
  const location = `${context.urls.api}/repositories/${target.repositoryId}/issues/${target.number}`;
  // As for renamed repositories: 307 keeps the method of a write.
  throw new ApiError(context.method === "GET" ? 301 : 307, "Moved Permanently", undefined, undefined, {
    location,
  });
}
