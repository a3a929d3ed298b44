/** A repository whose main branch has a merge queue, with pull requests to put into it. */
import { expect } from "vitest";
import type { Call } from "../fixture.ts";
import { type Hearing, hearing } from "../hearing.ts";
import { data, TOOLS } from "./ask.ts";

export interface QueueScene extends Omit<Hearing, "app"> {
  readonly maya: Call;
  readonly rui: Call;
  readonly app: Call;
  /** A branch with one file of this name, as a pull request of the app into main. */
  open(file: string, content?: string): Promise<Opened>;
  /** Sets a status on a commit. */
  status(sha: string, state: string, context?: string): Promise<void>;
  /** The queue as GraphQL shows it, once nothing is under way. */
  queue(by?: Call): Promise<readonly Entry[]>;
  mainSha(): Promise<string>;
}

export interface Opened {
  readonly number: number;
  readonly id: string;
  readonly ref: string;
  readonly sha: string;
}

export interface Entry {
  readonly position: number;
  readonly state: string;
  readonly headCommit: {
    readonly oid: string;
    readonly parents: { readonly nodes: readonly { readonly oid: string }[] };
  } | null;
  readonly baseCommit: { readonly oid: string } | null;
  readonly enqueuer: { readonly login: string };
  readonly pullRequest: { readonly number: number };
}

export const QUEUE_PARAMETERS = {
  check_response_timeout_minutes: 10,
  grouping_strategy: "ALLGREEN",
  max_entries_to_build: 5,
  max_entries_to_merge: 5,
  merge_method: "MERGE",
  min_entries_to_merge: 1,
  min_entries_to_merge_wait_minutes: 5,
};

const QUEUE = `{ repository${TOOLS} { mergeQueue { entries(first: 20) { nodes { position state enqueuer { login }
  headCommit { oid parents(first: 2) { nodes { oid } } } baseCommit { oid } pullRequest { number } } } } } }`;

export const ENQUEUE = `mutation ($id: ID!, $head: GitObjectID, $jump: Boolean) {
  enqueuePullRequest(input: { pullRequestId: $id, expectedHeadOid: $head, jump: $jump, clientMutationId: "c" }) {
    clientMutationId mergeQueueEntry { id position state jump solo enqueuer { login } headCommit { oid } pullRequest { number isInMergeQueue } } } }`;

export const DEQUEUE = `mutation ($id: ID!) {
  dequeuePullRequest(input: { id: $id }) { mergeQueueEntry { position pullRequest { number isInMergeQueue } } } }`;

/** A ruleset that gives the default branch a merge queue. */
export const queueRuleset = (
  parameters: Partial<typeof QUEUE_PARAMETERS> = {},
  rules: readonly object[] = [],
) => ({
  name: "queue",
  enforcement: "active",
  conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
  rules: [{ type: "merge_queue", parameters: { ...QUEUE_PARAMETERS, ...parameters } }, ...rules],
});

/** `rules`: further ones of the same ruleset; by default the check `ci` is required. */
export async function queueScene(
  parameters: Partial<typeof QUEUE_PARAMETERS> = {},
  rules: readonly object[] = [required("ci")],
): Promise<QueueScene> {
  const fixture = await hearing("merge_group");
  fixture.installation.permissions = { ...fixture.installation.permissions, merge_queues: "read" };
  const maya = fixture.as(fixture.tokens.maintainer);
  const app = fixture.as(await fixture.installationToken());
  const made = await maya("POST", "~/rulesets", queueRuleset(parameters, rules));
  expect(made.status).toBe(201);
  const mainSha = async (): Promise<string> => (await maya("GET", "~/git/ref/heads/main")).body.object.sha;
  const status: QueueScene["status"] = async (sha, state, context = "ci") =>
    void expect((await app("POST", `~/statuses/${sha}`, { state, context })).status).toBe(201);
  let counter = 0;
  return {
    ...fixture,
    maya,
    app,
    rui: fixture.as(fixture.tokens.reviewer),
    mainSha,
    status,
    async open(file, content = file) {
      counter += 1;
      const ref = `work-${counter}`;
      await app("POST", "~/git/refs", { ref: `refs/heads/${ref}`, sha: await mainSha() });
      const given = {
        message: `adds ${file}`,
        content: Buffer.from(content).toString("base64"),
        branch: ref,
      };
      const { sha } = (await app("PUT", `~/contents/${file}`, given)).body.commit;
      const pull = await app("POST", "~/pulls", { title: file, head: ref, base: "main" });
      expect(pull.status).toBe(201);
      await status(sha, "success");
      return { number: pull.body.number, id: pull.body.node_id, ref, sha };
    },
    async queue(by = maya) {
      await fixture.sandbox.waitIdle();
      return (await data(by, QUEUE)).repository.mergeQueue.entries.nodes;
    },
  };
}

export const required = (...contexts: readonly string[]) => ({
  type: "required_status_checks",
  parameters: {
    strict_required_status_checks_policy: true,
    required_status_checks: contexts.map((context) => ({ context })),
  },
});
