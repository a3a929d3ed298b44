/** Which class of reads a route belongs to. */
import type { ReadClass } from "./replicas.ts";

/** Last fixed parts of the templates whose answers GitHub gives in pages. */
const LISTS = new Set([
  "annotations",
  "artifacts",
  "assets",
  "assignees",
  "blocked_by",
  "blocking",
  "branches",
  "branches-where-head",
  "check-runs",
  "check-suites",
  "collaborators",
  "comments",
  "commits",
  "contexts",
  "deliveries",
  "deployments",
  "environments",
  "events",
  "files",
  "installations",
  "invitations",
  "issues",
  "jobs",
  "labels",
  "milestones",
  "pending_deployments",
  "pulls",
  "reactions",
  "releases",
  "repositories",
  "reviews",
  "rulesets",
  "runs",
  "status",
  "statuses",
  "sub_issues",
  "tags",
  "teams",
  "timeline",
  "workflows",
]);

/** By the route's template, as in GitHub's documentation. */
export function readClassOf(template: string): ReadClass {
  if (/\/git\/(?:ref|refs|matching-refs)(?:\/|$)/.test(template)) return "ref";
  if (/\/rules\/branches\/\{branch\}$/.test(template)) return "list";
  return LISTS.has(template.split("/").at(-1) ?? "") ? "list" : "get";
}
