/** Reads what the gate's table asks for, part by part, until it has a verdict. */
import type { Site } from "../../barrier/index.ts";
import type { OverrideAct } from "../../core/commands/double-approval.ts";
import type { GateView } from "../../core/snapshot.ts";
import { GitHubError } from "../../github/index.ts";
import type { Read, Sha } from "../../github/ports.ts";
import { blockersNamed } from "../blockers.ts";
import type { Config } from "../config/index.ts";
import { overridesInForce, settingAside } from "../overrides.ts";
import { openBlockers } from "../read-blockers.ts";
import { type GateFacts, type GatePart, type GateParts, type IssueFacts, short } from "./facts.ts";
import { judgeAll, judgeMerge, type Row } from "./judge.ts";
import { lastWords } from "./reviews.ts";
import { mergesUnderWay } from "./under-way.ts";

export interface GateInput {
  readonly pull: number;
  readonly base: string;
  /** `owner/name` of the repository as it is called now. */
  readonly here: string;
  /** An intent of this issue was declared for a title that marks a try. */
  readonly synthetic: boolean;
  /** As the chain's state has it. */
  readonly commandReview: GateFacts["commandReview"];
  /** As the chain's state has it: the head that was put into a merge queue last. */
  readonly queued: Sha | null;
  /** As the chain's state has it: how often heads of the generation were brought up to date with their base. */
  readonly updated: number;
  readonly config: () => Promise<Config | { readonly invalid: string }>;
  /** What people have set aside, whatever head it is for. */
  readonly overrides?: readonly OverrideAct[] | undefined;
  /** Comment of the merge's intent, by whoever performs it. */
  readonly intent?: number;
}

/** A verdict, with all that was read for it. */
export interface Judged {
  readonly view: GateView;
  readonly facts: GateFacts;
}

/** `undefined`: the pull request cannot be seen. Throws `GitHubError`. */
export async function readGate(site: Site, input: GateInput): Promise<Judged | undefined> {
  const begun = await begin(site, input);
  if (!begun) return undefined;
  let { facts } = begun;
  for (;;) {
    const view = judgeMerge(facts);
    if (view.kind !== "look") return { view: withUsed(view, facts, begun.despite), facts };
    facts = { ...facts, ...(await readPart(site, input, facts, view.part)) };
  }
}

/** Only what the gate would be closed without is used, and written into the record. */
function withUsed(view: GateView, facts: GateFacts, despite: readonly OverrideAct[]): GateView {
  if (view.kind !== "open" && view.kind !== "synthetic" && view.kind !== "update") return view;
  const without = (action: string): GateFacts => ({
    ...facts,
    ...settingAside(despite.filter((one) => one.action !== action)),
  });
  const used = despite.filter(({ action }) => judgeMerge(without(action)).kind !== view.kind);
  if (used.length === 0) return view;
  if (view.kind !== "update") return { ...view, despite: used };
  // What people have set aside counts for this head alone: an update would undo it, so that is theirs to press.
  const { headSha: head, baseRef, number } = facts.pull;
  const wanted = `${baseRef} to be merged into #${number}, which undoes what two people have set aside for ${short(head)}`;
  return { kind: "waits", head, code: "base-moved", for: wanted, again: null };
}

/** Every condition. A part that may not be read leaves its conditions unknown, with the reason. */
export async function readTable(
  site: Site,
  input: GateInput,
): Promise<{ readonly rows: readonly Row[]; readonly facts: GateFacts } | undefined> {
  const begun = await begin(site, input);
  if (!begun) return undefined;
  let { facts } = begun;
  const unread = new Map<GatePart, string>();
  for (;;) {
    const rows = judgeAll(facts, unread);
    if (!("kind" in rows)) return { rows, facts };
    try {
      facts = { ...facts, ...(await readPart(site, input, facts, rows.part)) };
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      unread.set(rows.part, error.message);
    }
  }
}

/** What is known before anything is asked, and the overrides that count for this head now. */
async function begin(site: Site, input: GateInput) {
  const { pull, base, synthetic, commandReview, queued, updated, overrides = [] } = input;
  const read = await site.reads.pull(pull);
  if (!read) return undefined;
  const { app, issue } = site;
  const now = read.serverTime;
  const despite = await overridesInForce(site, overrides, { head: read.value.headSha, now, base });
  const known = { base, repository: issue.repository, app, synthetic, commandReview, queued, updated, now };
  const facts: GateFacts = { pull: read.value, ...known, ...settingAside(despite) };
  return { facts, despite };
}

async function readPart(site: Site, input: GateInput, facts: GateFacts, part: GatePart): Promise<GateParts> {
  const { reads } = site;
  const { number, headSha, baseRef } = facts.pull;
  switch (part) {
    case "reviews":
      return { reviews: (await reads.reviews(number)).value };
    case "checks":
      return { checks: (await reads.checks(headSha)).value };
    case "rules":
      return { rules: (await reads.branchRules(baseRef)).value };
    case "commits":
      return { commits: (await reads.pullCommits(number)).value };
    case "config":
      return { config: await input.config() };
    case "permissions":
      return { permissions: await permissionsOf(site, facts) };
    case "files":
      return { files: (await reads.pullFiles(number)).value };
    case "onTip": {
      const tip = there(await reads.ref(`heads/${baseRef}`), baseRef);
      return { onTip: await reads.isAncestor(tip, headSha) };
    }
    case "threads":
      return { threads: there(await reads.openThreads(number), `#${number}`) };
    case "issue":
      return { issue: await issueNow(site, input, number) };
    case "place":
      return { place: there(await reads.queuePlace(number), `#${number}`) };
    case "underWay":
      return {
        underWay: await mergesUnderWay(site, { base: facts.base, intent: input.intent, now: facts.now }),
      };
  }
}

/** Nothing is read behind it: a hold that was set while the gate was read still counts. */
async function issueNow(site: Site, { here, intent }: GateInput, pull: number): Promise<IssueFacts> {
  const read = async () => there(await site.reads.issue(site.issue.number), `#${site.issue.number}`);
  const first = await read();
  const blockers = await openBlockers(site, first, [first.body], here);
  const took = first.blockedBy !== 0 || blockersNamed(first.body, here).length > 0;
  // What it depends on was read meanwhile.
  const { state, title, labels } = took && blockers.length === 0 ? await read() : first;
  const found = { open: state === "open", title, labels, blockers };
  // The app only declares: whoever performs asks again.
  if (intent === undefined) return found;
  return { ...found, pullLabels: there(await site.reads.pull(pull), `#${pull}`).labels };
}

function there<T>(read: Read<T> | undefined, what: string): T {
  if (read) return read.value;
  throw new GitHubError("unavailable", what, "it was there, and cannot be seen now");
}

async function permissionsOf(site: Site, { reviews }: GateFacts) {
  const logins = lastWords(reviews ?? []).flatMap(({ author }) =>
    author?.type === "User" ? [author.login] : [],
  );
  const found = new Map<string, Awaited<ReturnType<Site["reads"]["permission"]>>["value"]>();
  for (const login of new Set(logins)) found.set(login, (await site.reads.permission(login)).value);
  return found;
}
