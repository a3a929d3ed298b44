/** What a watcher of the sandbox sees of an issue, step by step: for displays and for the summary. Decides nothing. */

import type { ChainState } from "../core/chain.ts";
import type { ChainRecord } from "../core/commit-message.ts";
import { decodeRecord, titleOf } from "../core/commit-message.ts";
import { decodeMarker } from "../core/marker.ts";
import { SHOWN_LABELS, showsState } from "../core/states.ts";
import { signOf } from "../core/status-sign.ts";
import { blockersNamed } from "../policy/blockers.ts";
import { costOf } from "../sandbox/request-log.ts";
import { commentsOf, findUser, issueByNumber } from "../sandbox/world/find.ts";
import type { PullRequest } from "../sandbox/world/pull-state.ts";
import type { Stage } from "./stage.ts";

export interface WatchEvent {
  readonly issue: number;
  /** `chain`, `marker`, `run`, `job`, `pull`, `review`, `check`, `label`, `issue`. */
  readonly event: string;
  readonly text: string;
}

export interface IssueSummary {
  readonly number: number;
  readonly state: string;
  readonly reason: string | null;
  readonly generation: number;
  readonly attempt: number;
  readonly pull: number | null;
  readonly headSha: string | null;
  readonly mergeSha: string | null;
  readonly cost: ReturnType<typeof costOf>;
}

/** `hold`: people are asked. `blocked`: it waits for an issue that has ended, and is not done. */
export type IssueEnd = "done" | "hold" | "blocked";

export interface Watcher {
  /** Tells of what has changed since the last look. */
  look(): Promise<readonly WatchEvent[]>;
  /** `undefined`: still under way. */
  ended(issue: number): Promise<IssueEnd | undefined>;
  summary(issue: number, share: "all" | "own"): Promise<IssueSummary>;
  /** Chain of an issue, oldest first. */
  chain(issue: number): Promise<readonly ChainRecord[]>;
}

