/** `cairn explain`: why an issue is where it is. */
import { ExitError, subject } from "./exit.ts";
import { explainIssue } from "./explain/look.ts";
import { explainText } from "./explain/text.ts";
import { answered, numbered, READER_ENVIRONMENT, readerOf, slugOf } from "./reader.ts";

export const EXPLAIN_HELP = `Usage: npm run cairn -- explain OWNER/REPO#N [options]

Says why nothing happens now on an issue, and who can change that; then all that this is concluded from: the chain step by
step, the markers that count and those that do not, the run that owns the work, what of the work can be seen, what is
missing. It decides as the app does, and only reads. docs/refusals.md lists the codes.

  --app SLUG    name of the app in its address on GitHub. Without it the app is taken to be the one whose commits the
                chain has, or that wrote the markers: enough to look, and no proof, as another app could have made both
  --json        one JSON object

${READER_ENVIRONMENT}

Exit codes: 0 explained, 1 it cannot be told (no such issue, GitHub does not answer or does not let this token read),
2 arguments or environment cannot be used.
`;

export async function explain(args: readonly string[]): Promise<number> {
  const known = { app: { type: "string" }, json: { type: "boolean", default: false } } as const;
  const { name, values } = subject("explain", args, known, "one issue, as OWNER/REPO#N");
  const { owner, repo, number } = numbered(name, "issue");
  const { connection, terms } = readerOf(owner, repo);
  const report = await answered(() =>
    explainIssue({ connection, issue: number, terms, slug: slugOf(values.app) }),
  );
  if (!report) {
    throw new ExitError(
      1,
      `${name} is no issue that this token can see: it is not there, or is a pull request`,
    );
  }
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : explainText(report));
  return report.now.code === "cannot-tell" ? 1 : 0;
}
