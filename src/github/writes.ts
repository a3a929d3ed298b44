/** Every change that Cairn asks of GitHub. Each is one request; what it came to is the caller's to find out. */
import type { Address } from "./address.ts";
import type { Client, Reader, WriteKind } from "./client.ts";
import { GitHubError } from "./errors.ts";
import { dequeue, enqueue } from "./merge-queue.ts";
import type { Outcome } from "./outcome.ts";
import type { CheckContent, CommitInfo, GitHubWrites } from "./ports.ts";
import * as present from "./present.ts";
import { pathOf, Shape } from "./shape.ts";

type Body = Readonly<Record<string, unknown>>;

const body = (data: unknown): Body | undefined =>
  typeof data === "object" && data !== null ? (data as Body) : undefined;

const sha = (data: unknown): { readonly sha: string } | undefined => {
  const value = body(data)?.sha;
  return typeof value === "string" ? { sha: value } : undefined;
};

const refSha = (data: unknown): { readonly sha: string } | undefined => sha(body(data)?.object);

/** The whole commit, as GitHub has made and signed it: it never changes, so it need not be read again. */
const commitIn = (data: unknown): CommitInfo | undefined => {
  try {
    return present.commit(new Shape("POST git/commits", data));
  } catch (error) {
    if (error instanceof GitHubError) return undefined;
    throw error;
  }
};

type Done = { readonly ok: true };

/** Done if the answer says so. An answer that says less leaves open what became of the request. */
const done =
  (says: (data: unknown, status: number) => boolean): Reader<Done> =>
  (data, status) =>
    says(data, status) ? { ok: true } : undefined;

const idIn: Reader<{ readonly id: number }> = (data) => {
  const id = body(data)?.id;
  return typeof id === "number" ? { id } : undefined;
};

const numberIn: Reader<{ readonly number: number }> = (data) => {
  const number = body(data)?.number;
  return typeof number === "number" ? { number } : undefined;
};

const isComment = done((data) => idIn(data, 200) !== undefined);
const isDeleted = done((_, status) => status === 204);
const isClosed = done((data) => body(data)?.state === "closed");
const isList = done((data) => Array.isArray(data));
const isPull = done((data) => typeof body(data)?.number === "number");
const isReaction = done((data) => typeof body(data)?.content === "string");
/** 202 with an object: GitHub has taken it on. */
const isTaken = done((data, status) => status === 202 && body(data) !== undefined);
/** 204 on older servers and API versions, 200 with the run's id on newer ones. */
const isDispatched = done(
  (data, status) => status === 204 || typeof body(data)?.workflow_run_id === "number",
);

/** A conclusion completes a check run by itself. */
const checkOf = ({ conclusion, title, summary, externalId }: CheckContent): Body => ({
  ...(conclusion === null ? { status: "in_progress" } : { status: "completed", conclusion }),
  external_id: externalId,
  output: { title, summary },
});

const mergedSha: Reader<{ readonly sha: string }> = (data) =>
  body(data)?.merged === true ? sha(data) : undefined;

