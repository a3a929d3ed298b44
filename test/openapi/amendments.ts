/**
 * Fields that GitHub's description gives to a schema and leaves out of copies of it elsewhere. They are added to every
 * copy; `exceptions.test.ts` tells when one is needed no longer.
 */
import { componentSchema, type Schema } from "./description.ts";

export interface Amendment {
  readonly field: string;
  /** A schema with all of these is a copy. */
  readonly beside: readonly string[];
  /** Where the description has the field. */
  readonly like: string;
}

export const AMENDMENTS: readonly Amendment[] = [
  { field: "user_view_type", beside: ["gravatar_id", "received_events_url"], like: "simple-user" },
  { field: "client_id", beside: ["slug", "external_url", "permissions", "events"], like: "integration" },
  { field: "client_id", beside: ["access_tokens_url", "app_slug", "target_type"], like: "installation" },
  { field: "status", beside: ["message", "documentation_url"], like: "basic-error" },
  { field: "has_discussions", beside: ["has_wiki", "archive_url", "clone_url"], like: "repository" },
  {
    field: "web_commit_signoff_required",
    beside: ["allow_forking", "archive_url", "clone_url"],
    like: "repository",
  },
  { field: "display_title", beside: ["check_suite_node_id", "run_started_at"], like: "workflow-run" },
];

type Properties = Readonly<Record<string, Schema>>;

export const lacks = ({ field, beside }: Amendment, properties: Properties): boolean =>
  !(field in properties) && beside.every((name) => name in properties);

export function amended(properties: Properties): Properties {
  const missing = AMENDMENTS.filter((one) => lacks(one, properties));
  if (missing.length === 0) return properties;
  const added = missing.map(({ field, like }) => [field, componentSchema(like).properties?.[field] ?? {}]);
  return { ...properties, ...Object.fromEntries(added) };
}
