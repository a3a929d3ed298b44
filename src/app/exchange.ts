/**
 * The token exchange: a workflow run shows GitHub's id token and gets an installation token with the least
 * permissions, for one repository, if and only if it is the run that the chain names, or one that may claim.
 * Every claim is checked, names are never trusted where there is an id, and the agent's job can ask for nothing:
 * without `id-token: write` it has no id token.
 */
import { readChain, type Site } from "../barrier/index.ts";
import type { OpenEdge } from "../core/chain.ts";
import { sameRun } from "../core/chain.ts";
import { entersQueue } from "../core/merge-queue.ts";
import type { ExchangeCode } from "../core/refusals.ts";
import type { RunId } from "../core/words.ts";
import type { OidcClaims, RunInfo } from "../github/index.ts";
import { hasWorked, issueOfRun } from "./observe/index.ts";

export const PURPOSES = ["gate", "effect", "conclude"] as const;
export type Purpose = (typeof PURPOSES)[number];

/** No token. `status` is what the run gets to see. */
export class ExchangeRefusal extends Error {
  override readonly name = "ExchangeRefusal";
  readonly code: ExchangeCode;
  readonly status: number;
  /** Milliseconds, for `limited`. */
  readonly retryAfter: number | undefined;

  constructor(code: ExchangeCode, message: string, status = 403, retryAfter?: number) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export interface Trust {
  readonly workflowFile: string;
  /** `owner/repo/path@ref` of reusable workflows. */
  readonly trustedWorkflows: readonly string[];
  readonly botId: number;
}

/** Checks everything that the token itself tells. Throws `ExchangeRefusal`. */
export function checkClaims(claims: OidcClaims, trust: Trust, defaultBranch: string): void {
  if (claims.eventName !== "workflow_dispatch") {
    throw new ExchangeRefusal("wrong-event", `the run was started by ${claims.eventName}, not by a dispatch`);
  }
  const branch = `refs/heads/${defaultBranch}`;
  if (claims.ref !== branch)
    throw new ExchangeRefusal("wrong-branch", `the run is on ${claims.ref}, not on ${branch}`);
  const caller = `${claims.repository}/.github/workflows/${trust.workflowFile}@${branch}`;
  if (claims.workflowRef !== caller) {
    throw new ExchangeRefusal("wrong-workflow", `the workflow is ${claims.workflowRef}, not ${caller}`);
  }
  if (!trust.trustedWorkflows.includes(claims.jobWorkflowRef)) {
    throw new ExchangeRefusal(
      "wrong-workflow",
      `the job is of ${claims.jobWorkflowRef}, which is not trusted here`,
    );
  }
  if (claims.actorId !== trust.botId) {
    throw new ExchangeRefusal("wrong-actor", `account ${claims.actorId} started the run, not the app`);
  }
}

/** What the API says of that run attempt has to agree: a token may be older than what became of its run. */
export function checkRun(
  run: RunInfo | undefined,
  claims: OidcClaims,
  trust: Trust,
  defaultBranch: string,
): void {
  const refuse = (why: string): never => {
    throw new ExchangeRefusal("run-unconfirmed", why);
  };
  if (!run)
    throw new ExchangeRefusal(
      "run-unseen",
      `run ${claims.runId}/${claims.runAttempt} cannot be seen yet`,
      409,
    );
  if (run.status === "completed") refuse(`run ${run.id} is over`);
  if (run.repositoryId !== claims.repositoryId) refuse("the run is of another repository");
  if (run.attempt !== claims.runAttempt) refuse(`the run is in attempt ${run.attempt}`);
  if (run.event !== "workflow_dispatch" || run.headBranch !== defaultBranch)
    refuse("the run is not a dispatch on the default branch");
  if (run.path !== `.github/workflows/${trust.workflowFile}`) refuse(`the run is of ${run.path}`);
  if (run.actorId !== trust.botId) refuse("somebody else started the run");
}

/** Whether the chain has something for this run. Throws `ExchangeRefusal`; one GET, two for a new head; more for a re-run. */
export async function checkChain(
  site: Site,
  purpose: Purpose,
  run: RunId,
  workflowFile: string,
): Promise<OpenEdge> {
  const { value } = await readChain(site);
  if (value.kind === "foreign") throw new ExchangeRefusal("chain-unsound", value.why);
  const open = value.kind === "sound" ? value.state.open : null;
  if (!open) throw new ExchangeRefusal("nothing-open", "nothing is open on this issue", 409);
  const mine = open.claim !== null && sameRun(open.claim, run);
  if (open.claim && !mine) {
    const owner = `run ${open.claim.id} attempt ${open.claim.attempt}`;
    throw new ExchangeRefusal("not-owner", `${owner} owns it, not run ${run.id} attempt ${run.attempt}`, 409);
  }
  if (!mine && purpose !== "gate")
    throw new ExchangeRefusal("not-owner", "this run has claimed nothing", 409);
  if (open.cancel) throw new ExchangeRefusal("cancelled", `the edge was cancelled (${open.cancel})`, 409);
  if (!mine && run.attempt > 1) await assertUnworked(site, open, workflowFile);
  return open;
}

/**
 * Where nobody has claimed, and the agent has begun in any run of the issue, somebody has moved the chain back (I2), and
 * somebody has started an old run again. Throws `ExchangeRefusal`.
 */
async function assertUnworked(site: Site, { effects }: OpenEdge, workflowFile: string): Promise<void> {
  const key = effects.find(({ kind }) => kind === "agent.run")?.key;
  if (key === undefined) return;
  for (const run of (await site.reads.dispatchedRuns(workflowFile))?.value ?? []) {
    if (issueOfRun(run.displayTitle) !== site.issue.number) continue;
    if (!hasWorked((await site.reads.jobs(run.id)).value, key)) continue;
    const words = `${key} has begun in run ${run.id}, and the chain says that nobody has claimed it`;
    throw new ExchangeRefusal("chain-unsound", words);
  }
}

/** The other repository in which this job opens an issue, by id; `undefined`: it opens none. */
export const otherRepository = (purpose: Purpose, open: OpenEdge): number | undefined =>
  purpose === "gate" ? open.effects.find((effect) => effect.kind === "issue.create")?.repository : undefined;

/** What the token for that repository may: nothing else than this. */
export const THERE = { issues: "write" } as const satisfies TokenPermissions;

export type TokenPermissions = Readonly<Record<string, "read" | "write">>;

/** Whether this job asks who may: of a merge for which people have set conditions aside. */
export const judgesRights = (purpose: Purpose, open: OpenEdge): boolean =>
  purpose === "gate" && open.overridden === true;

/**
 * The least that each job needs; what writes the agent's work never also writes comments. `teams`: rights that it judges
 * hang on them. `queue`: the installation has that permission.
 */
export function permissionsFor(
  purpose: Purpose,
  open: OpenEdge,
  { teams = false, queue = false }: { readonly teams?: boolean; readonly queue?: boolean } = {},
): TokenPermissions {
  switch (purpose) {
    case "gate": {
      const agent = open.effects.some((effect) => effect.kind === "agent.run");
      const closes = open.effects.some((effect) => effect.kind === "pull.close");
      return {
        // contents: the chain's claim. issues: the intent's comment and the pinned text.
        contents: "write",
        issues: "read",
        // Without an agent the gate performs the rest itself.
        ...(closes || !(agent || open.edge === "route") ? { pull_requests: "write" } : {}),
        // What the check printed in an earlier run.
        ...(open.mends ? { actions: "read" } : {}),
        // A merge is judged by checks and statuses.
        ...(open.edge === "merge" ? { checks: "read", statuses: "read" } : {}),
        ...(queue && entersQueue(open) ? { merge_queues: "write" } : {}),
        // Who is in a team, for overrides.
        ...(teams && judgesRights(purpose, open) ? { members: "read" } : {}),
        // What is to be mended: reviews, checks and the logs of their jobs.
        ...(open.edge === "fix"
          ? { actions: "read", checks: "read", pull_requests: "read", statuses: "read" }
          : {}),
      };
    }
    case "effect":
      // contents: the branch. pull_requests: the pull request and the request for its review; in a round of fixing the first is there.
      return {
        contents: open.edge === "review" ? "read" : "write",
        pull_requests:
          open.edge === "fix" && !open.effects.some(({ kind }) => kind === "review.request")
            ? "read"
            : "write",
        issues: "read",
      };
    case "conclude":
      // contents: the chain's result. issues: its marker.
      return { contents: "write", issues: "write" };
  }
}
