/** `cairn VERB`: one program, one verb for each thing that it does. */
import { APP_HELP, app } from "./app.ts";
import { COMMANDS_HELP } from "./commands-help.ts";
import { DEMO_HELP, demo } from "./demo.ts";
import { DOCTOR_HELP, doctor } from "./doctor.ts";
import { ExitError } from "./exit.ts";
import { EXPLAIN_HELP, explain } from "./explain.ts";
import { GATE_HELP, gate } from "./gate.ts";
import { GRADUATION_HELP, graduation } from "./graduation.ts";
import { INIT_HELP, init } from "./init.ts";
import { SANDBOX_HELP, sandbox } from "./sandbox.ts";
import { SIMULATE_HELP, simulate } from "./simulate.ts";
import { STATUS_HELP, status } from "./status.ts";
import { VALIDATE_HELP, validate } from "./validate.ts";

interface Verb {
  readonly about: string;
  readonly help: string;
  /** Exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  demo: {
    about: "an issue from the label to the merge, in a GitHub on this machine",
    help: DEMO_HELP,
    run: demo,
  },
  sandbox: { about: "only the GitHub on this machine", help: SANDBOX_HELP, run: sandbox },
  app: { about: "the GitHub App, against any GitHub", help: APP_HELP, run: app },
  simulate: {
    about: "many worlds on virtual time, with every fault, and what each came to",
    help: SIMULATE_HELP,
    run: simulate,
  },
  init: {
    about: "the two files that a repository needs",
    help: INIT_HELP,
    run: init,
  },
  validate: {
    about: "whether a configuration can be used, and where not",
    help: VALIDATE_HELP,
    run: validate,
  },
  doctor: {
    about: "whether a repository and its GitHub are what Cairn needs",
    help: DOCTOR_HELP,
    run: doctor,
  },
  status: {
    about: "every issue that Cairn knows in a repository, and what each waits for",
    help: STATUS_HELP,
    run: status,
  },
  explain: {
    about: "why an issue is where it is, and who can change that",
    help: EXPLAIN_HELP,
    run: explain,
  },
  gate: {
    about: "every condition of a merge for a pull request, and who can meet it",
    help: GATE_HELP,
    run: gate,
  },
  graduation: {
    about: "whether Cairn would have merged what people merged",
    help: GRADUATION_HELP,
    run: graduation,
  },
};

const HELP = `cairn takes an issue from a label to a merged pull request, and never does anything twice.

Usage: npm run cairn -- VERB [options]

${Object.entries(VERBS)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join("\n")}

VERB --help tells more. \`npm start\` is the verb demo. \`help commands\` lists commands in comments.
`;

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === "help" && rest[0] === "commands") {
    process.stdout.write(COMMANDS_HELP);
    return 0;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(HELP);
    return name === undefined ? 2 : 0;
  }
  const verb = VERBS[name];
  if (!verb) throw new ExitError(2, `there is no verb '${name}'; there are ${Object.keys(VERBS).join(", ")}`);
  if (rest.includes("--help") || rest.includes("-h")) {
    process.stdout.write(verb.help);
    return 0;
  }
  return verb.run(rest);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`cairn: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ExitError ? error.code : 1;
}
