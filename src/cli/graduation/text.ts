/** The score for people, with the pull requests named. */
import { ENOUGH, type Sentence } from "../../policy/graduation.ts";
import type { GraduationReport } from "./look.ts";

const WORDS: Readonly<Record<Sentence, string>> = {
  agreed: "agreed: Cairn would have merged it, and people did",
  "closed-instead": "against: Cairn would have merged it, and people closed it",
  "merged-anyway": "against: people merged it, and Cairn would have left it",
  reverted: "against: it was merged, and reverted",
};

export function graduationText(report: GraduationReport): string {
  const { repository, merge, compared, agreed, against, diff } = report;
  return [
    `${repository}  merge: ${merge ?? "(the configuration cannot be used)"}`,
    `score    ${agreed} agreed, ${against} against`,
    ...compared.map(({ number, is, verdict }) => `  #${number}  ${WORDS[is]} (${verdict})`),
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
