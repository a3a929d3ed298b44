/**
 * Reads an issue from GitHub, part by part, as `decide` asks for them. An observer lives for one look; what it
 * has read it keeps, and what an act has changed it reads again before anybody leans on it (I5).
 */

import { type Behind, behind, readChain, type Site } from "../../barrier/index.ts";
import { textDigest } from "../../core/canonical.ts";
import { type ChainState, emptyChain } from "../../core/chain.ts";
import { commandLines } from "../../core/commands/scan.ts";
import { askerOf } from "../../core/decide-route.ts";
import { ENTRY_LABEL } from "../../core/entry-label.ts";
import { branchOf } from "../../core/keys.ts";
import { foldLedger, type LedgerComment } from "../../core/ledger.ts";
import type {
  ChainView,
  GateView,
  IssueView,
  LedgerView,
  Part,
  Settings,
  SlotsView,
  Snapshot,
  StartsView,
  VerdictView,
} from "../../core/snapshot.ts";
import { isQuestioned } from "../../core/weigh.ts";
import { readBranch } from "../../effects/index.ts";
import type { CommentInfo, GitHubReads, PullInfo, Read, RepositoryInfo } from "../../github/ports.ts";
import { readGate } from "../../policy/gate/index.ts";
import type { Places } from "../places.ts";
import type { Hint } from "../target.ts";
import { alteredOf } from "./answers.ts";
import { createAsked, type EntryLabel, lastAsked } from "./asked.ts";
import { type FoundConfig, isTrial, readConfig } from "./config.ts";
import { readEdit } from "./edit.ts";
import { readCurrentPulls, readMergeBack, readOpened, readQueue } from "./pulls.ts";
import { generationOf, type Reader } from "./reader.ts";
import { type Neighbours, readRoute, readRouted } from "./route.ts";
import { readRun, readStarts, readWorked } from "./runs.ts";
import { readSlots } from "./slots.ts";
import { readTriage } from "./triage.ts";
import { readVerdict } from "./verdict.ts";

export interface ObserverInput {
  readonly site: Site;
  readonly repository: RepositoryInfo;
  readonly settings: Settings;
  readonly workflowFile: string;
  readonly hint: Hint;
  /** Comments that this process wrote and that a list may not show yet: where to look, not what is there. */
  readonly wrote: ReadonlySet<number>;
  /** Pull requests of the issue's own among whose comments this process has seen a command. Whoever remembers nothing leaves it out. */
  readonly commentedPulls?: ReadonlySet<number>;
  readonly startedAt: (digest: string) => number | undefined;
  /** Comments whose commands this process has reacted to. Whoever only looks leaves it out. */
  readonly reacted?: () => ReadonlySet<number>;
  /** Whether GitHub would not start a run for this intent: then the reason is looked for. */
  readonly wasRefused: (digest: string) => boolean;
  /** Who works and who waits in the repository, as this process last saw them. */
  readonly places: Places;
  /** How this process last read the entry label to be called; `undefined`: it has not, or whoever looks remembers nothing. */
  readonly entryLabel?: string | undefined;
  /** It was read anew. */
  readonly sawEntryLabel?: (name: string) => void;
  /** Whether this process last read `merge: shadow`; `undefined`: as above. */
  readonly trial?: boolean | undefined;
  readonly sawTrial?: (trial: boolean) => void;
  /** Another repository, where the same installation covers it. Whoever looks from outside leaves it out. */
  readonly neighbour?: Neighbours;
  /** When this process first read this head, if not at `now`: GitHub's clock, ms. */
  readonly headSince: (head: string, now: number) => number;
}

export interface Observer {
  /** `undefined`: the issue is not there, or is a pull request. */
  snapshot(): Snapshot | undefined;
  look(part: Part): Promise<void>;
  /** All comments, where this look has read them; `undefined`: it has not, or GitHub showed fewer than there are (I6). */
  listed(): readonly LedgerComment[] | undefined;
  /** The same, read now if they were not. */
  listComments(): Promise<readonly LedgerComment[] | undefined>;
  /** The step that signals follow, as it was last read. */
  step(): Behind | undefined;
  chain(): ChainView;
  /** Reads the chain again after a step, and drops what the step may have changed. */
  chainMoved(): Promise<void>;
  /** A comment was written: it is read by its id before it counts. */
  commentWritten(id: number): Promise<void>;
  labelsSet(add: readonly string[], remove: readonly string[]): void;
  /** The verdict was shown, or cannot be: in this look it is not shown again. */
  verdictShown(shown: VerdictView): void;
}

type Parts = { -readonly [P in Part | "verdict" | "readyByApp"]?: Snapshot[P] };

