/** What the rules of triage say of the issue as it stands, and which open issues it depends on. */
import type { IssueEvent } from "../../core/acts.ts";
import { textDigest } from "../../core/canonical.ts";
import type { LedgerComment } from "../../core/ledger.ts";
import type { TriageView } from "../../core/snapshot.ts";
import type { IssueInfo } from "../../github/ports.ts";
import { blockersNamed } from "../../policy/blockers.ts";
import type { Config } from "../../policy/config/index.ts";
import { judgeIssue } from "../../policy/triage.ts";
import type { Reader } from "./reader.ts";

export interface TriageFacts {
  readonly issue: IssueInfo;
  readonly config: Config;
  /** Comments by people who may ask for work, written after a question. They count as part of the text. */
  readonly answers: readonly LedgerComment[];
  readonly changedBy: () => Promise<string | null>;
}

/** What costs requests is looked at only where nothing is missing. */
export async function readTriage(reader: Reader, facts: TriageFacts): Promise<TriageView> {
  const { issue, config, answers } = facts;
  const { title, body, labels } = issue;
  const text = [body, ...answers.map((one) => one.body)].join("\n\n");
  const findings = judgeIssue({ title, text, labels }, config);
  const fits = findings.length === 0;
  return {
    findings,
    blockers: fits ? await openBlockers(reader, issue, text) : [],
    answers: answers.map((one) => ({ comment: one.id, digest: textDigest("", one.body) })),
    changedBy: fits ? await facts.changedBy() : null,
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

/**
 * Who changed title or text at or after `since` and may not ask for work: what they wrote nobody with the right has
 * seen. Times are whole seconds: what happened in the second of the act counts as after it.
 */
export async function changedSince(
  { site, note }: Reader,
  events: readonly IssueEvent[],
  since: number | undefined,
  mayAsk: (login: string) => Promise<boolean>,
): Promise<string | null> {
  if (since === undefined) return null;
  const titles = events.filter((one) => one.event === "renamed" && one.createdAt >= since);
  const edit = await site.reads.lastEdit(site.issue.number);
  const text = edit === undefined ? null : note(edit);
  const authors = titles.map((one) => one.actor?.login ?? null);
  if (text && text.at >= since) authors.push(text.login);
  for (const login of authors) {
    // An account that is gone has no right any more.
    if (login === null) return "ghost";
    if (!(await mayAsk(login))) return login;
  }
  return null;
}
