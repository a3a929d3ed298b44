/** `cairn graduation`: how often Cairn and people decided alike while `merge: shadow` was set. */
import { subject } from "./exit.ts";
import { lookAtGraduation } from "./graduation/look.ts";
import { graduationText } from "./graduation/text.ts";
import { answered, environmentOf, readerOf, repositoryNamed, slugOf } from "./reader.ts";

export const GRADUATION_HELP = `Usage: npm run cairn -- graduation OWNER/REPO [options]

Compares what Cairn would have merged under \`merge: shadow\` with what people merged or closed: Cairn's check runs on the heads
of its closed pull requests, among the hundred of the repository that changed last. After three agreements and nothing against
it, the change to \`merge: on-green-with-review\` is printed as a diff. It only reads.

  --app SLUG    name of the app in its address on GitHub. Without it: the app that opened each pull request
  --json        one JSON object

${environmentOf("contents, pull requests, checks and statuses")}

Exit codes: 0 told, 1 it cannot be told (GitHub does not answer or does not let this token read), 2 arguments or environment
cannot be used.
`;

export async function graduation(args: readonly string[]): Promise<number> {
  const known = { app: { type: "string" }, json: { type: "boolean", default: false } } as const;
  const { name, values } = subject("graduation", args, known, "one repository, as OWNER/REPO");
  const { owner, repo } = repositoryNamed(name);
  const { connection } = readerOf(owner, repo);
  const report = await answered(() => lookAtGraduation(connection.reads, slugOf(values.app)));
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : graduationText(report));
  return 0;
}