/** `address` is asked anew for each request: repositories are renamed and transferred. */
export function createWrites(client: Client, address: () => Address): GitHubWrites {
  const change = async (
    kind: WriteKind,
    route: string,
    params: Body,
    read: Reader<Done>,
  ): Promise<Outcome<null>> => {
    const end = await client.send(kind, route, { ...address(), ...params }, read);
    return end.kind === "applied" ? { ...end, value: null } : end;
  };
  /** Something that only shows a state is taken away: where it is not, that is what was asked for. */
  const gone = async (route: string, params: Body, read: Reader<Done>): Promise<Outcome<null>> => {
    const end = await change("prose", route, params, read);
    if (end.kind === "refused" && end.status === 404) return { kind: "applied", status: 404, value: null };
    return end;
  };
  const comment = (kind: WriteKind, issue_number: number, text: string) =>
    client.send(
      kind,
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      { ...address(), issue_number, body: text },
      idIn,
    );
  return {
    createCommit: ({ message, tree, parents }) =>
      client.send(
        "atomic",
        "POST /repos/{owner}/{repo}/git/commits",
        { ...address(), message, tree, parents },
        commitIn,
      ),
    createBlob: (content) =>
      client.send(
        "atomic",
        "POST /repos/{owner}/{repo}/git/blobs",
        { ...address(), content: content.toString("base64"), encoding: "base64" },
        sha,
      ),
    createTree: ({ baseTree, files }) =>
      client.send(
        "atomic",
        "POST /repos/{owner}/{repo}/git/trees",
        {
          ...address(),
          base_tree: baseTree,
          tree: files.map(({ path, mode, content, blob }) => ({
            path,
            mode,
            type: "blob",
            ...(content === undefined ? { sha: blob ?? null } : { content }),
          })),
        },
        sha,
      ),
    createRef: (ref, target) =>
      client.send(
        // A branch is an effect of its own; elsewhere the ref decides a race, however late it is asked.
        ref.startsWith("refs/heads/") ? "write" : "atomic",
        "POST /repos/{owner}/{repo}/git/refs",
        { ...address(), ref, sha: target },
        refSha,
      ),
    updateRef: (ref, target) =>
      client.send(
        "atomic",
        "PATCH /repos/{owner}/{repo}/git/refs/{+ref}",
        { ...address(), ref: pathOf(ref.slice("refs/".length)), sha: target, force: false },
        refSha,
      ),
    createComment: (issue, text) => comment("marker", issue, text),
    createShownComment: (issue, text) => comment("shown", issue, text),
    editComment: (comment_id, text) =>
      change(
        "prose",
        "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
        { comment_id, body: text },
        isComment,
      ),
    deleteComment: (comment_id) =>
      gone("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { comment_id }, isDeleted),
    addReaction: (comment_id, content) =>
      change(
        "prose",
        "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
        { comment_id, content },
        isReaction,
      ),
    addLabels: (issue_number, labels) =>
      change(
        "prose",
        "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
        { issue_number, labels },
        isList,
      ),
    removeLabel: (issue_number, name) =>
      gone(
        "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
        { issue_number, name },
        isList,
      ),
    createCheck: ({ name, head, ...content }) =>
      client.send(
        "prose",
        "POST /repos/{owner}/{repo}/check-runs",
        { ...address(), name, head_sha: head, ...checkOf(content) },
        idIn,
      ),
    updateCheck: (check_run_id, content) =>
      client.send(
        "prose",
        "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
        { ...address(), check_run_id, ...checkOf(content) },
        idIn,
      ),
    closeIssue: (issue_number, state_reason) =>
      change(
        "prose",
        "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
        { issue_number, state: "closed", state_reason },
        isClosed,
      ),
    dispatchWorkflow: ({ workflowFile, ref, inputs }) =>
      change(
        "write",
        "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
        { workflow_id: workflowFile, ref, inputs },
        isDispatched,
      ),
    cancelRun: (run_id) =>
      change("write", "POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel", { run_id }, isTaken),
    createPull: (input) =>
      client.send("content", "POST /repos/{owner}/{repo}/pulls", { ...address(), ...input }, numberIn),
    editPull: (pull_number, text) =>
      change("write", "PATCH /repos/{owner}/{repo}/pulls/{pull_number}", { pull_number, body: text }, isPull),
    closePull: (pull_number) =>
      change(
        "write",
        "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
        { pull_number, state: "closed" },
        isClosed,
      ),
    requestReviewers: (pull_number, reviewers) =>
      change(
        "content",
        "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
        { pull_number, reviewers },
        isPull,
      ),
    createReview: ({ pull: pull_number, head: commit_id, body: text }) =>
      client.send(
        "content",
        "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
        { ...address(), pull_number, commit_id, body: text, event: "COMMENT" },
        idIn,
      ),
    enqueuePull: (nodeId, head) => enqueue(client, nodeId, head),
    dequeuePull: (nodeId) => dequeue(client, nodeId),
    mergePull: ({ number, sha: head, method, title, message }) =>
      client.send(
        "content",
        "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
        {
          ...address(),
          pull_number: number,
          sha: head,
          merge_method: method,
          ...(method === "rebase" ? {} : { commit_title: title, commit_message: message }),
        },
        mergedSha,
      ),
    createIssue: ({ title, body: text }) =>
      client.send(
        "content",
        "POST /repos/{owner}/{repo}/issues",
        { ...address(), title, body: text },
        numberIn,
      ),
    updatePullBranch: (pull_number, expected_head_sha) =>
      change(
        "write",
        "PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch",
        { pull_number, expected_head_sha },
        isTaken,
      ),
  };
}
