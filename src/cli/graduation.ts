/** `cairn graduation`: how often Cairn and people decided alike while `merge: shadow` was set. */
import { type GraduationReport, lookAtGraduation } from "../app/graduation.ts";
import { ENOUGH, SENTENCES } from "../policy/graduation.ts";
import { subject } from "./exit.ts";
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

/** The score for people, with the pull requests named. */
export function graduationText(report: GraduationReport): string {
  const { repository, merge, compared, agreed, against, diff } = report;
  return [
    `${repository}  merge: ${merge ?? "(the configuration cannot be used)"}`,
    `score    ${agreed} agreed, ${against} against`,
    ...compared.map(({ number, is, verdict }) => `  #${number}  ${SENTENCES[is]} (${verdict})`),
    "",
    ...(diff === null
      ? [whyNot(report)]
      : ["Cairn has decided as people did. To let it merge:", "", diff.trimEnd()]),
    "",
  ].join("\n");
}

function whyNot({ merge, agreed, against, ready }: GraduationReport): string {
  if (merge !== "shadow")
    return `Nothing is offered: it takes \`merge: shadow\`, and it is ${merge ?? "unknown"}.`;
  if (against > 0) return "Nothing is offered: what speaks against it is named above.";
  if (!ready) return `Nothing is offered yet: it takes ${ENOUGH} agreements, and there are ${agreed}.`;
  return "Cairn has decided as people did: set `merge: on-green-with-review` in `.github/cairn.yml`.";
}
