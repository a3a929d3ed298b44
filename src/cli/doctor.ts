/** `cairn doctor`: whether a repository, its app and its GitHub are what Cairn needs. */
import { readCredentials, readTerms, SettingsError } from "../app/settings.ts";
import { createAppClient, GitHubError, realClock } from "../github/index.ts";
import { examine } from "./doctor/examine.ts";
import { diagnosisJson, diagnosisText, isHealthy } from "./doctor/text.ts";
import { ExitError, subject } from "./exit.ts";

export const DOCTOR_HELP = `Usage: npm run cairn -- doctor OWNER/REPO [options]

Checks, as the app, what Cairn needs: the installation's permissions and events, the calling workflow, the configuration; and,
on a scratch issue that it opens and closes, what nobody could measure beforehand about GitHub: refs outside heads and
tags, commits without files, their signature, author and date, text inline in trees, comments. Each check says what was
found, what it means for Cairn, and what to do.

It opens one issue, writes one comment, makes four commits and a tree, moves one ref, and closes the issue. The issue, its
comment and its chain (a ref with two of the commits) stay; an app that looks at them finds nothing to do. docs/doctor.md
lists the checks.

  --json    one JSON object

Environment:
  APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH   of the App (required)
  GITHUB_API_URL                            default https://api.github.com
  CAIRN_REF_NAMESPACE, CAIRN_WORKFLOW, CAIRN_TRUSTED_WORKFLOWS   as the app has them (npm run cairn -- app --help)

Exit codes: 0 all is right, 1 something is wrong or could not be checked, 2 arguments or environment cannot be used.
`;

/** Milliseconds in which what was written must be readable. */
const PATIENCE = 15_000;

export async function doctor(args: readonly string[]): Promise<number> {
  const known = { json: { type: "boolean", default: false } } as const;
  const { name, values } = subject("doctor", args, known, "one repository, as OWNER/REPO");
  const [, owner = "", repo = ""] = /^([^/\s]+)\/([^/\s#]+)$/.exec(name) ?? [];
  if (repo === "") throw new ExitError(2, `'${name}' is no repository: write OWNER/REPO`);
  const { terms, credentials } = settings();
  const app = createAppClient({ ...credentials, apiUrl: terms.apiUrl, clock: realClock });
  try {
    const diagnosis = await examine({ app, terms, owner, repo, patience: PATIENCE });
    process.stdout.write(values.json ? diagnosisJson(diagnosis) : diagnosisText(diagnosis));
    return isHealthy(diagnosis) ? 0 : 1;
  } catch (error) {
    if (error instanceof GitHubError) throw new ExitError(1, error.message);
    throw error;
  }
}

function settings() {
  try {
    return { terms: readTerms(process.env), credentials: readCredentials(process.env) };
  } catch (error) {
    if (error instanceof SettingsError) throw new ExitError(2, error.message);
    throw error;
  }
}
