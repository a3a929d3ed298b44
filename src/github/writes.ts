/** Every change that Cairn asks of GitHub. Each is one request; what it came to is the caller's to find out. */
import type { Client } from "./client.ts";
import { GitHubError } from "./errors.ts";
import type { CommitInfo, GitHubWrites } from "./ports.ts";
import * as present from "./present.ts";
import { Shape } from "./shape.ts";

export interface Address {
  readonly owner: string;
  readonly repo: string;
}

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

/** Answers that say nothing more than that it is done: any body of the right kind. */
const done = (data: unknown): { readonly ok: true } | undefined =>
  data === undefined || data === "" || typeof data === "object" ? { ok: true } : undefined;

/** `address` is asked anew for each request: repositories are renamed and transferred. */
export function createWrites(client: Client, address: () => Address): GitHubWrites {
  const nothing = async (
    kind: "write" | "content",
    route: string,
    params: Body,
  ): Promise<Awaited<ReturnType<GitHubWrites["closePull"]>>> => {
    const end = await client.send(kind, route, { ...address(), ...params }, done);
    return end.kind === "applied" ? { ...end, value: null } : end;
  };
  return {
    createCommit: ({ message, tree, parents }) =>
      client.send(
        "write",
        "POST /repos/{owner}/{repo}/git/commits",
        { ...address(), message, tree, parents },
        commitIn,
      ),
    createBlob: (content) =>
      client.send(
        "write",
        "POST /repos/{owner}/{repo}/git/blobs",
        { ...address(), content: content.toString("base64"), encoding: "base64" },
        sha,
      ),
    createTree: ({ baseTree, files }) =>
      client.send(
        "write",
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
      client.send("write", "POST /repos/{owner}/{repo}/git/refs", { ...address(), ref, sha: target }, refSha),
    updateRef: (ref, target) =>
      client.send(
        "write",
        "PATCH /repos/{owner}/{repo}/git/refs/{+ref}",
        { ...address(), ref: ref.slice("refs/".length), sha: target, force: false },
        refSha,
      ),
    createComment: (issue_number, text) =>
      client.send(
        "content",
        "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
        { ...address(), issue_number, body: text },
        (data) => {
          const id = body(data)?.id;
          return typeof id === "number" ? { id } : undefined;
        },
      ),
    addLabels: (issue_number, labels) =>
      nothing("write", "POST /repos/{owner}/{repo}/issues/{issue_number}/labels", { issue_number, labels }),
    async removeLabel(issue_number, name) {
      const route = "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}";
      const end = await nothing("write", route, { issue_number, name });
      // Not set is what was asked for.
      if (end.kind === "refused" && end.status === 404) return { kind: "applied", status: 404, value: null };
      return end;
    },
    closeIssue: (issue_number, state_reason) =>
      nothing("write", "PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
        issue_number,
        state: "closed",
        state_reason,
      }),
    dispatchWorkflow: ({ workflowFile, ref, inputs }) =>
      nothing("write", "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
        workflow_id: workflowFile,
        ref,
        inputs,
      }),
    cancelRun: (run_id) =>
      nothing("write", "POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel", { run_id }),
    createPull: (input) =>
      client.send("content", "POST /repos/{owner}/{repo}/pulls", { ...address(), ...input }, (data) => {
        const number = body(data)?.number;
        return typeof number === "number" ? { number } : undefined;
      }),
    closePull: (pull_number) =>
      nothing("write", "PATCH /repos/{owner}/{repo}/pulls/{pull_number}", { pull_number, state: "closed" }),
    requestReviewers: (pull_number, reviewers) =>
      nothing("content", "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", {
        pull_number,
        reviewers,
      }),
    mergePull: ({ number, sha: head, method, title, message }) =>
      client.send(
        "content",
        "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
        {
          ...address(),
          pull_number: number,
          sha: head,
          merge_method: method,
          commit_title: title,
          commit_message: message,
        },
        sha,
      ),
    updatePullBranch: (pull_number, expected_head_sha) =>
      nothing("write", "PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch", {
        pull_number,
        expected_head_sha,
      }),
  };
}
