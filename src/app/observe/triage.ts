/** What the rules of triage say of the issue as it stands, and which open issues it depends on. */
import { textDigest } from "../../core/canonical.ts";
import { withoutCommands } from "../../core/commands/without-commands.ts";
import type { Ledger, LedgerComment } from "../../core/ledger.ts";
import type { TriageView } from "../../core/snapshot.ts";
import type { IssueInfo } from "../../github/ports.ts";
import type { Config } from "../../policy/config/index.ts";
import { openBlockers } from "../../policy/read-blockers.ts";
import { belongsTo, judgeIssue } from "../../policy/triage.ts";
import { firstQuestion, mayAnswer } from "./answers.ts";
import type { Asked } from "./asked.ts";
import type { Reader } from "./reader.ts";
import type { RouteAnswer } from "./route.ts";

export interface TriageFacts {
  readonly issue: IssueInfo;
  readonly config: Config;
  readonly comments: readonly LedgerComment[];
  readonly ledger: Ledger | undefined;
  readonly asked: Asked;
  /** When somebody with the right asked for work last, ms. */
  readonly since: number | undefined;
  /** Whether it may be opened in this repository (`owner/name`), to which it belongs; `undefined`: who looks cannot tell. */
  readonly route: (name: string) => Promise<RouteAnswer | undefined>;
}

/** What costs requests is looked at only where nothing is missing. */
export async function readTriage(reader: Reader, facts: TriageFacts): Promise<TriageView> {
  const { site, repository } = reader;
  const here = `${repository.owner}/${repository.name}`;
  const { title, body, labels } = facts.issue;
  const answers = await answersOf(reader, facts);
  const parts = [body, ...answers.map((one) => withoutCommands(one.body))];
  const findings = judgeIssue({ title, text: parts.join("\n\n"), parts, labels, here }, facts.config);
  const fits = findings.length === 0;
  // Anything else that is missing is asked for here first; what is opened elsewhere is judged there.
  const name = findings.every(({ code }) => code === "other-repository")
    ? belongsTo({ labels, here }, facts.config)
    : undefined;
  const answer = name === undefined ? undefined : await facts.route(name);
  const route = answer && "route" in answer ? answer.route : undefined;
  const why = answer && "why" in answer ? answer.why : undefined;
  return {
    findings: why === undefined ? findings : findings.map((finding) => ({ ...finding, why })),
    blockers: fits ? await openBlockers(site, facts.issue, parts, here) : [],
    answers: answers.map((one) => ({ comment: one.id, digest: textDigest("", one.body) })),
    changedBy: fits || route ? await changedBy(reader, facts) : null,
    ...(route ? { route } : {}),
  };
}

/**
 * Comments behind the generation's first question, by people who may ask for work: they count as part of the text. So do
 * the answers that the generation worked on, as they are now: nobody is asked twice.
 */
async function answersOf({ state }: Reader, facts: TriageFacts): Promise<readonly LedgerComment[]> {
  const chain = state();
  const kept = chain?.answers.map(({ comment }) => comment) ?? [];
  const first = firstQuestion(facts.ledger, chain) ?? Number.POSITIVE_INFINITY;
  const answers: LedgerComment[] = [];
  for (const one of facts.comments) {
    if (!mayAnswer(one) || !(one.id > first || kept.includes(one.id))) continue;
    if (await facts.asked.mayAsk(one.author)) answers.push(one);
  }
  return answers;
}

/**
 * Who changed title or text since somebody asked, and may not ask: what they wrote nobody with the right has seen. Times
 * are whole seconds: what happened in the second of the act counts as after it.
 */
async function changedBy(
  { site, note }: Reader,
  { asked, since }: Pick<TriageFacts, "asked" | "since">,
): Promise<string | null> {
  if (since === undefined) return null;
  const authors = [...asked.retitledSince(since)];
  const read = await site.reads.lastEdit(site.issue.number);
  const edit = read && note(read).edit;
  if (edit && edit.at >= since) authors.push(edit.actor?.login ?? null);
  for (const login of authors) {
    // An account that is gone has no right any more.
    if (login === null) return "ghost";
    if (!(await asked.mayAsk(login))) return login;
  }
  return null;
}
