/** What the verbs that only look share: a connection with the reader's own token, and words for what GitHub refuses. */
import { readTerms, SettingsError, type Terms } from "../app/settings.ts";
import { type Connection, connect, createGovernor, GitHubError, realClock } from "../github/index.ts";
import { ExitError } from "./exit.ts";

export interface ReaderSetup {
  readonly connection: Connection;
  readonly terms: Terms;
}

/** What a verb that reads this takes from the environment, for its help. */
export const environmentOf = (reads: string): string => `Environment:
  GITHUB_TOKEN        token that may read ${reads} (required)
  GITHUB_API_URL      default https://api.github.com`;

/** The same of those that decide as the app does. */
export const READER_ENVIRONMENT = `${environmentOf("issues, contents, pull requests, actions, checks and statuses")}
  CAIRN_REF_NAMESPACE, CAIRN_WORKFLOW, CAIRN_QUIET_SECONDS, CAIRN_START_SECONDS, CAIRN_INTENT_SECONDS
                      as the app has them (npm run cairn -- app --help)`;

/** From the environment. Throws `ExitError` 2 where that cannot be used. */
export function readerOf(owner: string, repo: string): ReaderSetup {
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

function termsOf(): Terms {
  try {
    return readTerms(process.env);
  } catch (error) {
    if (error instanceof SettingsError) throw new ExitError(2, error.message);
    throw error;
  }
}

/** Throws `ExitError` 1 with GitHub's words where it does not answer, or not to this token. */
export async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitHubError) throw new ExitError(1, error.message);
    throw error;
  }
}

/** `OWNER/REPO` in parts. Throws `ExitError` 2. */
export function repositoryNamed(name: string) {
  const [, owner = "", repo = ""] = /^([^/\s]+)\/([^/\s#]+)$/.exec(name) ?? [];
  if (repo === "") throw new ExitError(2, `'${name}' is no repository: write OWNER/REPO`);
  return { owner, repo };
}

/** `OWNER/REPO#N` in parts. Throws `ExitError` 2; `what` says what N is. */
export function numbered(name: string, what: string) {
  const [, owner = "", repo = "", number = ""] = /^([^/\s]+)\/([^/\s#]+)#([1-9]\d*)$/.exec(name) ?? [];
  if (number === "") throw new ExitError(2, `'${name}' is no ${what}: write OWNER/REPO#N`);
  return { owner, repo, number: Number(number) };
}

/** The app's name without what its bot's login ends with. */
export const slugOf = (app: string | undefined): string | undefined => app?.replace(/\[bot\]$/, "");