export function createWatcher(
  stage: Pick<Stage, "sandbox" | "repository" | "name" | "entryLabel">,
  issues: readonly number[],
): Watcher {
  const { sandbox, repository, entryLabel } = stage;
  const { world } = sandbox;
  const told = new Set<string>();
  const store = sandbox.services.stores.get(repository.id);

  /** By issue, with the head that they were read at: a chain only moves forward. */
  const chains = new Map<number, { readonly head: string; readonly records: readonly ChainRecord[] }>();

  async function chain(issue: number): Promise<readonly ChainRecord[]> {
    const head = repository.refs.get(`refs/cairn/${issue}`);
    if (head === undefined || !store) return [];
    const known = chains.get(issue);
    if (known?.head === head) return known.records;
    const commits = await store.log(head, { limit: 200 });
    const records = [...commits].reverse().flatMap((commit) => {
      const decoded = decodeRecord(commit.message);
      return decoded.kind === "record" ? [decoded.record] : [];
    });
    chains.set(issue, { head, records });
    return records;
  }

  const state = async (issue: number): Promise<ChainState | undefined> => (await chain(issue)).at(-1)?.state;

  const pullsOf = (issue: number): PullRequest[] =>
    [...world.pulls.values()].filter(
      (pull) => pull.repositoryId === repository.id && pull.headRef.startsWith(`cairn/${issue}-g`),
    );

  const labelsOf = (issue: number): readonly string[] => {
    const found = issueByNumber(world, repository.id, issue);
    return (found?.labelIds ?? []).flatMap((id) => repository.labels.get(id)?.name ?? []);
  };

  function once(events: WatchEvent[], issue: number, event: string, key: string, text: string): void {
    const name = `${issue} ${event} ${key}`;
    if (told.has(name)) return;
    told.add(name);
    events.push({ issue, event, text });
  }

  async function lookAt(issue: number, events: WatchEvent[]): Promise<void> {
    for (const record of await chain(issue)) {
      once(events, issue, "chain", String(record.state.seq), titleOf(record.steps));
    }
    const found = issueByNumber(world, repository.id, issue);
    for (const comment of found ? commentsOf(world, found.id) : []) {
      const decoded = decodeMarker(comment.body);
      const other = signOf(comment.body) ? "the status comment" : "a comment";
      const words = decoded.kind === "marker" ? `${decoded.marker.type} marker is visible` : other;
      once(
        events,
        issue,
        "marker",
        String(comment.id),
        `${words}: ${comment.body.split("\n")[0]?.slice(0, 140)}`,
      );
    }
    for (const run of world.runs.values()) {
      const own = run.repositoryId === repository.id && run.displayTitle.startsWith(`cairn #${issue} `);
      const ci = pullsOf(issue).some((pull) => pull.headSha === run.headSha) && run.event === "pull_request";
      if (!own && !ci) continue;
      const name = own ? "workflow" : `CI '${run.workflowName}'`;
      once(
        events,
        issue,
        "run",
        `${run.id}/${run.attempt}`,
        `${name} started, run ${run.id} attempt ${run.attempt}`,
      );
      for (const job of run.jobs) {
        if (job.status === "in_progress")
          once(events, issue, "job", `${job.id} start`, `job ${job.name} is running`);
        if (job.status === "completed" && job.conclusion !== "skipped") {
          once(events, issue, "job", `${job.id} end`, `job ${job.name}: ${job.conclusion}`);
        }
      }
      if (run.startupError) once(events, issue, "run", `${run.id} failed`, run.startupError);
    }
    lookAtPulls(issue, events);
    for (const label of labelsOf(issue)) once(events, issue, "label", label, `label ${label}`);
    if (found?.state === "closed") once(events, issue, "issue", "closed", "the issue is closed");
  }

  function lookAtPulls(issue: number, events: WatchEvent[]): void {
    for (const pull of pullsOf(issue)) {
      const number = `#${pull.number}`;
      once(events, issue, "pull", `${number} opened`, `pull request ${number} from ${pull.headRef}`);
      for (const id of pull.requestedReviewerIds) {
        once(
          events,
          issue,
          "review",
          `${number} asked ${id}`,
          `@${findUser(world, id).login} is asked for a review`,
        );
      }
      for (const review of world.reviews.values()) {
        if (review.pullId !== pull.id) continue;
        const by = findUser(world, review.authorId).login;
        once(
          events,
          issue,
          "review",
          String(review.id),
          `@${by}: ${review.state.toLowerCase()} at ${review.commitId.slice(0, 12)}`,
        );
      }
      if (pull.merged)
        once(events, issue, "pull", `${number} merged`, `${number} is merged as ${pull.mergeCommitSha}`);
    }
  }

  /** `asking`: issues on the way here, as texts may name each other in a circle. */
  async function ended(issue: number, asking: readonly number[] = []): Promise<IssueEnd | undefined> {
    const labels = labelsOf(issue);
    // A label is set before the one of the state before it is taken away.
    if (labels.filter((label) => label !== entryLabel && SHOWN_LABELS.includes(label)).length > 1)
      return undefined;
    const found = issueByNumber(world, repository.id, issue);
    // A try is closed where others are merged.
    const left = pullsOf(issue).every((pull) => world.issues.get(pull.issueId)?.state === "closed");
    if (found?.state === "closed" && labels.includes("cairn:done") && left) return "done";
    const last = await state(issue);
    if (labels.includes("cairn:hold"))
      return last && (last.hold !== null || last.questions.length > 0) ? "hold" : undefined;
    if (!labels.includes(entryLabel) || last?.open) return undefined;
    for (const blocker of blockersOf(issue)) {
      const isOut = blocker === "out of sight" || asking.includes(blocker);
      const end = isOut ? "blocked" : await ended(blocker, [...asking, issue]);
      if (end === "hold" || end === "blocked") return "blocked";
    }
    return undefined;
  }

  /** What it depends on and is not closed: GitHub's own list, and what its text names. */
  function blockersOf(issue: number): readonly (number | "out of sight")[] {
    const found = issueByNumber(world, repository.id, issue);
    const listed = (found?.blockedByIds ?? []).flatMap((id) => world.issues.get(id)?.number ?? []);
    const named = blockersNamed(found?.body ?? "", stage.name).flatMap((one) => {
      if (one.number === issue && one.repository === undefined) return [];
      const isHere = one.repository === undefined && issueByNumber(world, repository.id, one.number);
      return isHere ? one.number : ("out of sight" as const);
    });
    const isOpen = (one: number | "out of sight"): boolean =>
      one === "out of sight" || issueByNumber(world, repository.id, one)?.state === "open";
    return [...new Set([...listed, ...named])].filter(isOpen);
  }

  return {
    chain,
    async look() {
      const events: WatchEvent[] = [];
      for (const issue of issues) await lookAt(issue, events);
      return events;
    },
    ended: (issue) => ended(issue),
    async summary(issue, share) {
      const last = await state(issue);
      const pulls = pullsOf(issue);
      const pull = pulls.find((one) => one.merged) ?? pulls.at(-1);
      const labels = labelsOf(issue).filter((label) => showsState(label, entryLabel));
      // The label by which somebody asked stays until that is obeyed, beside the one of the state.
      const shown = labels.find((label) => label !== entryLabel) ?? labels[0];
      const asks = last?.hold === null && last.questions.length > 0 && shown === "cairn:hold";
      const filter =
        share === "all" ? () => true : (agent: string) => agent.includes(`issue=${repository.id}/${issue})`);
      const edge = last?.open?.edge ?? (pull?.merged ? "merge" : "implement");
      return {
        number: issue,
        state: shown === entryLabel ? "ready" : (shown?.slice("cairn:".length) ?? "idle"),
        reason: last?.hold?.reason ?? (asks ? "text-lacks" : null),
        generation: last?.generation ?? 0,
        attempt: last?.attempts[edge].last ?? 0,
        pull: pull?.number ?? null,
        headSha: pull?.headSha ?? null,
        mergeSha: pull?.merged ? pull.mergeCommitSha : null,
        cost: costOf(sandbox.requestLog.filter((entry) => filter(entry.userAgent))),
      };
    },
  };
}
