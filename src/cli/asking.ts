/** Verbs that read one repository with a person's token. */
import { readTerms, SettingsError, type Terms } from "../app/settings.ts";
import { type Connection, connect, createGovernor, GitHubError, realClock } from "../github/index.ts";
import { ExitError } from "./exit.ts";

/** What such a verb takes from the environment, for its help. */
export const ASKING_ENVIRONMENT = `Environment:
  GITHUB_TOKEN        token that may read issues, contents, pull requests, actions, checks and statuses (required)
  GITHUB_API_URL      default https://api.github.com
  CAIRN_REF_NAMESPACE, CAIRN_WORKFLOW, CAIRN_QUIET_SECONDS, CAIRN_START_SECONDS, CAIRN_INTENT_SECONDS
                      as the app has them (npm run cairn -- app --help)`;

/** Throws `ExitError` 2 where the environment cannot be used. */
export function askRepository(owner: string, repo: string): { connection: Connection; terms: Terms } {
  const token = process.env.GITHUB_TOKEN;
  if (!token) throw new ExitError(2, "GITHUB_TOKEN is missing: a token that may read the repository");
  const terms = termsOf();
  const connection = connect({
    apiUrl: terms.apiUrl,
    address: () => ({ owner, repo }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => token,
  });
  return { connection, terms };
}

/** A name of the app as people write it, without the ending of its bot. */
export const slugOf = (name: string | undefined): string | undefined => name?.replace(/\[bot\]$/, "");

function termsOf(): Terms {
  try {
    return readTerms(process.env);
  } catch (error) {
    if (error instanceof SettingsError) throw new ExitError(2, error.message);
    throw error;
  }
}

/** Throws `ExitError` 1 where GitHub does not answer or refuses. */
export async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitHubError) throw new ExitError(1, error.message);
    throw error;
  }
}
