/** What the rules of triage say of the issue as it stands, and which open issues it depends on. */
import { textDigest } from "../../core/canonical.ts";
import type { LedgerComment } from "../../core/ledger.ts";
import type { TriageView } from "../../core/snapshot.ts";
import type { IssueInfo } from "../../github/ports.ts";
import { blockersNamed } from "../../policy/blockers.ts";
import type { Config } from "../../policy/config/index.ts";
import { judgeIssue } from "../../policy/triage.ts";
import type { Reader } from "./reader.ts";

/** `answers`: comments by people who may ask for work, written after a question. They count as part of the text. */
export async function readTriage(
  reader: Reader,
  issue: IssueInfo,
  config: Config,
  answers: readonly LedgerComment[],
): Promise<TriageView> {
  const { title, body, labels } = issue;
  const text = [body, ...answers.map((one) => one.body)].join("\n\n");
  const findings = judgeIssue({ title, text, labels }, config);
  return {
    findings,
    blockers: findings.length > 0 ? [] : await openBlockers(reader, issue, text),
    answers: answers.map((one) => ({ comment: one.id, digest: textDigest("", one.body) })),
  };
}

async function openBlockers(
  { site, note, repository }: Reader,
  issue: IssueInfo,
  text: string,
): Promise<readonly string[]> {
  const here = `${repository.owner}/${repository.name}`;
  const named = new Set<string>();
  // GitHub's own count spares the list where there is nothing on it.
  const listed = issue.blockedBy === 0 ? [] : note(await site.reads.blockers(issue.number));
  for (const one of listed) {
    const isHere = one.repository.toLowerCase() === here.toLowerCase();
    if (one.open) named.add(isHere ? `#${one.number}` : `${one.repository}#${one.number}`);
  }
  for (const one of blockersNamed(text, here)) {
    if (one.repository !== undefined) {
      // Another repository is none of this installation's: people say when it is done.
      named.add(`${one.repository}#${one.number}`);
      continue;
    }
    if (one.number === issue.number) continue;
    const found = await site.reads.issue(one.number);
    if (!found || note(found).state === "open") named.add(`#${one.number}`);
  }
  return [...named];
}