/** Reads what every look needs: the issue and its chain. Throws `GitHubError`. */
export async function createObserver(input: ObserverInput): Promise<Observer> {
  const site: Site = { ...input.site, reads: onceEach(input.site.reads, input.repository.defaultBranch) };
  /** When GitHub made the head commit, whenever its ref was moved there. */
  let headMadeAt: number | undefined;
  const readHead = async (): Promise<Read<ChainView>> => {
    const read = await readChain(site);
    headMadeAt = read.value.kind === "sound" ? read.value.at : undefined;
    return knownSince(read, input.headSince);
  };
  const [issueRead, chainRead] = await Promise.all([site.reads.issue(site.issue.number), readHead()]);
  let chain: Read<ChainView> = chainRead;
  let issue = issueRead?.value;
  let now = Math.max(issueRead?.serverTime ?? 0, chainRead.serverTime);
  let probedSince: number | undefined;
  let comments:
    | {
        list: LedgerComment[];
        /** Those that were read in a list or by id, as GitHub has them. */
        said: CommentInfo[];
        short: { expected: number; found: number } | undefined;
        /** Whether the list was read, or GitHub counts none. */
        whole: boolean;
      }
    | undefined;
  /** All of them, as a whole list showed them. */
  let listed: readonly LedgerComment[] | undefined;
  /** Comments on the issue's own pull requests, by their number, as far as they were read. */
  const onPulls = new Map<number, readonly CommentInfo[]>();
  const parts: Parts = {};
  let found: FoundConfig | undefined;
  let slots: (() => SlotsView) | undefined;
  /** This look has made the step that is the head, and has written its marker. */
  let moved = false;
  let written = false;

  const note = <T>(read: Read<T>): T => {
    now = Math.max(now, read.serverTime);
    return read.value;
  };
  const state = (): ChainState | undefined => (chain.value.kind === "sound" ? chain.value.state : undefined);
  const reader: Reader = {
    site,
    repository: input.repository,
    workflowFile: input.workflowFile,
    note,
    now: () => now,
    state,
    headMadeAt: () => headMadeAt,
  };

  const entryLabel: EntryLabel = {
    known: () => found?.entryLabel ?? input.entryLabel ?? ENTRY_LABEL,
    read: async () => (await foundConfig()).entryLabel,
  };
  const asked = createAsked(reader, input.hint, entryLabel);

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
      if (!read) continue;
      comments.list.push(ledgerComment(note(read)));
      comments.said.push(note(read));
    }
    comments.list.sort((a, b) => a.id - b.id);
  }

  async function readComments(expected: number): Promise<NonNullable<typeof comments>> {
    const all = note(await site.reads.comments(site.issue.number, expected));
    const list = all.items.map(ledgerComment);
    if (all.kind === "complete") listed = [...list];
    const short = all.kind === "short" ? { expected: all.expected, found: list.length } : undefined;
    return { list, said: [...all.items], short, whole: true };
  }

  async function readLedger(whole: "whole" | "news" = "news"): Promise<void> {
    const expected = issue?.comments ?? 0;
    // A step that was made a moment ago has no marker yet; one that another replica adds counts once, by its digest.
    const isNew = moved && input.hint !== "sweep" && whole === "news";
    const isEmpty = expected === 0 && input.hint !== "sweep";
    if (isNew || isEmpty) comments = { list: [], said: [], short: undefined, whole: isEmpty };
    else comments = await readComments(expected);
    if (expected === 0) listed ??= [];
    if (!isNew) await addByIds(input.wrote);
    refold();
    const ledger = parts.ledger?.ledger;
    if (ledger && ledger.beyond.length > 0) {
      // A replica may have made a step between the two reads: the head is read once more before it is mistrusted.
      chain = await readHead();
      refold();
    }
  }

  async function readActs(): Promise<void> {
    // The ledger has read them, where it was read; else they are worth a list where somebody may have written a command.
    if (!comments?.whole && (issue?.comments ?? 0) > 0 && asked.wantsComments()) await readLedger("whole");
    if (input.entryLabel === undefined) await foundConfig();
    for (const pull of input.commentedPulls ?? []) if (!onPulls.has(pull)) await readPullComments(pull, 0);
    parts.acts = await asked.acts(
      issue?.labels ?? [],
      comments?.said ?? [],
      [...onPulls.values()].flat(),
      parts.ledger?.ledger,
    );
    parts.readyByApp = asked.isReadyByApp();
  }

  /** Whether as many were shown as GitHub counts (I6). */
  async function readPullComments(pull: number, expected: number): Promise<boolean> {
    const { kind, items } = note(await site.reads.comments(pull, expected));
    onPulls.set(pull, items);
    return kind === "complete";
  }

  /**
   * Before a merge is declared nobody may have stopped it where they read what is merged: GitHub's count says whether
   * there is anything to read. `false`: GitHub counts more comments than it shows.
   */
  async function readCommandsOn({ number, comments: count }: PullInfo): Promise<boolean> {
    const known = onPulls.get(number)?.length ?? 0;
    if (count === null || count <= known) return true;
    const isWhole = await readPullComments(number, count);
    const isCommanded = onPulls
      .get(number)
      ?.some(({ appId, body }) => appId === null && commandLines(body).length > 0);
    if (isCommanded) await readActs();
    return isWhole;
  }

  async function startsNow(): Promise<StartsView> {
    // Nobody can have been started for a comment that this look has just written.
    if (moved && written) return { kind: "known", starts: [] };
    const digest = state()?.open?.digest;
    return readStarts(reader, parts.ledger?.ledger, digest !== undefined && input.wasRefused(digest));
  }

  async function readStartsNow(): Promise<void> {
    const starts = await startsNow();
    const worked = starts.kind === "known" && starts.starts.some((run) => run.worked);
    // It may have claimed, and its agent begun, since the head was read: read once more before it is mistrusted.
    if (worked && (await headHasMoved())) return;
    parts.starts = starts;
  }

  async function headHasMoved(): Promise<boolean> {
    const before = chain.value;
    chain = await readHead();
    const { value } = chain;
    if (before.kind === "sound" && value.kind === "sound" && before.head === value.head) return false;
    await dropOld();
    return true;
  }

  /** Behind another head: what was read about the open edge is about another one. */
  async function dropOld(): Promise<void> {
    now = Math.max(now, chain.serverTime);
    for (const part of STEP_CHANGES) delete parts[part];
    slots = undefined;
    delete parts.verdict;
    if (parts.acts) await readActs();
    refold();
  }

  async function foundConfig(): Promise<FoundConfig> {
    if (!found) {
      found = await readConfig(reader);
      input.sawEntryLabel?.(found.entryLabel);
      input.sawTrial?.(isTrial(found.config));
    }
    parts.config = found.view;
    return found;
  }

  async function readTriageNow(): Promise<void> {
    const { config } = await foundConfig();
    if (!issue || !config) return;
    const { questions = [], answers = [], hold = null } = state() ?? {};
    const said = questions.length + answers.length > 0 || isQuestioned({ hold });
    if (!comments && said) await readLedger();
    const ledger = parts.ledger?.ledger;
    parts.triage = await readTriage(reader, {
      issue,
      config,
      comments: comments?.list ?? [],
      ledger,
      asked,
      since: lastAsked(parts.acts),
      route: async (name) => {
        const snapshot = observer.snapshot();
        const asker = snapshot && askerOf(snapshot, state() ?? emptyChain(site.issue));
        return asker && input.neighbour && readRoute(reader, input.neighbour, config, name, asker);
      },
    });
  }

  async function readMergeGate(): Promise<void> {
    const pull = parts.pulls?.find((one) => one.state === "open");
    if (!pull) return;
    const { owner, name, defaultBranch } = input.repository;
    const judged = await readGate(site, {
      pull: pull.number,
      base: defaultBranch,
      here: `${owner}/${name}`,
      synthetic: state()?.synthetic === true,
      commandReview: state()?.commandReview ?? null,
      queued: state()?.queued ?? null,
      updated: state()?.updated ?? 0,
      overrides: state()?.overrides,
      config: async () => {
        const { config, view } = await foundConfig();
        return config ?? { invalid: view.kind === "invalid" ? view.why : "unreadable" };
      },
    });
    const waits = (code: "pull-unseen" | "comments-short", what: string): GateView => ({
      kind: "waits",
      head: pull.head,
      code,
      for: `${what} to be readable`,
      again: now + 2_000,
    });
    parts.gate = judged?.view ?? waits("pull-unseen", `#${pull.number}`);
    if (judged && !(await readCommandsOn(judged.facts.pull)))
      parts.gate = waits("comments-short", `all comments on #${pull.number}`);
    if (judged) parts.verdict = await readVerdict(site, judged.facts);
  }

  async function look(part: Part): Promise<void> {
    switch (part) {
      case "acts":
        return readActs();
      case "ledger":
        return readLedger();
      case "config":
        await foundConfig();
        return;
      case "triage":
        return readTriageNow();
      case "edit":
        if (issue) parts.edit = await readEdit(reader, issue, asked);
        return;
      case "reopening":
        parts.reopening = await asked.lastReopening();
        return;
      case "slots": {
        const { config } = await foundConfig();
        if (config) {
          const looks = config.review.command !== undefined;
          slots = await readSlots(reader, { limit: config.slots, looks }, input.places);
        }
        return;
      }
      case "run":
        parts.run = await readRun(reader);
        return;
      case "worked":
        parts.worked = await readWorked(reader);
        return;
      case "starts":
        return readStartsNow();
      case "branch":
        probedSince ??= now;
        parts.branch = await readBranch(site, branchOf(site.issue.number, generationOf(state())));
        return;
      case "pulls":
        probedSince ??= now;
        parts.pulls = await readCurrentPulls(reader);
        return;
      case "readBack":
        parts.readBack = await readMergeBack(reader, parts.pulls ?? [], input.repository.defaultBranch);
        return;
      case "queue": {
        probedSince ??= now;
        const since = parts.run?.kind === "over" ? parts.run.since : undefined;
        parts.queue = await readQueue(reader, since ?? state()?.raised?.at ?? 0);
        return;
      }
      case "gate":
        return readMergeGate();
      case "opened":
        parts.opened = await readOpened(reader);
        return;
      case "routed":
        probedSince ??= now;
        parts.routed = await readRouted(reader, input.neighbour);
        return;
    }
  }

  const observer: Observer = {
    look,
    listed: () => listed,
    async listComments() {
      if (!listed) await readComments(issue?.comments ?? 0);
      return listed;
    },
    step: () => behind(chain),
    chain: () => chain.value,
    snapshot() {
      if (!issue || issue.isPull) return undefined;
      const view: IssueView = {
        id: site.issue,
        title: issue.title,
        open: issue.state === "open",
        reopened: issue.reopened,
        locked: issue.locked,
        labels: issue.labels,
        text: textDigest(issue.title, issue.body),
      };
      const digest = state()?.open?.digest;
      const alteredAnswers = comments
        ? alteredOf(state()?.answers ?? [], comments.said, comments.whole && !comments.short)
        : [];
      const startedAt = digest === undefined ? undefined : input.startedAt(digest);
      const trial = found ? isTrial(found.config) : input.trial;
      return {
        now,
        settings: input.settings,
        issue: view,
        chain: chain.value,
        entryLabel: entryLabel.known(),
        ...parts,
        ...(trial === undefined ? {} : { trial }),
        ...(slots ? { slots: slots() } : {}),
        ...(alteredAnswers.length > 0 ? { alteredAnswers } : {}),
        probedSince,
        startedAt,
        ...(input.reacted ? { reacted: input.reacted() } : {}),
      };
    },
    async chainMoved() {
      moved = true;
      written = false;
      chain = await readHead();
      await dropOld();
    },
    async commentWritten(id) {
      written = true;
      await addByIds([id]);
      refold();
    },
    verdictShown(shown) {
      parts.verdict = shown;
    },
    labelsSet(add, remove) {
      if (!issue) return;
      const kept = issue.labels.filter((label) => !remove.includes(label));
      issue = { ...issue, labels: [...new Set([...kept, ...add])] };
    },
  };
  return observer;
}

