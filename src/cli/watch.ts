/** What a watcher of the sandbox sees of an issue, step by step: for displays and for the summary. Decides nothing. */

import type { ChainState } from "../core/chain.ts";
import type { ChainRecord } from "../core/commit-message.ts";
import { decodeRecord, titleOf } from "../core/commit-message.ts";
import { decodeMarker } from "../core/marker.ts";
import { signOf } from "../core/status-sign.ts";
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

export interface Watcher {
  /** Tells of what has changed since the last look. */
  look(): Promise<readonly WatchEvent[]>;
  /** `undefined`: still under way. */
  ended(issue: number): Promise<"done" | "hold" | undefined>;
  summary(issue: number, share: "all" | "own"): Promise<IssueSummary>;
  /** Chain of an issue, oldest first. */
  chain(issue: number): Promise<readonly ChainRecord[]>;
}

export function createWatcher(stage: Stage, issues: readonly number[]): Watcher {
  const { sandbox, repository } = stage;
  const { world } = sandbox;
  const told = new Set<string>();
  const store = sandbox.services.stores.get(repository.id);

  async function chain(issue: number): Promise<readonly ChainRecord[]> {
    const head = repository.refs.get(`refs/cairn/${issue}`);
    if (head === undefined || !store) return [];
    const commits = await store.log(head, { limit: 200 });
    return [...commits].reverse().flatMap((commit) => {
      const decoded = decodeRecord(commit.message);
      return decoded.kind === "record" ? [decoded.record] : [];
    });
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

  return {
    chain,
    async look() {
      const events: WatchEvent[] = [];
      for (const issue of issues) await lookAt(issue, events);
      return events;
    },
    async ended(issue) {
      const labels = labelsOf(issue);
      const closed = issueByNumber(world, repository.id, issue)?.state === "closed";
      if (closed && labels.includes("cairn:done") && pullsOf(issue).some((pull) => pull.merged))
        return "done";
      const held = (await state(issue))?.hold !== null;
      return labels.includes("cairn:hold") && held ? "hold" : undefined;
    },
    async summary(issue, share) {
      const last = await state(issue);
      const pulls = pullsOf(issue);
      const pull = pulls.find((one) => one.merged) ?? pulls.at(-1);
      const shown = labelsOf(issue).find((label) => label.startsWith("cairn:"));
      const filter =
        share === "all" ? () => true : (agent: string) => agent.includes(`issue=${repository.id}/${issue})`);
      const edge = last?.open?.edge ?? (pull?.merged ? "merge" : "implement");
      return {
        number: issue,
        state: shown?.slice("cairn:".length) ?? "idle",
        reason: last?.hold?.reason ?? null,
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
