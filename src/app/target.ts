/** Which issue a delivery speaks of, and why it is worth a look. Nothing else of a payload is believed (I10). */

import type { AppIdentity } from "../core/acts.ts";
import { commandLines } from "../core/commands/scan.ts";
import { SHOWN_LABELS } from "../core/states.ts";

/** Where to look. `undefined` issue: at every issue of the repository that has a chain. */
export interface Target {
  readonly installation: number;
  readonly owner: string;
  readonly repository: string;
  readonly issue: number | undefined;
  readonly hint: Hint;
  /** Head of the issue's chain, where a sweep has seen it. */
  readonly head?: string;
  /** A second look, as reads may lag behind the news that asked for the first. */
  readonly echo?: true;
}

/** One text for one issue, whatever the case that GitHub writes its address in. */
export const keyOf = (target: Pick<Target, "owner" | "repository" | "issue">): string =>
  `${target.owner}/${target.repository}#${target.issue}`.toLowerCase();

/** `acts`: a label changed or a command was written, so that the issue's events and comments are worth reading. */
export type Hint = "acts" | "work" | "sweep";

export const hintRank: Readonly<Record<Hint, number>> = { work: 0, acts: 1, sweep: 2 };

/** Deliveries that Cairn subscribes to. `app.yml` lists the same events. */
export const EVENTS = [
  "issues",
  "issue_comment",
  "pull_request",
  "pull_request_review",
  "check_suite",
  "status",
  "workflow_run",
] as const;

export interface Delivery {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** `undefined`: nothing for Cairn, or its own doing coming back. */
export function targetOf(
  { name, payload }: Delivery,
  app: AppIdentity,
  workflowFile: string,
): Target | undefined {
  const place = placeOf(payload);
  if (!place) return undefined;
  const own = number(object(payload.sender)?.id) === app.botId;
  const target = (issue: number | undefined, hint: Hint): Target => ({ ...place, issue, hint });
  const action = string(payload.action) ?? "";
  switch (name) {
    case "issues": {
      const issue = object(payload.issue);
      if (own || !issue || issue.pull_request || !ISSUE_ACTIONS.has(action)) return undefined;
      // Most issues ask for nothing when they are opened; which label does is for the configuration to say.
      if (action === "opened" && !hasLabels(issue.labels)) return undefined;
      const labels = action !== "closed" && action !== "edited";
      return target(number(issue.number), labels ? "acts" : "work");
    }
    case "issue_comment": {
      const issue = object(payload.issue);
      if (own || !issue || issue.pull_request || action !== "created") return undefined;
      const commanded = commandLines(string(object(payload.comment)?.body) ?? "").length > 0;
      // An answer is only waited for where Cairn has asked, and then a label shows it.
      if (!commanded && !isShown(issue.labels)) return undefined;
      return target(number(issue.number), commanded ? "acts" : "work");
    }
    case "pull_request":
    case "pull_request_review": {
      if (own) return undefined;
      const issue = issueOfBranch(string(object(object(payload.pull_request)?.head)?.ref));
      return issue === undefined ? undefined : target(issue, "work");
    }
    case "check_suite": {
      const suite = object(payload.check_suite);
      // Its sender is whoever pushed; whose checks they are tells the app.
      if (number(object(suite?.app)?.id) === app.appId) return undefined;
      const issue = issueOfBranch(string(suite?.head_branch));
      return action === "completed" && issue !== undefined ? target(issue, "work") : undefined;
    }
    case "status": {
      const branches = Array.isArray(payload.branches) ? payload.branches : [];
      const issue = branches
        .map((one) => issueOfBranch(string(object(one)?.name)))
        .find((one) => one !== undefined);
      return issue === undefined ? undefined : target(issue, "work");
    }
    case "workflow_run":
      return ofRun(object(payload.workflow_run), action, workflowFile, target);
    default:
      return undefined;
  }
}

/** A pull request by a person, whose head is new. */
export type NewHead = Place & { readonly pull: number };

/** `undefined`: nothing of the kind. Cairn's own pull requests never touch what is looked at in these. */
export function newHeadOf({ name, payload }: Delivery, botId: number): NewHead | undefined {
  const place = placeOf(payload);
  const pull = number(object(payload.pull_request)?.number);
  const own = number(object(payload.sender)?.id) === botId;
  if (name !== "pull_request" || own || !NEW_HEAD.has(string(payload.action) ?? "")) return undefined;
  return place && pull !== undefined ? { ...place, pull } : undefined;
}

/** A command in a comment on a pull request that the app has opened; whose issue it is about, its branch tells. */
export type PullCommand = Place & { readonly pull: number };

/** `undefined`: nothing of the kind. */
export function pullCommandOf({ name, payload }: Delivery, botId: number): PullCommand | undefined {
  const place = placeOf(payload);
  const pull = object(payload.issue);
  const own = number(object(payload.sender)?.id) === botId;
  if (name !== "issue_comment" || own || payload.action !== "created" || !pull?.pull_request)
    return undefined;
  // People's own pull requests are nobody's business here: this spares the read that would tell.
  if (number(object(pull.user)?.id) !== botId) return undefined;
  if (commandLines(string(object(payload.comment)?.body) ?? "").length === 0) return undefined;
  const on = number(pull.number);
  return place && on !== undefined ? { ...place, pull: on } : undefined;
}

type Place = Pick<Target, "installation" | "owner" | "repository">;

function placeOf(payload: Delivery["payload"]): Place | undefined {
  const found = object(payload.repository);
  const owner = string(object(found?.owner)?.login);
  const installation = number(object(payload.installation)?.id);
  const repository = string(found?.name);
  if (!owner || !repository || installation === undefined) return undefined;
  return { installation, owner, repository };
}

const NEW_HEAD = new Set(["opened", "reopened", "synchronize"]);

const hasLabels = (labels: unknown): boolean => Array.isArray(labels) && labels.length > 0;

const isShown = (labels: unknown): boolean =>
  Array.isArray(labels) && labels.some((label) => SHOWN_LABELS.includes(string(object(label)?.name) ?? ""));

const ISSUE_ACTIONS = new Set(["labeled", "unlabeled", "closed", "reopened", "edited", "opened"]);

/** The run's title names the issue; where it does not, every issue that has a chain is looked at. */
function ofRun(
  run: Record<string, unknown> | undefined,
  action: string,
  workflowFile: string,
  target: (issue: number | undefined, hint: Hint) => Target,
): Target | undefined {
  const path = string(run?.path)?.split("@")[0];
  if (action !== "completed" || path !== `.github/workflows/${workflowFile}`) return undefined;
  const issue = /#(\d+)\b/.exec(string(run?.display_title) ?? "")?.[1];
  return target(issue === undefined ? undefined : Number(issue), "work");
}

/** `cairn/12-g1` → 12. A name says where to look, and nothing about whose it is. */
export function issueOfBranch(branch: string | undefined): number | undefined {
  const found = /^cairn\/(\d+)-g\d+$/.exec(branch ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}

function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

const string = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
