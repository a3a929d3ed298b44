/** Which fields of GitHub's answers a recording keeps: those that the app reads, route by route. */
import type { Json } from "../../src/core/canonical.ts";
import { isFields } from "./readable.ts";

type Mask = { readonly [field: string]: true | Mask };

/** `only("id login", { owner: … })`: plain fields by name, and objects or lists with fields of their own. */
const only = (names: string, nested: Mask = {}): Mask => ({
  ...Object.fromEntries(names.split(" ").map((name) => [name, true as const])),
  ...nested,
});

const account = only("id login type");
const sha = only("sha");
const app = only("id");
const ref = only("ref", { object: sha });
const comment = only("id node_id body created_at updated_at", {
  user: account,
  performed_via_github_app: app,
});
const run = only(
  "id run_attempt status conclusion event head_branch path display_title created_at run_started_at updated_at html_url",
  { actor: account, repository: only("id") },
);
const pull = only(
  "number state draft merged merged_at mergeable mergeable_state merge_commit_sha title body changed_files created_at",
  {
    user: account,
    head: only("ref sha", { repo: only("id") }),
    base: only("ref sha"),
    requested_reviewers: only("login"),
    labels: only("name"),
  },
);

/** The first that fits. */
const ANSWERS: readonly (readonly [RegExp, Mask])[] = [
  [/^GET \/app$/, only("id slug")],
  [/^GET \/app\/installations/, only("id suspended_at")],
  [/^POST \/app\/installations\/\d+\/access_tokens$/, only("token expires_at")],
  [/^GET \/users\//, account],
  [
    /^GET \/repos\/[^/]+\/[^/]+$/,
    only("id name private archived default_branch html_url", { owner: only("login") }),
  ],
  [
    /^(?:GET|PATCH) .*\/issues\/\d+$/,
    only("number title body state locked comments", {
      labels: only("name"),
      user: account,
      pull_request: only("url"),
      issue_dependencies_summary: only("blocked_by"),
    }),
  ],
  [/^GET .*\/issues\?/, only("number updated_at", { pull_request: only("url") })],
  [/^GET .*\/issues\/(?:\d+\/comments|comments\/\d+)/, comment],
  [
    /^POST \/graphql$/,
    {
      data: {
        repository: {
          issue: only("title body lastEditedAt", { editor: only("__typename login databaseId") }),
        },
        nodes: only("id body lastEditedAt"),
      },
      errors: true,
    },
  ],
  [/^(?:POST .*\/issues\/\d+\/comments|PATCH .*\/issues\/comments\/\d+)$/, only("id")],
  [/^POST .*\/issues\/comments\/\d+\/reactions$/, only("content")],
  [/^GET .*\/issues\/comments(?:\?|$)/, only("id html_url body", { performed_via_github_app: app })],
  [/^(?:POST|DELETE) .*\/issues\/\d+\/labels/, only("name")],
  [
    /^GET .*\/issues\/\d+\/events/,
    only("id event created_at", {
      label: only("name"),
      rename: only("to"),
      actor: account,
      performed_via_github_app: app,
    }),
  ],
  [/^GET .*\/compare\//, only("status")],
  [/^GET .*\/collaborators\/[^/]+\/permission$/, only("permission role_name")],
  [/\/git\/refs?(?:\/|$)/, ref],
  [
    /\/git\/commits(?:\/|$)/,
    only("sha message", {
      tree: sha,
      parents: sha,
      verification: only("verified"),
      author: only("email date"),
      committer: only("email"),
    }),
  ],
  [/^GET .*\/contents\/\.github\?/, only("path")],
  [/^GET .*\/contents\//, only("type encoding content sha")],
  [/^GET .*\/pulls\/\d+\/reviews/, only("id state commit_id submitted_at", { user: account })],
  [
    /^GET .*\/pulls\/\d+\/commits/,
    only("sha", {
      author: account,
      committer: account,
      commit: { verification: only("verified") },
    }),
  ],
  [/^GET .*\/pulls/, pull],
  [
    /^GET .*\/check-runs/,
    only("total_count", {
      check_runs: only("id name status conclusion external_id completed_at", { app: only("id slug") }),
    }),
  ],
  [/^(?:POST|PATCH) .*\/check-runs/, only("id")],
  [/^GET .*\/commits\/[^/]+\/status/, only("total_count", { statuses: only("state context") })],
  [
    /^GET .*\/rules\/branches\//,
    only("type", {
      parameters: only(
        "strict_required_status_checks_policy required_approving_review_count required_review_thread_resolution",
        { required_status_checks: only("context integration_id") },
      ),
    }),
  ],
  [
    /^GET .*\/branches\//,
    only("name", {
      protection: { required_status_checks: only("contexts", { checks: only("context app_id") }) },
    }),
  ],
  [/^POST .*\/dispatches$/, only("workflow_run_id")],
  [/^GET .*\/actions\/workflows\/[^/]+\/runs/, only("total_count", { workflow_runs: run })],
  [
    /^GET .*\/actions\/runs\/\d+\/jobs/,
    only("total_count", { jobs: only("id name run_attempt status conclusion started_at completed_at") }),
  ],
  [/^GET .*\/actions\/runs\/\d+\/attempts\/\d+$/, run],
];

const REFUSAL = only("message errors");

/** Throws `RangeError` for a route that nobody has said this about. */
export function cut(request: string, status: number, answer: Json): Json {
  const mask = status >= 400 ? REFUSAL : ANSWERS.find(([route]) => route.test(request))?.[1];
  if (!mask) throw new RangeError(`answers.ts does not say which fields are read of ${request}`);
  return masked(answer, mask);
}

function masked(value: Json, mask: Mask): Json {
  if (Array.isArray(value)) return value.map((item) => masked(item, mask));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(mask).flatMap(([field, inner]) => {
      const found = value[field];
      return found === undefined ? [] : [[field, inner === true ? found : masked(found, inner)]];
    }),
  );
}
