/** From a token and the app's identity to a site that the barrier can work on. */
import { checkClaim, createCommitCache, type Identity, type Site } from "../src/barrier/index.ts";
import {
  type Clock,
  type Connection,
  connect,
  createGovernor,
  GitHubError,
  type Pacing,
} from "../src/github/index.ts";
import { claimRun, type Job, number, required, runOf, variable } from "./job.ts";
import { InputError } from "./job-failure.ts";

export interface AppIdentityJson extends Identity {
  readonly namespace: string;
}

/** `governor`: by default one that keeps to no allowance, for jobs that draw on another limit than the app's. */
export function siteOf(
  job: Job,
  token: string,
  identity: AppIdentityJson,
  governor: Pacing = governorOf(job),
): Site {
  const [owner = "", repo = ""] = variable(job, "GITHUB_REPOSITORY").split("/");
  const issue = { repository: Number(variable(job, "GITHUB_REPOSITORY_ID")), number: number(job, "issue") };
  const connection = connect({
    apiUrl: variable(job, "GITHUB_API_URL").replace(/\/+$/, ""),
    address: () => ({ owner, repo }),
    clock: job.clock,
    governor,
    token: async () => token,
    issue: `${issue.repository}/${issue.number}`,
    fetch: job.fetch,
  });
  const { namespace, ...app } = identity;
  return { issue, app, ...connection, clock: job.clock, commits: createCommitCache(), namespace };
}

/** Another repository (`owner/name`), by a token that is for it alone. */
export function connectionTo(job: Job, name: string, token: string, governor: Pacing): Connection {
  const [owner = "", repo = ""] = name.split("/");
  return connect({
    apiUrl: variable(job, "GITHUB_API_URL").replace(/\/+$/, ""),
    address: () => ({ owner, repo }),
    clock: job.clock,
    governor,
    token: async () => token,
    issue: `${variable(job, "GITHUB_REPOSITORY_ID")}/${number(job, "issue")}`,
    fetch: job.fetch,
  });
}

export const governorOf = (job: Job): Pacing =>
  patient(createGovernor({ clock: job.clock, keep: 0 }), job.clock);

/** Milliseconds for which a job waits for a limit to end. */
const PATIENCE = 10 * 60_000;

/** A job has nothing else to do: it waits for the end of a limit, where the app would look at other issues. */
export function patient(governor: Pacing, clock: Clock): Pacing {
  return {
    ...governor,
    async admit(kind, where, errand) {
      const end = clock.now() + PATIENCE;
      for (;;) {
        try {
          return await governor.admit(kind, where, errand);
        } catch (error) {
          const pause = error instanceof GitHubError ? error.retryAfter : undefined;
          if (pause === undefined || clock.now() + pause > end) throw error;
          await clock.sleep(pause);
        }
      }
    },
  };
}

/** The `identity` input, as the gate wrote it. */
export function identityOf(job: Job): AppIdentityJson {
  return parseIdentity(required(job, "identity"));
}

export function parseIdentity(text: string): AppIdentityJson {
  const wrong = (): never => {
    throw new InputError("the input 'identity' is not what the gate job gives out");
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return wrong();
    throw error;
  }
  const { appId, botId, botLogin, namespace } = (value ?? {}) as Partial<AppIdentityJson>;
  if (typeof appId !== "number" || typeof botId !== "number") return wrong();
  if (typeof botLogin !== "string" || typeof namespace !== "string") return wrong();
  return { appId, botId, botLogin, namespace };
}

/**
 * Asks whether the claim still stands and is this run's, each time that it is called. What it asks with is read at once:
 * before a command of the repository's begins, the job's inputs are blotted out. Throws as `checkClaim`.
 */
export function claimCheck(job: Job, site: Site): () => Promise<void> {
  const asked = [required(job, "claim"), claimRun(job), runOf(job)] as const;
  return () => checkClaim(site, ...asked);
}