/**
 * I4: a quiet period begins when the ref has moved. Its commit was made before that, by a process that may have been slow;
 * only the first read that shows the head says that it stands.
 */
function knownSince(read: Read<ChainView>, since: ObserverInput["headSince"]): Read<ChainView> {
  const { value, serverTime } = read;
  if (value.kind !== "sound") return read;
  return { ...read, value: { ...value, at: Math.max(value.at, since(value.head, serverTime)) } };
}

/**
 * Reviews are asked for twice in one look, by the probe and by the gate, and the newest commit by whoever reads the
 * configuration and the authority file: one answer serves both.
 */
function onceEach(reads: GitHubReads, base: string): GitHubReads {
  const reviews = new Map<number, ReturnType<GitHubReads["reviews"]>>();
  let newest: ReturnType<GitHubReads["ref"]> | undefined;
  return {
    ...reads,
    ref(name) {
      if (name !== `heads/${base}`) return reads.ref(name);
      newest ??= reads.ref(name);
      return newest;
    },
    reviews(pull) {
      const found = reviews.get(pull) ?? reads.reviews(pull);
      reviews.set(pull, found);
      return found;
    },
  };
}

/** Parts that are about the open edge, and thus about another one after a step. */
const STEP_CHANGES = [
  "run",
  "worked",
  "starts",
  "branch",
  "pulls",
  "readBack",
  "queue",
  "gate",
  "opened",
  "routed",
] as const satisfies readonly Part[];
