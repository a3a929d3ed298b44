/** What the sandbox itself shows of the past: when refs moved, and what comments said at each time. */
import type { Sandbox } from "../sandbox/index.ts";
import type { Landed } from "../sandbox/log.ts";

export interface RefMoved {
  readonly at: number;
  readonly repositoryId: number;
  readonly ref: string;
  readonly after: string | null;
  /** A person moved it. */
  readonly byPerson: boolean;
}

/** One state of a comment; `body` `null`: it is gone. */
export interface CommentState {
  readonly at: number;
  readonly id: number;
  readonly issueId: number;
  /** Where the issue was then; `undefined`: it was gone. A transfer gives it another place and another id. */
  readonly place: { readonly repositoryId: number; readonly number: number } | undefined;
  readonly authorId: number;
  readonly viaAppId: number | null;
  readonly body: string | null;
}

/** A triage command that was asked. */
export interface Triaged {
  /** `id/attempt` */
  readonly run: string;
  readonly issue: number;
  readonly text: string;
  readonly verdict: string;
}

export interface History {
  readonly refs: readonly RefMoved[];
  readonly comments: readonly CommentState[];
  /**
   * What landed, in the order of time. Of agents it counts those that began to work: the sandbox's own log tells of
   * jobs, and a job that is run again looks whether it may before it starts one.
   */
  landed(): readonly Landed[];
  agentBegins(key: string, process: string): void;
  /** Runs whose agent began, as `id/attempt`. */
  readonly agentRuns: readonly string[];
  /** `text`: as the triage command got it. */
  triages(process: string, issue: number, text: string, verdict: string): void;
  readonly triaged: readonly Triaged[];
  /** `process`: as the telling names it, its run at the end. */
  checkPassed(process: string): void;
  /** Runs in which the repository's own check said yes, as `id/attempt`. */
  readonly passed: ReadonlySet<string>;
  checkRefused(process: string, tree: string): void;
  /** The tree to which the repository's own check said no, by run, as `id/attempt`. */
  readonly refused: ReadonlyMap<string, string>;
  /** Grows with whatever changes. */
  version(): number;
}

export function watchHistory(sandbox: Sandbox): History {
  const { world, clock, services } = sandbox;
  const refs: RefMoved[] = [];
  const comments: CommentState[] = [];
  services.hooks.refMoved.push(({ repositoryId, ref, after }, { actor }) => {
    refs.push({ at: clock.now(), repositoryId, ref, after, byPerson: actor.kind === "user" });
  });
  const original = world.comments;
  const { set, delete: remove } = Map.prototype;
  const placeOf = (issueId: number): CommentState["place"] => {
    const issue = world.issues.get(issueId);
    return issue && { repositoryId: issue.repositoryId, number: issue.number };
  };
  original.set = function kept(id, comment) {
    const { issueId, authorId, viaAppId, body } = comment;
    comments.push({ at: clock.now(), id, issueId, place: placeOf(issueId), authorId, viaAppId, body });
    return set.call(original, id, comment) as typeof original;
  };
  original.delete = function kept(id) {
    const comment = original.get(id);
    if (comment) comments.push({ ...comment, at: clock.now(), place: placeOf(comment.issueId), body: null });
    return remove.call(original, id) as boolean;
  };
  const agents: Landed[] = [];
  const passed = new Set<string>();
  const refused = new Map<string, string>();
  const agentRuns: string[] = [];
  const triaged: Triaged[] = [];
  const runOf = (process: string): string => /\d+\/\d+$/.exec(process)?.[0] ?? process;
  const actor = { login: "github-actions[bot]", kind: "job" } as const;
  return {
    refs,
    comments,
    passed,
    refused,
    agentRuns,
    triaged,
    triages: (process, issue, text, verdict) =>
      void triaged.push({ run: runOf(process), issue, text, verdict }),
    checkPassed: (process) => void passed.add(runOf(process)),
    checkRefused: (process, tree) => void refused.set(runOf(process), tree),
    landed: () =>
      [...sandbox.landed.filter((one) => one.kind !== "agent.run"), ...agents].sort((a, b) => a.at - b.at),
    agentBegins(key, process) {
      agentRuns.push(runOf(process));
      const repositoryId = refs.find((one) => one.ref.startsWith("refs/cairn/"))?.repositoryId ?? 0;
      agents.push({
        at: clock.now(),
        kind: "agent.run",
        key,
        repository: "",
        repositoryId,
        actor,
        requestId: "",
      });
    },
    version: () => refs.length + comments.length + agents.length + sandbox.landed.length,
  };
}
