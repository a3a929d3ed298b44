/** `cairn status`: every issue that Cairn knows in a repository. */
import { readBoard } from "./board/read.ts";
import { boardText } from "./board/text.ts";
import { subject } from "./exit.ts";
import { answered, READER_ENVIRONMENT, readerOf, repositoryNamed, slugOf } from "./reader.ts";

export const STATUS_HELP = `Usage: npm run cairn -- status OWNER/REPO [options]

Prints the board: every issue that has a chain or one of Cairn's labels, those on hold first, with its state, generation
and attempt, its place where it waits for its turn, its pull request, when its chain was moved last, what it waits for, and who
can act. It decides as the app does, and only reads: some ten requests for each issue.

  --app SLUG    name of the app in its address on GitHub. Without it the app is taken to be the one whose commits the
                chains have (npm run cairn -- explain --help says more)
  --json        one JSON object

${READER_ENVIRONMENT}

Exit codes: 0 printed, 1 it cannot be told (no such repository, GitHub does not answer or does not let this token read),
2 arguments or environment cannot be used.
`;

export async function status(args: readonly string[]): Promise<number> {
  const known = { app: { type: "string" }, json: { type: "boolean", default: false } } as const;
  const { name, values } = subject("status", args, known, "one repository, as OWNER/REPO");
  const { owner, repo } = repositoryNamed(name);
  const asked = readerOf(owner, repo);
  const board = await answered(() => readBoard({ ...asked, slug: slugOf(values.app) }));
  process.stdout.write(values.json ? `${JSON.stringify(board)}\n` : boardText(board));
  return board.rows.some(({ code }) => code === "cannot-tell") ? 1 : 0;
}
