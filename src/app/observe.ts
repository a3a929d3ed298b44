/**
 * Reads an issue from GitHub, part by part, as `decide` asks for them. An observer lives for one look; what it
 * has read it keeps, and what an act has changed it reads again before anybody leans on it (I5).
 */

import { type Behind, behind, readChain, type Site } from "../barrier/index.ts";
import { ASKING, type IssueEvent, pendingActs } from "../core/acts.ts";
import { textDigest } from "../core/canonical.ts";
import type { ChainState } from "../core/chain.ts";
import { branchCreate, branchOf } from "../core/keys.ts";
import { foldLedger, type LedgerComment } from "../core/ledger.ts";
import type {
  ChainView,
  ConfigView,
  IssueView,
  JudgedAct,
  LedgerView,
  Part,
  RunView,
  Settings,
  Snapshot,
  StartsView,
} from "../core/snapshot.ts";
import { readBranch, readPulls, viewPull } from "../effects/index.ts";
import type { GitHubReads, Read, RepositoryInfo, RunInfo } from "../github/ports.ts";
import { mayWrite } from "../policy/authority.ts";
import { callerFlaw } from "../policy/caller.ts";
import { CONFIG_PATH, type Config, parseConfig, wordsOf } from "../policy/config.ts";
import { readGate } from "../policy/read-gate.ts";
import type { Hint } from "./target.ts";

export interface ObserverInput {
  readonly site: Site;
  readonly repository: RepositoryInfo;
  readonly settings: Settings;
  readonly workflowFile: string;
  readonly hint: Hint;
  /** Comments that this process wrote and that a list may not show yet: where to look, not what is there. */
  readonly wrote: ReadonlySet<number>;
  readonly startedAt: (digest: string) => number | undefined;
  /** Whether GitHub would not start a run for this intent: then the reason is looked for. */
  readonly wasRefused: (digest: string) => boolean;
}

export interface Observer {
  /** `undefined`: the issue is not there, or is a pull request. */
  snapshot(): Snapshot | undefined;
  look(part: Part): Promise<void>;
  /** The step that signals follow, as it was last read. */
  step(): Behind | undefined;
  chain(): ChainView;
  /** Reads the chain again after a step, and drops what the step may have changed. */
  chainMoved(): Promise<void>;
  /** A comment was written: it is read by its id before it counts. */
  commentWritten(id: number): Promise<void>;
  labelsSet(add: readonly string[], remove: readonly string[]): void;
  /** Start of the reads behind `branch` and `pulls` is taken anew. */
  forget(...parts: readonly Part[]): void;
}

type Parts = { -readonly [P in Part]?: Snapshot[P] };

