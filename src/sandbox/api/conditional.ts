/**
 * Conditional reads (docs: "Best practices for using the REST API"). The `etag` covers who asks for what form, too: with
 * another token the same content has another one (reported, github/docs#34689), so an hourly new installation token
 * makes everything new.
 */
import { hash } from "node:crypto";
import type { SandboxRequest } from "./http.ts";
import type { RouteResult } from "./router.ts";

export interface Validators {
  readonly etag: string;
  /** One-second grain: two changes within one second have the same. */
  readonly "last-modified"?: string;
}

/** Routes whose recorded answers have `last-modified`; lists, checks and all of Actions have none. */
const DATED = new Set([
  "/repos/{owner}/{repo}",
  "/repos/{owner}/{repo}/issues/{issue_number}",
  "/repos/{owner}/{repo}/pulls/{pull_number}",
]);

/** Headers by which a client can ask again. */
export function validatorsOf(
  request: SandboxRequest,
  template: string | undefined,
  result: RouteResult,
  body: Buffer,
): Validators {
  const { accept, authorization, cookie } = request.headers;
  const asked = [accept, authorization, cookie].filter((value) => value !== undefined);
  const etag = `W/"${hash("sha256", Buffer.concat([Buffer.from(`${asked.join(":")}:`), body]))}"`;
  const { updated_at: updatedAt } = (result.body ?? {}) as { readonly updated_at?: unknown };
  if (template === undefined || !DATED.has(template) || typeof updatedAt !== "string") return { etag };
  return { etag, "last-modified": new Date(updatedAt).toUTCString() };
}

/** Whether the client has it already. Where it names an `etag`, the date does not count (RFC 9110, 13.2.2). */
export function isKnown({ headers }: SandboxRequest, validators: Validators): boolean {
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, "");
  const tags = headers["if-none-match"];
  if (tags !== undefined) return tags.split(",").map(opaque).includes(opaque(validators.etag));
  const since = Date.parse(headers["if-modified-since"] ?? "");
  const modified = Date.parse(validators["last-modified"] ?? "");
  return modified <= since;
}
