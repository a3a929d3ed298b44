/** `cairn gate`: the merge gate's whole table for a pull request. */
import { ExitError, subject } from "./exit.ts";
import { lookAtGate } from "./gate/look.ts";
import { gateText } from "./gate/text.ts";
import { answered, environmentOf, numbered, readerOf, slugOf } from "./reader.ts";

export const GATE_HELP = `Usage: npm run cairn -- gate OWNER/REPO#PR [options]

Prints every condition of a merge for a pull request of Cairn's: whether it holds, what was found, and who can meet it. The
first that does not hold is what the app names on the pull request. It judges as the app does, and only reads.

  --app SLUG    name of the app in its address on GitHub; see: npm run cairn -- explain --help
  --json        one JSON object

${environmentOf("issues, contents, pull requests, checks and statuses")}
  CAIRN_REF_NAMESPACE as the app has it

Exit codes: 0 all conditions hold, 1 it cannot be told (no such pull request of Cairn's, GitHub does not answer or does not let
this token read), 2 arguments or environment cannot be used, 3 some condition does not hold yet.
`;

export async function gate(args: readonly string[]): Promise<number> {
  const known = { app: { type: "string" }, json: { type: "boolean", default: false } } as const;
  const { name, values } = subject("gate", args, known, "one pull request, as OWNER/REPO#PR");
  const { owner, repo, number } = numbered(name, "pull request");
  const setup = readerOf(owner, repo);
  const report = await answered(() => lookAtGate({ ...setup, pull: number, slug: slugOf(values.app) }));
  if (!report) {
    const why = "it is not there, or its branch is none of Cairn's";
    throw new ExitError(1, `${name} is no pull request of Cairn's that this token can see: ${why}`);
  }
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : gateText(report));
  return report.nearest === null ? 0 : 3;
}
