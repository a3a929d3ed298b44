/** Which class of reads a route belongs to. */
import type { ReadClass } from "./replicas.ts";

/** Last fixed parts of the templates whose answers GitHub gives in pages. */
const LISTS = new Set([
  "annotations",
  "artifacts",
  "blocked_by",
  "blocking",
  "branches",
  "check-runs",
  "check-suites",
  "collaborators",
  "comments",
  "commits",
  "contexts",
  "deliveries",
  "events",
  "files",
  "installations",
  "issues",
  "jobs",
  "labels",
  "pulls",
  "reactions",
  "repositories",
  "reviews",
  "rulesets",
  "runs",
  "status",
  "statuses",
  "sub_issues",
  "timeline",
  "workflows",
]);

/** By the route's template, as in GitHub's documentation. */
export function readClassOf(template: string): ReadClass {
  if (/\/git\/(?:ref|refs|matching-refs)(?:\/|$)/.test(template)) return "ref";
  if (/\/rules\/branches\/\{branch\}$/.test(template)) return "list";
  return LISTS.has(template.split("/").at(-1) ?? "") ? "list" : "get";
}