/** Reads what every look needs: the issue and its chain. Throws `GitHubError`. */
export async function createObserver(input: ObserverInput): Promise<Observer> {
  const site: Site = { ...input.site, reads: onceEach(input.site.reads) };
  const [issueRead, chainRead] = await Promise.all([site.reads.issue(site.issue.number), readChain(site)]);
  let chain: Read<ChainView> = chainRead;
  let issue = issueRead?.value;
  let now = Math.max(issueRead?.serverTime ?? 0, chainRead.serverTime);
  let probedSince: number | undefined;
  let comments: { list: LedgerComment[]; short: { expected: number; found: number } | undefined } | undefined;
  let events: readonly IssueEvent[] | undefined;
  const permissions = new Map<string, boolean>();
  const parts: Parts = {};
  let configValue: Config | undefined;
  /** This look has made the step that is the head, and has written its marker. */
  let moved = false;
  let written = false;

  const note = <T>(read: Read<T>): T => {
    now = Math.max(now, read.serverTime);
    return read.value;
  };
  const state = (): ChainState | undefined => (chain.value.kind === "sound" ? chain.value.state : undefined);
  const expectedGeneration = (): number => state()?.open?.generation ?? state()?.generation ?? 1;

  function refold(): void {
    if (!comments) return;
    const ledger = foldLedger(comments.list, state(), site.issue, site.app.appId);
    const view: LedgerView = comments.short
      ? { kind: "short", ledger, ...comments.short }
      : { kind: "complete", ledger };
    parts.ledger = view;
  }

  const ledgerComment = (comment: {
    id: number;
    body: string;
    appId: number | null;
    author: { login: string };
  }): LedgerComment => ({
    id: comment.id,
    body: comment.body,
    appId: comment.appId,
    author: comment.author.login,
  });

  async function addByIds(ids: Iterable<number>): Promise<void> {
    if (!comments) return;
    for (const id of ids) {
      if (comments.list.some((one) => one.id === id)) continue;
      // The list may lag behind the single object (I6 is about absence; this is presence).
      const read = await site.reads.comment(id);
      if (read) comments.list.push(ledgerComment(note(read)));
    }
    comments.list.sort((a, b) => a.id - b.id);
  }

  async function readLedger(): Promise<void> {
    const expected = issue?.comments ?? 0;
    // A step that was made a moment ago has no marker yet; one that another replica adds counts once, by its digest.
    const isNew = moved && input.hint !== "sweep";
    if (isNew || (expected === 0 && input.hint !== "sweep")) comments = { list: [], short: undefined };
    else {
      const all = note(await site.reads.comments(site.issue.number, expected));
      comments = {
        list: all.items.map(ledgerComment),
        short: all.kind === "short" ? { expected: all.expected, found: all.items.length } : undefined,
      };
    }
    if (!isNew) await addByIds(input.wrote);
    refold();
    const ledger = parts.ledger?.ledger;
    if (ledger && ledger.beyond.length > 0) {
      // A replica may have made a step between the two reads: the head is read once more before it is mistrusted.
      chain = await readChain(site);
      refold();
    }
  }

  async function readActs(): Promise<void> {
    const shown = issue?.labels.some((label) => label in ASKING) ?? false;
    if (input.hint === "work" && !shown) {
      parts.acts = [];
      return;
    }
    events ??= note(await site.reads.issueEvents(site.issue.number));
    const judged: JudgedAct[] = [];
    for (const act of pendingActs(events, state()?.acts ?? [], site.app)) {
      const { login } = act.actor;
      if (!permissions.has(login)) permissions.set(login, mayWrite(note(await site.reads.permission(login))));
      judged.push({ ...act, permitted: permissions.get(login) ?? false });
    }
    parts.acts = judged;
  }

  async function readConfig(): Promise<void> {
    if (parts.config) return;
    const base = input.repository.defaultBranch;
    const head = await site.reads.ref(`heads/${base}`);
    if (!head) {
      parts.config = { kind: "invalid", why: `the default branch ${base} cannot be read` };
      return;
    }
    const commit = note(head);
    const file = await site.reads.file(CONFIG_PATH, commit);
    const parsed = parseConfig(file ? note(file).text : undefined);
    if (parsed.kind === "invalid") {
      parts.config = { kind: "invalid", why: wordsOf(parsed.problems) };
      return;
    }
    configValue = parsed.config;
    const { reviewers, merge, mergeMethod, attempts, budgets } = parsed.config;
    const view: ConfigView = {
      kind: "valid",
      digest: parsed.digest,
      commit,
      base,
      reviewers,
      merge,
      mergeMethod,
      attempts,
      budget: budgets.implementing * 60_000,
    };
    parts.config = view;
  }

  async function readRun(): Promise<RunView> {
    const claim = state()?.open?.claim;
    if (!claim) return { kind: "cannot-tell", why: "nobody has claimed" };
    const read = await site.reads.runAttempt(claim.id, claim.attempt);
    if (!read) return { kind: "cannot-tell", why: "the run cannot be seen" };
    const run = note(read);
    if (run.status !== "completed") return { kind: "alive", status: run.status, since: run.startedAt };
    return { kind: "over", conclusion: run.conclusion ?? "none", at: run.updatedAt, url: run.htmlUrl };
  }

  /** The agent's job alone is charged: not what waits for a machine, nor a job that waits for a limit to end (I9). */
  async function readWorked(): Promise<number> {
    const open = state()?.open;
    const key = open?.effects.find((effect) => effect.kind === "agent.run")?.key;
    if (!open?.claim || key === undefined) return 0;
    const { id, attempt } = open.claim;
    const jobs = note(await site.reads.jobs(id));
    return jobs
      .filter((job) => job.attempt === attempt && job.name.endsWith(key))
      .reduce((sum, job) => sum + (job.startedAt === null ? 0 : (job.completedAt ?? now) - job.startedAt), 0);
  }

  /** Why GitHub may refuse to start the caller workflow, as far as its file and its state show. */
  async function workflowFlaw(): Promise<string | undefined> {
    const path = `.github/workflows/${input.workflowFile}`;
    const head = await site.reads.ref(`heads/${input.repository.defaultBranch}`);
    if (!head) return undefined;
    const file = await site.reads.file(path, note(head));
    const flaw = callerFlaw(path, file && note(file).text);
    if (flaw !== undefined) return flaw;
    const state = await site.reads.workflowState(input.workflowFile);
    if (!state || note(state) === "active") return undefined;
    return `the workflow ${input.workflowFile} is ${state.value.replaceAll("_", " ")}: enable it under Actions`;
  }

  async function readStarts(): Promise<StartsView> {
    // Nobody can have been started for a comment that this look has just written.
    if (moved && written) return { kind: "known", starts: [] };
    const open = state()?.open;
    const flaw = open && input.wasRefused(open.digest) ? await workflowFlaw() : undefined;
    if (flaw !== undefined) return { kind: "no-workflow", why: flaw };
    const read = await site.reads.dispatchedRuns(input.workflowFile);
    if (!read) {
      const why = `there is no workflow ${input.workflowFile} on the default branch`;
      return { kind: "no-workflow", why };
    }
    const comment = open && parts.ledger?.ledger.visible.get(open.digest)?.comment;
    const mine = (run: RunInfo): boolean =>
      run.actorId === site.app.botId && intentOf(run.displayTitle) === comment;
    const agent = open?.effects.find((effect) => effect.kind === "agent.run")?.key;
    const begun = async (run: RunInfo): Promise<boolean> =>
      agent !== undefined &&
      note(await site.reads.jobs(run.id)).some((job) => job.startedAt !== null && job.name.endsWith(agent));
    const runs = note(read).filter(mine);
    const worked = await Promise.all(runs.map(begun));
    return {
      kind: "known",
      starts: runs.map((run, index) => ({
        run: { id: run.id, attempt: run.attempt },
        status: run.status,
        conclusion: run.conclusion,
        at: run.updatedAt,
        url: run.htmlUrl,
        worked: worked[index] ?? false,
      })),
    };
  }

  async function readAllPulls(): Promise<void> {
    probedSince ??= now;
    const branch = branchOf(site.issue.number, expectedGeneration());
    const request = state()?.open?.effects.find((effect) => effect.kind === "review.request");
    const reviewers = request?.kind === "review.request" ? request.reviewers : [];
    const pulls = await readPulls(site, branch);
    parts.pulls = await Promise.all(pulls.map((pull) => viewPull(site, pull, reviewers)));
  }

  async function readOpened(): Promise<void> {
    const found: { generation: number; pull: number }[] = [];
    const last = state()?.generation ?? 0;
    for (let generation = Math.max(1, last - OLDER + 1); generation <= last; generation += 1) {
      const pulls = await readPulls(site, branchOf(site.issue.number, generation));
      found.push(
        ...pulls.filter((pull) => pull.state === "open").map((pull) => ({ generation, pull: pull.number })),
      );
    }
    parts.opened = found;
  }

  async function readMergeGate(): Promise<void> {
    const pull = parts.pulls?.find((one) => one.state === "open");
    if (!pull) return;
    const gate = await readGate(site, {
      pull: pull.number,
      base: input.repository.defaultBranch,
      config: async () => {
        await readConfig();
        return configValue ?? { invalid: parts.config?.kind === "invalid" ? parts.config.why : "unreadable" };
      },
    });
    parts.gate = gate ?? {
      kind: "waits",
      head: pull.head,
      for: `#${pull.number} to be readable`,
      again: now + 2_000,
    };
  }

  async function look(part: Part): Promise<void> {
    switch (part) {
      case "acts":
        return readActs();
      case "ledger":
        return readLedger();
      case "config":
        return readConfig();
      case "run":
        parts.run = await readRun();
        return;
      case "worked":
        parts.worked = await readWorked();
        return;
      case "starts":
        parts.starts = await readStarts();
        return;
      case "branch": {
        probedSince ??= now;
        const branch = branchOf(site.issue.number, expectedGeneration());
        parts.branch = await readBranch(site, branchCreate(branch).branch);
        return;
      }
      case "pulls":
        return readAllPulls();
      case "gate":
        return readMergeGate();
      case "opened":
        return readOpened();
    }
  }

  return {
    look,
    step: () => behind(chain),
    chain: () => chain.value,
    snapshot() {
      if (!issue || issue.isPull) return undefined;
      const view: IssueView = {
        id: site.issue,
        title: issue.title,
        open: issue.state === "open",
        locked: issue.locked,
        labels: issue.labels,
        text: textDigest(issue.title, issue.body),
      };
      const digest = state()?.open?.digest;
      const startedAt = digest === undefined ? undefined : input.startedAt(digest);
      return {
        now,
        settings: input.settings,
        issue: view,
        chain: chain.value,
        ...parts,
        probedSince,
        startedAt,
      };
    },
    async chainMoved() {
      moved = true;
      written = false;
      chain = await readChain(site);
      now = Math.max(now, chain.serverTime);
      for (const part of STEP_CHANGES) delete parts[part];
      if (events) await readActs();
      refold();
    },
    async commentWritten(id) {
      written = true;
      await addByIds([id]);
      refold();
    },
    labelsSet(add, remove) {
      if (!issue) return;
      const kept = issue.labels.filter((label) => !remove.includes(label));
      issue = { ...issue, labels: [...new Set([...kept, ...add])] };
    },
    forget(...names) {
      for (const name of names) delete parts[name];
      probedSince = undefined;
    },
  };
}

/** Reviews are asked for twice in one look, by the probe and by the gate: one answer serves both. */
function onceEach(reads: GitHubReads): GitHubReads {
  const reviews = new Map<number, ReturnType<GitHubReads["reviews"]>>();
  return {
    ...reads,
    reviews(pull) {
      const found = reviews.get(pull) ?? reads.reviews(pull);
      reviews.set(pull, found);
      return found;
    },
  };
}

/** How many older generations are looked through for pull requests that are still open. */
const OLDER = 5;

/** Parts that are about the open edge, and thus about another one after a step. */
const STEP_CHANGES = [
  "run",
  "worked",
  "starts",
  "branch",
  "pulls",
  "gate",
  "opened",
] as const satisfies readonly Part[];

/** The caller workflow's run name ends in the comment of the intent that it was started for. */
function intentOf(title: string): number | undefined {
  const found = /\bintent (\d+)\b/.exec(title)?.[1];
  return found === undefined ? undefined : Number(found);
}
