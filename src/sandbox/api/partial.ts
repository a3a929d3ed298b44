/**
 * What a route does not do of what GitHub describes for it, for `docs/sandbox.md`. A route that is not named here takes
 * every parameter and field that is described. In backquotes: parameters and fields that are passed over.
 */
const PROFILE = "what an account says of itself is empty";
const KINDS = "events of what the sandbox does; no mentions, references, subscriptions, projects";
const BODY_POSITION = "`position` is taken for a line";
const RUN_LIST = "`exclude_pull_requests`";
const BYPASS = "who may dismiss or bypass (501)";
const PROTECTION =
  "`restrictions`, `lock_branch`, `block_creations`, who may dismiss or bypass (501); `allow_fork_syncing`";
const RULES =
  "rules but of creation, deletion, update, force pushes, reviews, linear history, checks and the merge queue; `bypass_actors`, required reviewers (501)";

export const PARTIAL: Readonly<Record<string, string>> = {
  "GET /rate_limit": "the budgets of `core`, `graphql` and `search` only",
  "GET /meta": "GitHub's addresses, keys and domains",
  "GET /zen": "one sentence",
  "GET /user": PROFILE,
  "GET /users/{username}": PROFILE,
  "GET /user/{account_id}": PROFILE,
  "GET /orgs/{org}/teams/{team_slug}":
    "description and repositories are empty: a team gives nobody access to one",
  "GET /app/installations": "`since`, `outdated`",
  "GET /app/hook/deliveries": "`cursor` (pages are counted), `status`",
  "GET /app/hook/deliveries/{delivery_id}": "the receiver's answer but for its status",

  "POST /graphql": "what its schema has; `bodyHTML`, `orderBy`, most objects and mutations are refused",

  "GET /repos/{owner}/{repo}": "no forks, stars, licence, topics, wiki or pages: they are empty",
  "PATCH /repos/{owner}/{repo}":
    "name, description, visibility, archived, default branch and how to merge; the other settings are passed over",
  "DELETE /repos/{owner}/{repo}": "while workflows run (501)",
  "POST /repos/{owner}/{repo}/transfer": "teams, and new owners who have to accept (501)",
  "GET /repos/{owner}/{repo}/collaborators": "`affiliation`; no teams",
  "GET /repos/{owner}/{repo}/contents": "`object` and `html` media types",
  "GET /repos/{owner}/{repo}/contents/{path}": "`object` and `html` media types, the limit of 100 MB",
  "GET /repos/{owner}/{repo}/commits": "`author`, `committer`",
  "GET /repos/{owner}/{repo}/commits/{ref}": "pages of files",
  "GET /repos/{owner}/{repo}/compare/{basehead}": "pages, other repositories",
  "GET /repos/{owner}/{repo}/git/blobs/{file_sha}": "`raw` media type",
  "POST /repos/{owner}/{repo}/git/commits": "`signature`",

  "GET /repos/{owner}/{repo}/issues": "`milestone`, `mentioned`, `type`, `issue_field_values`",
  "POST /repos/{owner}/{repo}/issues": "`milestone`, `type`, `issue_field_values`",
  "PATCH /repos/{owner}/{repo}/issues/{issue_number}":
    "`milestone`, `type`, `issue_field_values`, `duplicate_issue_id`",
  "GET /repos/{owner}/{repo}/issues/events": KINDS,
  "GET /repos/{owner}/{repo}/issues/{issue_number}/events": KINDS,
  "GET /repos/{owner}/{repo}/issues/{issue_number}/timeline": `${KINDS}; \`exclude\``,

  "GET /repos/{owner}/{repo}/pulls": "`long-running` as an order",
  "POST /repos/{owner}/{repo}/pulls": "`issue`, `head_repo`; no forks",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews": BODY_POSITION,
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments": BODY_POSITION,
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": "no teams",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": "no teams",
  "DELETE /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": "no teams",

  "POST /repos/{owner}/{repo}/check-runs": "`actions`, annotations in the output",
  "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}": "`actions`, annotations in the output",
  "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations":
    "those that workflows write, not those that Apps send",
  "PUT /repos/{owner}/{repo}/branches/{branch}/protection": PROTECTION,
  "GET /repos/{owner}/{repo}/branches/{branch}/protection": PROTECTION,
  "PATCH /repos/{owner}/{repo}/branches/{branch}/protection/required_pull_request_reviews": BYPASS,
  "POST /repos/{owner}/{repo}/rulesets": RULES,
  "PUT /repos/{owner}/{repo}/rulesets/{ruleset_id}": RULES,
  "GET /repos/{owner}/{repo}/rulesets": "rulesets of organizations, `includes_parents`, `targets`",
  "GET /repos/{owner}/{repo}/rulesets/{ruleset_id}": "rulesets of organizations, `includes_parents`",
  "GET /repos/{owner}/{repo}/rules/branches/{branch}": "rulesets of organizations",

  "GET /repos/{owner}/{repo}/actions/runs": RUN_LIST,
  "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs": RUN_LIST,
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}": RUN_LIST,
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}": RUN_LIST,
  "DELETE /repos/{owner}/{repo}/actions/runs/{run_id}": "checks and artifacts of the run stay",
  "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun": "`enable_debug_logging`",
  "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs": "`enable_debug_logging`",
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts": "`direction`",
};
