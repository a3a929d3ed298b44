/** Where people act: the repository of a seed, with GitHub's API, and with their own eyes. */
import type { Sandbox } from "../sandbox/index.ts";
import { nodeId } from "../sandbox/world/ids.ts";
import { entryOf } from "../sandbox/world/merge-queue.ts";
import type { PullRequest } from "../sandbox/world/pull-state.ts";
import type { Issue } from "../sandbox/world/state.ts";
import type { Chance } from "./chance.ts";
import type { Clockwork } from "./clockwork.ts";
import type { Dice } from "./knobs.ts";
import { OWNER, type Person, type Stage } from "./stage.ts";
import type { Telling } from "./telling.ts";

export interface PlaceOptions {
  readonly sandbox: Sandbox;
  readonly stage: Stage;
  readonly clockwork: Clockwork;
  readonly chance: Chance;
  readonly dice: Dice;
  readonly telling: Telling;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A request of a person to the repository: `path` behind `/repos/{owner}/{repo}`. Nobody retries. */
export type Ask = (person: Person, method: string, path: string, body?: unknown) => Promise<Answer>;

export interface Place extends PlaceOptions {
  readonly ask: Ask;
  /** What no API does: `path` behind `/_sandbox`. */
  control(method: string, path: string, body: unknown): Promise<Answer>;
  issueOf(number: number): Issue | undefined;
  /** Pull requests that Cairn opened for an issue. */
  pullsOf(issue: number, state: "open" | "all"): readonly PullRequest[];
  /** Approves what waits for a review, as a reviewer who looks every now and then. */
  review(issue: number): Promise<void>;
  askForChanges(issue: number): Promise<void>;
  /** Changes on the default branch what an open pull request of the issue changes as well. */
  conflict(issue: number): Promise<void>;
  /** Puts the issue's open pull requests into the merge queue of their base, or takes them out. */
  queue(issue: number, wish: "enqueue" | "dequeue"): Promise<void>;
  /** An open pull request of the issue is in the queue of its base. */
  isQueued(issue: number): boolean;
  /** An open pull request of the issue was in the queue of its base once, and is not there now. */
  wasPutOut(issue: number): boolean;
  /** Cairn's check run on its head says that nobody can tell who has pushed: a person merges. */
  isLeftToPeople(pull: PullRequest): boolean;
  /** Cairn's check run on its head says that the base has moved on: somebody merges that into the head. */
  isBehind(pull: PullRequest): boolean;
  /** Sets a label; one that stands there is taken away first. */
  setAnew(issue: number, label: string): Promise<void>;
  unset(issue: number, label: string): Promise<Answer>;
  later(ms: number, run: () => Promise<unknown>): void;
}

export function createPlace(options: PlaceOptions): Place {
  const { sandbox, stage, clockwork, telling } = options;
  const { world } = sandbox;

  async function send(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
  ): Promise<Answer> {
    const sent = Buffer.from(body === undefined ? "" : JSON.stringify(body));
    const { status, body: answer } = await sandbox.handle({ method, url, headers, body: sent });
    const text = answer.toString("utf8");
    const json = text.startsWith("{") || text.startsWith("[");
    return { status, body: json ? (JSON.parse(text) as unknown) : undefined };
  }
  const ask: Ask = async (person, method, path, body) => {
    const headers = { authorization: `token ${stage.tokens[person]}`, "user-agent": person };
    const answer = await send(method, `/repos/${OWNER}/${stage.repository.name}${path}`, headers, body);
    if (method !== "GET") telling.say(person, `${method} ${path} ${answer.status}`);
    return answer;
  };
  const pullsOf: Place["pullsOf"] = (issue, state) =>
    [...world.pulls.values()].filter(
      (pull) =>
        pull.repositoryId === stage.repository.id &&
        pull.headRef.startsWith(`cairn/${issue}-g`) &&
        (state === "all" || world.issues.get(pull.issueId)?.state === "open"),
    );
  const says = (head: string, word: string): boolean =>
    [...world.checkRuns.values()].some(
      (run) => run.headSha === head && run.externalId.startsWith(`${word} `),
    );
  const unset: Place["unset"] = (issue, label) => ask("maya", "DELETE", `/issues/${issue}/labels/${label}`);
  return {
    ...options,
    ask,
    unset,
    async control(method, path, body) {
      const answer = await send(method, `/_sandbox${path}`, {}, body);
      telling.say("somebody", `${method} ${path} ${answer.status}`);
      return answer;
    },
    issueOf: (number) =>
      [...world.issues.values()].find(
        (one) => one.repositoryId === stage.repository.id && one.number === number,
      ),
    pullsOf,
    async review(issue) {
      for (const pull of pullsOf(issue, "open")) {
        const approved = [...world.reviews.values()].some(
          (one) => one.pullId === pull.id && one.state === "APPROVED" && one.commitId === pull.headSha,
        );
        if (!approved) await ask("robin", "POST", `/pulls/${pull.number}/reviews`, { event: "APPROVE" });
      }
    },
    async askForChanges(issue) {
      const review = { event: "REQUEST_CHANGES", body: "Not like this." };
      for (const pull of pullsOf(issue, "open"))
        await ask("robin", "POST", `/pulls/${pull.number}/reviews`, review);
    },
    async conflict(issue) {
      if (pullsOf(issue, "open").length === 0) return;
      const path = `/contents/src/issue-${issue}.js`;
      const { body } = await ask("maya", "GET", path);
      const { sha } = (body ?? {}) as { sha?: string };
      const content = Buffer.from(`// by hand, ${clockwork.now()}\n`).toString("base64");
      await ask("maya", "PUT", path, {
        message: "Meanwhile",
        content,
        ...(sha === undefined ? {} : { sha }),
      });
    },
    isQueued: (issue) => pullsOf(issue, "open").some((pull) => entryOf(world, pull.id) !== undefined),
    isLeftToPeople: ({ headSha }) => says(headSha, "foreign-commits"),
    isBehind: ({ headSha }) => says(headSha, "base-moved"),
    wasPutOut(issue) {
      const was = (pull: PullRequest): boolean =>
        entryOf(world, pull.id) === undefined &&
        [...world.issueEvents.values()].some(
          (one) => one.issueId === pull.issueId && one.event === "removed_from_merge_queue",
        );
      return pullsOf(issue, "open").some(was);
    },
    async queue(issue, wish) {
      const input = wish === "enqueue" ? "pullRequestId" : "id";
      const query = `mutation ($id: ID!) { ${wish}PullRequest(input: { ${input}: $id }) { mergeQueueEntry { id } } }`;
      const headers = { authorization: `token ${stage.tokens.maya}`, "user-agent": "maya" };
      for (const pull of pullsOf(issue, "open")) {
        const variables = { id: nodeId("PR", pull.id) };
        const { body } = await send("POST", "/graphql", headers, { query, variables });
        const [error] = (body as { readonly errors?: readonly { readonly message: string }[] }).errors ?? [];
        telling.say("maya", `${wish} #${pull.number}${error ? `: ${error.message}` : ""}`);
      }
    },
    async setAnew(issue, label) {
      await unset(issue, label);
      await ask("maya", "POST", `/issues/${issue}/labels`, { labels: [label] });
    },
    later(ms, run) {
      clockwork.schedule(ms, () => void run());
    },
  };
}
