/** `cairn app`: the GitHub App. */
import { type LogLine, startApp } from "../app/server.ts";
import { readSettings, SettingsError } from "../app/settings.ts";
import { GitHubError } from "../github/index.ts";
import { ExitError, options } from "./exit.ts";

export const APP_HELP = `Usage: npm run cairn -- app

Runs the GitHub App: receives webhooks, looks after issues, gives tokens to workflow runs. It keeps nothing.

Environment (Probot's usual names):
  APP_ID                    number of the App (required)
  PRIVATE_KEY               its private key, or PRIVATE_KEY_PATH: a file with it (required)
  WEBHOOK_SECRET            secret of its webhook (required)
  GITHUB_API_URL            default https://api.github.com
  HOST, PORT                where to listen, default localhost:3000
  LOG_FORMAT=json           one JSON object a line
and Cairn's own:
  CAIRN_WORKFLOW            file under .github/workflows/ that calls Cairn's workflow, default cairn.yml
  CAIRN_TRUSTED_WORKFLOWS   reusable workflows whose runs may have a token, comma between them,
                            default cairn-dev/cairn/.github/workflows/cairn.yml@refs/tags/v1
  CAIRN_OIDC_ISSUER         issuer of the id tokens, default: the one of GITHUB_API_URL
  CAIRN_AUDIENCE            audience of the id tokens, default cairn
  CAIRN_REF_NAMESPACE       chains are refs/NAMESPACE/<issue>, default cairn
  CAIRN_QUIET_SECONDS       time in which a request that was sent may still land, default 120, least 30
  CAIRN_SWEEP_SECONDS       time between two looks at everything, default 300
  CAIRN_START_SECONDS       time after which a run that does not show is started again, default 60
  CAIRN_ECHO_SECONDS        time after which a look that a webhook asked for is repeated, as reads lag, default 5
  CAIRN_INTENT_SECONDS      time in which an intent may be taken up, default and at most 86400

GET /healthz answers 200 while it serves. SIGTERM lets it finish what is under way.
Exit codes: 0 stopped, 2 settings cannot be used, 3 GitHub does not answer (try again).
`;

export async function app(args: readonly string[]): Promise<number> {
  options("app", args, {});
  const write = process.env.LOG_FORMAT === "json" ? asJson : asText;
  const settings = read();
  try {
    const running = await startApp({ settings, log: write });
    write({ level: "info", message: `listening on ${running.url}` });
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
    });
    write({ level: "info", message: "stopping: what is under way is finished first" });
    await running.stop();
    return 0;
  } catch (error) {
    if (error instanceof GitHubError) throw new ExitError(3, error.message);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" || code === "EACCES") throw new ExitError(2, `${message}: choose another PORT`);
    throw error;
  }
}

function read() {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (error instanceof SettingsError) throw new ExitError(2, error.message);
    throw error;
  }
}

function asText({ level, issue, message }: LogLine): void {
  process.stdout.write(`${level.padEnd(5)} ${issue ? `${issue} ` : ""}${message}\n`);
}

function asJson(line: LogLine): void {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
}
