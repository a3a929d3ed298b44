/** References: the one thing on GitHub that two clients cannot both win. */

import type { Sha } from "../../git/store.ts";
import { moveRef } from "../../refs.ts";
import { fullName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import type { Repository } from "../../world/state.ts";
import { ApiError, notFound } from "../errors.ts";
import { optionalBoolean, requiredString } from "../input.ts";
import { checkMove } from "../pulls/push-gate.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";

const SHA = /^[0-9a-f]{40}$/;

export const refNodeId = (repository: Repository, ref: string): string =>
  Buffer.from(`${nodeId("REF", repository.id)}:${ref}`).toString("base64url");

async function show(context: RouteContext, ref: string, sha: Sha) {
  const { world, urls, repository, store } = context;
  const api = `${urls.api}/repos/${fullName(world, repository)}/git`;
  const type = (await store.objectType(sha)) ?? "commit";
  return {
    ref,
    node_id: refNodeId(repository, ref),
    url: `${api}/${ref}`,
    object: { sha, type, url: `${api}/${type}s/${sha}` },
  };
}

const isOutside = (ref: string): boolean => !/^refs\/(?:heads|tags)\//.test(ref);

const isShown = ({ services }: RouteContext, ref: string): boolean =>
  services.facts["refs-shown"] || !isOutside(ref);

async function getRef(context: RouteContext): Promise<RouteResult> {
  const ref = `refs/${context.params.ref}`;
  const sha = isShown(context, ref) ? context.repository.refs.get(ref) : undefined;
  if (context.repository.refs.size === 0) throw new ApiError(409, "Git Repository is empty.");
  if (sha === undefined) throw notFound();
  return { status: 200, body: await show(context, ref, sha) };
}

/** Every ref that begins with the text, not only whole segments; an empty list is no error. */
async function matchingRefs(context: RouteContext): Promise<RouteResult> {
  const prefix = `refs/${context.params.ref ?? ""}`;
  if (context.repository.refs.size === 0) throw new ApiError(409, "Git Repository is empty.");
  const found = [...context.repository.refs]
    .filter(([ref]) => ref.startsWith(prefix) && isShown(context, ref))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { status: 200, body: await Promise.all(found.map(([ref, sha]) => show(context, ref, sha))) };
}

/**
 * The two reads in one, as they were before `git/ref` and `git/matching-refs`; GitHub still answers old clients here
 * (recorded in PyGithub's tests). Nothing found: 404.
 */
async function oldRefs(context: RouteContext): Promise<RouteResult> {
  if (context.repository.refs.has(`refs/${context.params.ref}`)) return getRef(context);
  const matching = await matchingRefs(context);
  if (context.params.ref !== undefined && (matching.body as readonly unknown[]).length === 0)
    throw notFound();
  return matching;
}

async function createRef(context: RouteContext): Promise<RouteResult> {
  const { repository, store } = context;
  const { facts } = context.services;
  const ref = requiredString(context.body, "ref");
  const sha = requiredString(context.body, "sha");
  if (!/^refs\/[^/]+\/.+/.test(ref)) {
    throw new ApiError(422, "Reference name must start with 'refs/' and contain at least two slashes.");
  }
  if (repository.refs.size === 0) throw new ApiError(409, "Git Repository is empty.");
  if (!isValidName(ref)) throw new ApiError(422, `${ref} is not a valid ref name.`);
  if (isOutside(ref) && !facts["refs-outside-heads"]) throw new ApiError(422, "Reference update failed");
  const type = SHA.test(sha) ? await store.objectType(sha) : undefined;
  if (type === undefined) throw new ApiError(422, "Object does not exist");
  if (ref.startsWith("refs/heads/") && type !== "commit") throw new ApiError(422, "Reference update failed");
  const before = repository.refs.get(ref) ?? null;
  if (before !== null && facts["refs-once"]) throw new ApiError(422, "Reference already exists");
  await checkMove(context, { ref, before, after: sha });
  const change = { repositoryId: repository.id, ref, to: sha, expected: before };
  const move = await moveRef(context.services, change, {
    actor: context.actor,
    requestId: context.requestId,
  });
  if (!move) throw new ApiError(422, "Reference already exists");
  const body = await show(context, ref, sha);
  return { status: 201, body, headers: { location: body.url } };
}

/** What `git check-ref-format` refuses. */
function isValidName(ref: string): boolean {
  const segments = ref.split("/");
  return (
    !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$/.test(ref) &&
    segments.every((segment) => segment !== "" && !segment.startsWith(".") && !segment.endsWith(".lock"))
  );
}

/** How often a move is tried anew that another one overtook, before the request is refused. */
const MOST_ATTEMPTS = 5;

async function updateRef(context: RouteContext): Promise<RouteResult> {
  const { repository, store } = context;
  const ref = `refs/${context.params.ref}`;
  const to = requiredString(context.body, "sha");
  const { facts } = context.services;
  const force = (optionalBoolean(context.body, "force") ?? false) || !facts["fast-forward-only"];
  const cause = { actor: context.actor, requestId: context.requestId };
  if (!SHA.test(to) || (await store.objectType(to)) === undefined)
    throw new ApiError(422, "Object does not exist");
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const expected = repository.refs.get(ref);
    if (expected === undefined) throw new ApiError(422, "Reference does not exist");
    if (isOutside(ref) && !facts["updates-outside-heads"]) throw new ApiError(422, "Reference update failed");
    // Also a move to where the ref is already, as has been measured on GitHub.
    await checkMove(context, { ref, before: expected, after: to });
    if (expected === to) return { status: 200, body: await show(context, ref, to) };
    if (!force && !(await store.isAncestor(expected, to)))
      throw new ApiError(422, "Update is not a fast forward");
    const move = await moveRef(context.services, { repositoryId: repository.id, ref, to, expected }, cause);
    if (move) return { status: 200, body: await show(context, ref, to) };
  }
  throw new ApiError(409, "Reference cannot be updated");
}

async function deleteRef(context: RouteContext): Promise<RouteResult> {
  const { repository } = context;
  const ref = `refs/${context.params.ref}`;
  const expected = repository.refs.get(ref);
  if (expected === undefined) throw new ApiError(422, "Reference does not exist");
  if (ref === `refs/heads/${repository.defaultBranch}`)
    throw new ApiError(422, "Cannot delete the default branch");
  await checkMove(context, { ref, before: expected, after: null });
  const change = { repositoryId: repository.id, ref, to: null, expected };
  const move = await moveRef(context.services, change, {
    actor: context.actor,
    requestId: context.requestId,
  });
  if (!move) throw new ApiError(409, "Reference cannot be updated");
  return { status: 204 };
}

const GIT = "/repos/{owner}/{repo}/git";

export const refRoutes: readonly Route[] = [
  route("GET", `${GIT}/ref/{ref*}`, { permission: { contents: "read" } }, getRef),
  route("GET", `${GIT}/matching-refs`, { permission: { contents: "read" } }, matchingRefs),
  route("GET", `${GIT}/matching-refs/{ref*}`, { permission: { contents: "read" } }, matchingRefs),
  route("GET", `${GIT}/refs`, { permission: { contents: "read" } }, oldRefs),
  route("GET", `${GIT}/refs/{ref*}`, { permission: { contents: "read" } }, oldRefs),
  route("POST", `${GIT}/refs`, { permission: { contents: "write" } }, createRef),
  route("PATCH", `${GIT}/refs/{ref*}`, { permission: { contents: "write" } }, updateRef),
  route("DELETE", `${GIT}/refs/{ref*}`, { permission: { contents: "write" } }, deleteRef),
];
