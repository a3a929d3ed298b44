/** `cairn sandbox`: the GitHub on this machine, alone. */
import { createClock } from "../sandbox/clock.ts";
import { GitStoreError } from "../sandbox/git/errors.ts";
import { ACTIONS_OPTION, actionsFolder } from "./actions-folder.ts";
import { CONDITION_OPTIONS, conditionsHelp, readConditions } from "./conditions.ts";
import { ExitError, options, portOf } from "./exit.ts";
import { setStage } from "./stage.ts";

export const SANDBOX_HELP = `Usage: npm run cairn -- sandbox [options]

Starts a GitHub on loopback and prints one JSON line: url, control, repository, appId, privateKeyFile,
webhookSecret, and tokens of a maintainer, a reviewer and an outsider. It hosts this checkout as
cairn-dev/cairn with the tag v1, and one repository to work in. SIGTERM ends it.

  --port P              where to listen (default: any free port)
  --repo PATH           a local git repository to take over (default: a small sample)
  --agent COMMAND       shell command of the agent, written into its configuration
  --webhook-url U       where webhooks go (default: http://127.0.0.1:3000/api/github/webhooks)
  --app-url U           where jobs find the app (default: the origin of --webhook-url)
  --runner-api-url U    what jobs see as GITHUB_API_URL, so that something may stand between
  --actions DIR         actions that workflows use, as DIR/owner/name[/path]/action.yml; any ref means what is
                        there, and one that is there comes before the sandbox's own. Brought along: actions/checkout,
                        cache, setup-node, setup-python, setup-go, upload-artifact, download-artifact
  --keep DIR            keep repositories, run logs and the sandbox's log there
  --clock real|virtual  virtual: GitHub's time stands still until it is set forward under control:
                        curl -d '{"advance": 60000}' CONTROL/clock (milliseconds). Steps of jobs take the
                        machine's time as ever (default: real)
${conditionsHelp(24)}

Under control (/_sandbox/): clock, lag, limits, faults, runners, logs; GET it for the list. Lag and limits are
written there as above: curl -d '{"lag": "list=2s,get=200ms"}' CONTROL/lag
Exit codes: 0 ended, 2 arguments or repository cannot be used.
`;

export async function sandbox(args: readonly string[]): Promise<number> {
  const given = options("sandbox", args, {
    port: { type: "string" },
    repo: { type: "string" },
    agent: { type: "string" },
    keep: { type: "string" },
    ...ACTIONS_OPTION,
    "webhook-url": { type: "string" },
    "app-url": { type: "string" },
    "runner-api-url": { type: "string" },
    clock: { type: "string", default: "real" },
    ...CONDITION_OPTIONS,
  });
  const { clock: kind } = given;
  if (kind !== "real" && kind !== "virtual") {
    throw new ExitError(2, `--clock ${kind}: real and virtual are known`);
  }
  const conditions = readConditions(given);
  const webhookUrl =
    address("--webhook-url", given["webhook-url"]) ?? "http://127.0.0.1:3000/api/github/webhooks";
  const runnerApiUrl = address("--runner-api-url", given["runner-api-url"]);
  const actions = await actionsFolder(given.actions);
  const stage = await refusing(() =>
    setStage({
      port: portOf(given.port),
      clock: createClock(kind),
      ...conditions,
      appUrl: address("--app-url", given["app-url"]) ?? new URL(webhookUrl).origin,
      webhookUrl,
      ...(given.repo === undefined ? {} : { repo: given.repo }),
      ...(given.agent === undefined ? {} : { agent: given.agent }),
      ...(given.keep === undefined ? {} : { directory: given.keep }),
      ...(actions === undefined ? {} : { actions }),
      ...(runnerApiUrl === undefined ? {} : { runnerApiUrl }),
    }),
  );
  const { app, sandbox: running } = stage;
  const line = {
    url: running.url,
    control: running.controlUrl,
    repository: stage.name,
    appId: app.app.id,
    privateKeyFile: stage.privateKeyFile,
    webhookSecret: app.webhookSecret,
    tokens: stage.tokens,
    requiredChecks: stage.requiredChecks,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
  await running.stop();
  return 0;
}

function address(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) throw new ExitError(2, `${option} ${text} is no address`);
  return text.replace(/\/+$/, "");
}

/** Turns what can be wrong with a repository or a port into an end with words. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitStoreError) throw new ExitError(2, error.message);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" || code === "EACCES") throw new ExitError(2, `${message}: choose another port`);
    throw error;
  }
}
