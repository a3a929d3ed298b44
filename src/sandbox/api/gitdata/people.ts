/** Whose a commit is that is made through the API. */
import type { Person } from "../../git/store.ts";
import { actingUserId } from "../../world/actor.ts";
import { optionalString, requiredString, wrongType } from "../input.ts";
import { GITHUB_COMMITTER, personFor } from "../present/commit.ts";
import type { JsonObject, RouteContext } from "../router.ts";

/** GitHub signs what an app commits in its own name: without author and committer. */
export function signedByGitHub({ actor, body }: RouteContext): boolean {
  const bot = actor.kind === "installation" || actor.kind === "job";
  return bot && body.author === undefined && body.committer === undefined;
}

/** Author and committer of a commit that a request makes: those of the body, else the sender. */
export function peopleOf(context: RouteContext): { author: Person; committer: Person } {
  const own = ownPerson(context);
  const author = personIn(context, "author") ?? own;
  if (signedByGitHub(context)) return { author, committer: { ...own, ...GITHUB_COMMITTER } };
  return { author, committer: personIn(context, "committer") ?? author };
}

const HOUR_MS = 3_600_000;

function ownPerson(context: RouteContext): Person {
  const { facts } = context.services;
  const at = facts["commit-dates"] ? context.now() : context.now() - HOUR_MS;
  const person = personFor(context.world, actingUserId(context.actor), at);
  if (facts["app-commits-address"] || !signedByGitHub(context)) return person;
  return { ...person, email: person.email.replace(/^\d+\+/, "") };
}

export function personIn(
  context: RouteContext,
  field: "author" | "committer" | "tagger",
): Person | undefined {
  const given = context.body[field];
  if (given === undefined || given === null) return undefined;
  if (typeof given !== "object") throw wrongType(field, given, "object");
  const person = given as JsonObject;
  const date = optionalString(person, "date");
  const at = date ? Date.parse(date) : context.now();
  if (Number.isNaN(at)) throw wrongType(`${field}.date`, date, "date-time");
  return {
    name: requiredString(person, "name"),
    email: requiredString(person, "email"),
    timestamp: Math.floor(at / 1000),
    timezone: "+0000",
  };
}
