/**
 * Pull requests in memory: what GitHub takes and refuses of those that Cairn sends. A second open one for head and base
 * is 422, a merge of another head 409, of a merged one 405, an update from another head 422 (docs/github.md, "Pull
 * requests"; OpenAPI `pulls/update-branch`).
 */
import type { Outcome } from "../../src/github/outcome.ts";
import type { IssueEventInfo, PullInfo, QueuePlace, ReviewInfo } from "../../src/github/ports.ts";
import type { Git } from "./git.ts";
import { done, refused } from "./wire.ts";

export type MutablePull = { -readonly [K in keyof PullInfo]: PullInfo[K] };

export interface Pulls {
  readonly all: Map<number, MutablePull>;
  readonly reviews: Map<number, ReviewInfo[]>;
  readonly events: Map<number, IssueEventInfo[]>;
  /** As it was asked for, with what GitHub adds; `fields` for what others have made of it. */
  open(
    input: { title: string; body: string; head: string; base: string; draft?: true },
    fields?: Partial<PullInfo>,
  ): Outcome<{ readonly number: number }>;
  close(number: number): Outcome<null>;
  /** By a person, unless an app is named. */
  request(number: number, logins: readonly string[], appId?: number): Outcome<null>;
  merge(number: number, sha: string, message: string): Outcome<{ readonly sha: string }>;
  update(number: number, expected: string): Outcome<null>;
  /** Where each stands in the merge queue, whose only entry it is. */
  readonly places: Map<number, QueuePlace>;
  /** `by`: the account's id. */
  enqueue(nodeId: string, head: string, by: number): Outcome<null>;
  dequeue(nodeId: string): Outcome<null>;
}

export function createPulls(git: Git, repository: number): Pulls {
  const all = new Map<number, MutablePull>();
  const events: Pulls["events"] = new Map();
  const places: Pulls["places"] = new Map();
  const missing = refused("Not Found", 404);
  const byNodeId = (nodeId: string) => [...all.values()].find((pull) => pull.nodeId === nodeId);
  const placeOf = (number: number): QueuePlace => places.get(number) ?? { position: null, history: [] };
  const head = (branch: string): string => git.refs.get(`refs/heads/${branch}`) ?? "";
  return {
    all,
    reviews: new Map(),
    events,
    places,
    enqueue(nodeId, head, by) {
      const pull = byNodeId(nodeId);
      if (!pull) return missing;
      if (pull.headSha !== head) return refused("Head branch was modified. Review and try the merge again.");
      const { history } = placeOf(pull.number);
      places.set(pull.number, {
        position: 1,
        history: [...history, { kind: "added", at: 0, by, reason: null }],
      });
      return done(null);
    },
    dequeue(nodeId) {
      const pull = byNodeId(nodeId);
      if (!pull) return missing;
      const { history } = placeOf(pull.number);
      places.set(pull.number, {
        position: null,
        history: [...history, { kind: "removed", at: 0, by: null, reason: "manual" }],
      });
      return done(null);
    },
    open({ title, body, head: headRef, base: baseRef, draft = false }, fields = {}) {
      const second = [...all.values()].some(
        (pull) => pull.headRef === headRef && pull.baseRef === baseRef && pull.state === "open",
      );
      if (second && fields.state !== "closed")
        return refused(`A pull request already exists for acme:${headRef}.`);
      const number = 41 + all.size;
      all.set(number, {
        number,
        nodeId: `PR_${number}`,
        state: "open",
        draft,
        merged: false,
        mergeable: null,
        mergeableState: null,
        mergeCommitSha: null,
        title,
        body,
        author: { id: 500, login: "cairn[bot]", type: "Bot" },
        headRef,
        headSha: head(headRef),
        headRepositoryId: repository,
        baseRef,
        baseSha: head(baseRef),
        requestedReviewers: [],
        labels: [],
        changedFiles: null,
        comments: null,
        mergedAt: null,
        closedAt: null,
        createdAt: 0,
        ...fields,
      });
      return done({ number });
    },
    close(number) {
      const pull = all.get(number);
      if (!pull) return missing;
      pull.state = "closed";
      return done(null);
    },
    request(number, logins, appId) {
      const pull = all.get(number);
      if (!pull) return missing;
      const before = events.get(number) ?? [];
      const asked = logins.map((reviewer, index) => ({
        id: before.length + index,
        event: "review_requested",
        actor: null,
        appId: appId ?? null,
        label: null,
        reviewer,
        title: null,
        createdAt: 0,
      }));
      events.set(number, [...before, ...asked]);
      pull.requestedReviewers = [...new Set([...pull.requestedReviewers, ...logins])];
      return done(null);
    },
    merge(number, sha, message) {
      const pull = all.get(number);
      if (!pull) return missing;
      if (pull.state === "closed") return refused("Pull Request is not mergeable", 405);
      if (pull.headSha !== sha) {
        return refused("Head branch was modified. Review and try the merge again.", 409);
      }
      const commit = git.commit(message, [pull.baseSha, sha], { verified: true });
      Object.assign(pull, { state: "closed", merged: true, mergeCommitSha: commit.sha });
      return done({ sha: commit.sha });
    },
    update(number, expected) {
      const pull = all.get(number);
      if (!pull) return missing;
      if (pull.headSha !== expected) return refused("expected head sha didn’t match current head ref.");
      pull.headSha = git.commit("Merge branch 'main'", [expected, pull.baseSha], { verified: true }).sha;
      return done(null);
    },
  };
}
