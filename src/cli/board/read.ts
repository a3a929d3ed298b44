/** Every issue that Cairn knows in a repository, with what it waits for: decided as the app decides. Reads only. */

import { readEntryLabel } from "../../app/observe/index.ts";
import type { Terms } from "../../app/settings.ts";
import { createCommitCache } from "../../barrier/index.ts";
import { ENTRY_LABEL, sameLabel } from "../../core/entry-label.ts";
import { type IssueState, labelOf, SHOWN_LABELS } from "../../core/states.ts";
import type { Edge } from "../../core/words.ts";
import { type Connection, GitHubError } from "../../github/index.ts";
import { type Known, knowApp } from "../explain/identity.ts";
import { explainNow } from "../explain/now.ts";
import { type Outside, observe, siteFor } from "../explain/observe.ts";
import type { Now } from "../explain/report.ts";
import { stateOf } from "../explain/seen.ts";

export interface Row extends Omit<Now, "state" | "again"> {
  readonly issue: number;
  readonly title: string;
  readonly open: boolean;
  readonly state: IssueState;
  readonly generation: number;
  /** The edge that is under way. */
  readonly turn: { readonly edge: Edge; readonly attempt: number } | null;
  /** When its chain was moved last, ISO 8601; `null`: it has none. */
  readonly since: string | null;
  readonly pull: number | null;
}

export interface Board {
  readonly repository: string;
  /** Login of the app whose chains these are; `null`: none has left a trace. */
  readonly app: string | null;
  readonly rows: readonly Row[];
}

export interface BoardQuestion {
  readonly connection: Connection;
  readonly terms: Terms;
  /** Name of the app in its address on GitHub, if it is given. */
  readonly slug: string | undefined;
}

/** Issues that are asked for at once. */
const ABREAST = 8;

/** What people have to look at first. */
const ORDER: readonly IssueState[] = [
  "hold",
  "merging",
  "reviewing",
  "implementing",
  "routing",
  "ready",
  "idle",
  "done",
];

/** Throws `GitHubError` where the repository cannot be read. */
export async function readBoard({ connection, terms, slug }: BoardQuestion): Promise<Board> {
  const { reads } = connection;
  const repository = (await reads.repository()).value;
  const heads = new Map<number, string>();
  const prefix = `${terms.namespace}/`;
  for (const { ref, sha } of (await reads.matchingRefs(prefix)).value) {
    const number = Number(ref.slice(`refs/${prefix}`.length));
    if (Number.isInteger(number) && number > 0) heads.set(number, sha);
  }
  const entryLabel = await readEntryLabel(reads, repository.defaultBranch);
  const labelled = new Set<number>();
  for (const label of new Set([...SHOWN_LABELS, entryLabel]))
    for (const number of (await reads.issuesLabelled(label)).value) labelled.add(number);
  const known = await appOf(connection, heads, slug);
  const outside: Outside = {
    connection,
    repository,
    terms,
    identity: known.identity,
    commits: createCommitCache(),
    entryLabel,
  };
  const numbers = [...new Set([...heads.keys(), ...labelled])].sort((a, b) => a - b);
  const rows: Row[] = [];
  for (let at = 0; at < numbers.length; at += ABREAST) {
    const some = numbers.slice(at, at + ABREAST);
    rows.push(...(await Promise.all(some.map((number) => rowOf(outside, number)))).flat());
  }
  const queued = rows.filter(({ code }) => code === "slots-full");
  for (const [at, row] of queued.entries()) rows[rows.indexOf(row)] = { ...row, position: at + 1 };
  const { botLogin } = known.identity;
  return {
    repository: `${repository.owner}/${repository.name}`,
    app: botLogin === "" ? null : botLogin,
    rows: rows.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.issue - b.issue),
  };
}

/** Whose chains these are: known by the first issue that shows both its commits and its comments. */
async function appOf(
  { reads }: Connection,
  heads: ReadonlyMap<number, string>,
  slug: string | undefined,
): Promise<Known> {
  let known = knowApp({ head: undefined, comments: [] }, slug);
  for (const [number, sha] of heads) {
    const issue = (await reads.issue(number))?.value;
    if (!issue) continue;
    const head = (await reads.commit(sha))?.value;
    known = knowApp({ head, comments: (await reads.comments(number, issue.comments)).value.items }, slug);
    if (known.identity.appId !== 0) break;
  }
  return known;
}

/** None where there is no such issue any more, or it is a pull request. */
async function rowOf(outside: Outside, number: number): Promise<readonly Row[]> {
  const site = siteFor(outside, number);
  const observer = await observe(site, outside);
  const now = await explainNow(observer);
  if (!now) return [];
  const state = stateOf(observer);
  if (state?.applied.includes("implement") && !observer.snapshot()?.pulls)
    await quietly(observer.look("pulls"));
  const snapshot = observer.snapshot();
  const chain = observer.chain();
  const pull = snapshot?.pulls?.find((one) => one.merged) ?? snapshot?.pulls?.[0];
  const { again: _, state: shown, ...why } = now;
  return [
    {
      issue: number,
      title: snapshot?.issue.title ?? "",
      open: snapshot?.issue.open ?? true,
      // Where the app has something to do, the label shows what it did last.
      state: shown ?? shownBy(snapshot?.issue.labels ?? [], outside.entryLabel ?? ENTRY_LABEL),
      generation: state?.generation ?? 0,
      turn: state?.open ? { edge: state.open.edge, attempt: state.open.attempt } : null,
      since: chain.kind === "sound" ? new Date(chain.at).toISOString() : null,
      pull: pull?.number ?? null,
      ...why,
    },
  ];
}

/** Short states show the label of the one before them: that is what is told of it. */
const SHORT: readonly IssueState[] = ["merging", "routing"];

const shownBy = (labels: readonly string[], entryLabel: string): IssueState => {
  const shows = (state: IssueState) =>
    labels.some((label) => sameLabel(label, labelOf(state, entryLabel) ?? ""));
  return ORDER.find((state) => !SHORT.includes(state) && shows(state)) ?? "idle";
};

/** What this token may not read is not there. */
const quietly = (read: Promise<void>): Promise<void> =>
  read.catch((error: unknown) => {
    if (!(error instanceof GitHubError)) throw error;
  });
