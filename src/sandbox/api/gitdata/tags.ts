/** Annotated tags as objects; the ref that makes one a tag is made apart. */
import type { Sha, Tag } from "../../git/store.ts";
import { actingUserId } from "../../world/actor.ts";
import { fullName } from "../../world/find.ts";
import { nodeId } from "../../world/ids.ts";
import { ApiError, notFound } from "../errors.ts";
import { requiredString } from "../input.ts";
import { personFor, presentPerson } from "../present/commit.ts";
import { type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import { personIn } from "./people.ts";

const SHA = /^[0-9a-f]{40}$/;

async function show(context: RouteContext, sha: Sha) {
  const { world, urls, repository, store } = context;
  const tag = SHA.test(sha) ? await store.readTag(sha) : undefined;
  if (!tag) throw notFound();
  const api = `${urls.api}/repos/${fullName(world, repository)}/git`;
  return {
    node_id: nodeId("TA", Number.parseInt(sha.slice(0, 12), 16)),
    sha,
    url: `${api}/tags/${sha}`,
    tagger: tag.tagger ? presentPerson(tag.tagger) : null,
    object: { sha: tag.object, type: tag.type, url: `${api}/${tag.type}s/${tag.object}` },
    tag: tag.name,
    message: tag.message,
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  };
}

async function getTag(context: RouteContext): Promise<RouteResult> {
  return { status: 200, body: await show(context, context.params.tag_sha ?? "") };
}

async function createTag(context: RouteContext): Promise<RouteResult> {
  const { body, store, world, actor } = context;
  const object = requiredString(body, "object");
  const type = requiredString(body, "type");
  if (!SHA.test(object) || (await store.objectType(object)) !== type)
    throw new ApiError(422, "Object does not exist");
  const sha = await store.createTag({
    object,
    type: type as Tag["type"],
    name: requiredString(body, "tag"),
    message: requiredString(body, "message"),
    tagger: personIn(context, "tagger") ?? personFor(world, actingUserId(actor), context.now()),
  });
  const shown = await show(context, sha);
  return { status: 201, body: shown, headers: { location: shown.url } };
}

const TAGS = "/repos/{owner}/{repo}/git/tags";

export const tagRoutes: readonly Route[] = [
  route("GET", `${TAGS}/{tag_sha}`, { permission: { contents: "read" } }, getTag),
  route("POST", TAGS, { permission: { contents: "write" } }, createTag),
];
