/** Reads what the gate's table asks for, part by part, until it has a verdict. */
import type { Site } from "../../barrier/index.ts";
import type { GateView } from "../../core/snapshot.ts";
import { GitHubError } from "../../github/index.ts";
import type { Read } from "../../github/ports.ts";
import type { Config } from "../config/index.ts";
import { openBlockers } from "../read-blockers.ts";
import type { GateFacts, GatePart, GateParts } from "./facts.ts";
import { judgeAll, judgeMerge, type Row } from "./judge.ts";
import { lastWords } from "./reviews.ts";

export interface GateInput {
  readonly pull: number;
  readonly base: string;
  /** `owner/name` of the repository as it is called now. */
  readonly here: string;
  /** An intent of this issue was declared for a title that marks a try. */
  readonly synthetic: boolean;
  readonly config: () => Promise<Config | { readonly invalid: string }>;
}

/** A verdict, with all that was read for it. */
export interface Judged {
  readonly view: GateView;
  readonly facts: GateFacts;
}

/** `undefined`: the pull request cannot be seen. Throws `GitHubError`. */
export async function readGate(site: Site, input: GateInput): Promise<Judged | undefined> {
  let facts = await begin(site, input);
  while (facts) {
    const view = judgeMerge(facts);
    if (view.kind !== "look") return { view, facts };
    facts = { ...facts, ...(await readPart(site, input, facts, view.part)) };
  }
  return undefined;
}

/** Every condition. A part that may not be read leaves its conditions unknown, with the reason. */
export async function readTable(
  site: Site,
  input: GateInput,
): Promise<{ readonly rows: readonly Row[]; readonly facts: GateFacts } | undefined> {
  let facts = await begin(site, input);
  const unread = new Map<GatePart, string>();
  while (facts) {
    const rows = judgeAll(facts, unread);
    if (!("kind" in rows)) return { rows, facts };
    try {
      facts = { ...facts, ...(await readPart(site, input, facts, rows.part)) };
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      unread.set(rows.part, error.message);
    }
  }
  return undefined;
}

async function begin(site: Site, { pull, base, synthetic }: GateInput): Promise<GateFacts | undefined> {
  const read = await site.reads.pull(pull);
  if (!read) return undefined;
  const { app, issue } = site;
  return { pull: read.value, base, repository: issue.repository, app, synthetic, now: read.serverTime };
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
    case "threads":
      return { threads: there(await reads.openThreads(number), `#${number}`) };
    case "issue": {
      const issue = there(await reads.issue(site.issue.number), `#${site.issue.number}`);
      const blockers = await openBlockers(site, issue, issue.body, input.here);
      return { issue: { open: issue.state === "open", title: issue.title, labels: issue.labels, blockers } };
    }
  }
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
