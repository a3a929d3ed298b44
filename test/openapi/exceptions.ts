/** Where the sandbox differs from GitHub's description, and why. Each is used in a run of all tests, or it goes. */
import type { Violation } from "./check.ts";

interface Exception {
  readonly name: string;
  /** Subjects, as `check.ts` names them. */
  readonly where: RegExp;
  /** JSON pointers. */
  readonly pointer: RegExp;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    name: "labels as a bare list",
    where: /^request (POST|PUT) .*\/issues\/\{issue_number\}\/labels$/,
    pointer: /^$/,
    reason: "GitHub takes a list of names without an object around it; its description said so until 2025.",
  },
  {
    name: "checks instead of contexts",
    where: /^request PUT .*\/protection$/,
    pointer: /^\/required_status_checks\/contexts$/,
    reason: "The description asks for `contexts` and says in the same place to use `checks` instead.",
  },
  {
    name: "pages of matching refs",
    where: /^parameters GET .*\/git\/matching-refs\/\{ref\}$/,
    pointer: /^\/query\/(per_page|page)$/,
    reason:
      "The answer is described with a `Link` header, so there are pages; their parameters are left out.",
  },
  {
    name: "account of listed installations",
    where: /^answer GET \/app\/installations 200$/,
    pointer: /^\/\d+\/account(\/|$)/,
    reason: "Described as a user and an enterprise at once; `installation` rightly has one of the two.",
  },
  {
    name: "a dispatch that no App hears of",
    where: /^event repository-dispatch-/,
    pointer: /^\/installation$/,
    reason: "Described as an App gets it. Where none does, workflows still get the payload.",
  },
  {
    name: "where logs and archives are downloaded",
    where: /^(parameters|answer) GET \/_downloads\/\{key\}/,
    pointer: /^$/,
    reason: "Not of the API: GitHub redirects to an address of its storage, the sandbox to one of its own.",
  },
  {
    name: "a comment without a line",
    where: /(\/pulls\/.*comments|pull-request-review-(comment|thread))/,
    pointer: /\/(original_)?(line|position)$/,
    reason:
      "A file's comment has none, an outdated one has none any more; elsewhere the description lets it be null.",
  },
  {
    name: "the permission for merge queues",
    where: /./,
    pointer: /\/permissions\/merge_queues$/,
    reason:
      "Documented among the permissions of Apps and needed to hear of `merge_group`; the description leaves it out.",
  },
  {
    name: "GraphQL",
    where: /^(parameters|request|answer) POST \/graphql/,
    pointer: /^$/,
    reason:
      "Described by a schema of its own; answers are made by it (`src/sandbox/api/graphql/schema.graphql`).",
  },
];

/** Routes that GitHub does not describe. */
export const NOT_OF_THE_API: readonly string[] = ["POST /graphql", "GET /_downloads/{key}"];

/** Name of the exception that lets this pass. */
export function exceptionFor({ where, pointer }: Violation): string | undefined {
  return EXCEPTIONS.find((one) => one.where.test(where) && one.pointer.test(pointer))?.name;
}

/**
 * Answers that any operation can give, described or not. Not 5xx: what goes wrong inside the sandbox is never GitHub's.
 * From GitHub's pages on troubleshooting the REST API and on its best practices (redirects).
 */
export const REFUSALS: ReadonlyMap<number, string> = new Map([
  [301, "the repository was renamed or the issue transferred"],
  [307, "the same, for a write"],
  [400, "the body is no JSON"],
  [401, "credentials that are none, or none where some are needed"],
  [403, "a right is missing, or a limit was reached"],
  [404, "what cannot be seen does not exist"],
  [422, "a value in the body or the path is none that can be"],
  [429, "a limit was reached, in the other of the two ways"],
  [501, "the sandbox's own word for what it does not do"],
]);

interface Described {
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
}

const REPO = "/repos/{owner}/{repo}";
const MATCHING = { template: `${REPO}/git/matching-refs/{ref}`, params: { ref: "" } };

/** Routes that GitHub describes under another template. The last parameter may be empty, and its slash gone with it. */
const ALIASES: Readonly<Record<string, Described>> = {
  [`GET ${REPO}/git/matching-refs`]: MATCHING,
  [`GET ${REPO}/contents`]: { template: `${REPO}/contents/{path}`, params: { path: "" } },
  // Described no longer, but answered to old clients as ever (recorded in PyGithub's tests).
  [`GET ${REPO}/git/refs`]: MATCHING,
  [`GET ${REPO}/git/refs/{ref}`]: { template: `${REPO}/git/ref/{ref}`, params: {} },
  [`GET ${REPO}/statuses/{ref}`]: { template: `${REPO}/commits/{ref}/statuses`, params: {} },
};

/** Under which template GitHub describes a route, and the parameters that its own template does not have. */
export function describedAs(method: string, template: string, answer: "list" | "one" = "one"): Described {
  // The old read of a ref gives a list where the name is only the beginning of names.
  if (answer === "list" && method === "GET" && template === `${REPO}/git/refs/{ref}`) return MATCHING;
  return ALIASES[`${method} ${template}`] ?? { template, params: {} };
}

/** An event's name in the description. */
export function eventOf(event: string, action: string | undefined): string {
  // Its action is whatever the sender of the dispatch says; the description has an example of one.
  if (event === "repository_dispatch") return "repository-dispatch-sample.collected";
  return [event, ...(action === undefined ? [] : [action])].join("-").replaceAll("_", "-");
}
