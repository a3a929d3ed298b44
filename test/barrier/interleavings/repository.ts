/**
 * Refs, commits and comments of one repository in memory, for many who ask at once: each request travels and each
 * answer travels back for as long as `turn` says. Refs are compared and set as GitHub does it, out of its OpenAPI
 * description (`git/create-ref`, `git/update-ref`) and its words: 422 for a ref that exists (at the same commit
 * too), for an update that is no fast forward, and for an object that is not there.
 */
import { createHash } from "node:crypto";
import { createCommitCache, emailOf, type Identity, refOf, type Site } from "../../../src/barrier/index.ts";
import type { Outcome, Refused } from "../../../src/github/outcome.ts";
import type {
  CommentInfo,
  CommitInfo,
  GitHubReads,
  GitHubWrites,
  Read,
  Sha,
} from "../../../src/github/ports.ts";

/** What becomes of one write: done and answered; done, or not, or late, and the answer lost. */
export type Fault = "none" | "lost-applied" | "lost-unapplied" | "lost-late";

/** Resolves when this request, or this answer, has arrived. */
export type Turn = (what: string) => Promise<void>;

export const app: Identity = { appId: 99, botId: 500, botLogin: "cairn[bot]" };
const issue = { repository: 7, number: 12 };

export interface Repository {
  readonly issue: typeof issue;
  /** A site of somebody who asks; `faults` are those of its writes, one after the other. `stale`: of its reads of the ref. */
  site(who: string, turn: Turn, faults?: readonly Fault[], stale?: readonly boolean[]): ObservedSite;
  addComment(id: number, body: string): void;
  /** Commits from the first to the head. */
  history(): readonly CommitInfo[];
}

export interface ObservedSite extends Site {
  /** Commits that were made for this site, whether it learned of them or not. */
  readonly commitsMade: Set<Sha>;
}

const refused = (message: string): Refused => ({
  kind: "refused",
  status: 422,
  reason: "invalid",
  message,
  errors: [],
});

export function createRepository(): Repository {
  const commits = new Map<Sha, CommitInfo>();
  const comments = new Map<number, CommentInfo>();
  const refs = new Map<string, Sha>();
  /** What the ref was before: a replica that lags answers so. */
  const before = new Map<string, Sha | undefined>();
  let now = 0;

  const read = <T>(value: T | undefined): Read<T> | undefined =>
    value === undefined ? undefined : { value, readAt: now, serverTime: now };

  function descends(ancestor: Sha, from: Sha): boolean {
    const queue = [from];
    for (let sha = queue.pop(); sha !== undefined; sha = queue.pop()) {
      if (sha === ancestor) return true;
      queue.push(...(commits.get(sha)?.parents ?? []));
    }
    return false;
  }

  function set(ref: string, sha: Sha): Outcome<{ readonly sha: Sha }> {
    before.set(ref, refs.get(ref));
    refs.set(ref, sha);
    return { kind: "applied", status: 200, value: { sha } };
  }

  function site(
    who: string,
    turn: Turn,
    faults: readonly Fault[] = [],
    stale: readonly boolean[] = [],
  ): ObservedSite {
    const nextFault = faults.values();
    const nextStale = stale.values();
    const made = new Set<Sha>();

    /** A write on its way to GitHub and its answer on the way back. */
    async function send<T>(what: string, land: () => Outcome<T>): Promise<Outcome<T>> {
      const fault = nextFault.next().value ?? "none";
      const unknown = { kind: "unknown", status: undefined, message: `${who}: ${what} ${fault}` } as const;
      await turn(`${who}: ${what} (${fault})`);
      if (fault === "lost-late") {
        void turn(`${who}: ${what} lands late`).then(land);
        return unknown;
      }
      const end = fault === "lost-unapplied" ? unknown : land();
      await turn(`${who}: answer to ${what}`);
      return fault === "none" ? end : unknown;
    }

    async function ask<T>(what: string, answer: () => T): Promise<T> {
      await turn(`${who}: ${what}`);
      const value = answer();
      await turn(`${who}: answer to ${what}`);
      return value;
    }

    const reads: Partial<GitHubReads> = {
      ref: (ref) =>
        ask(`GET ${ref}`, () => {
          const full = `refs/${ref}`;
          return read(nextStale.next().value ? before.get(full) : refs.get(full));
        }),
      commit: (sha) => ask(`GET commit ${sha.slice(0, 6)}`, () => read(commits.get(sha))),
      comment: (id) => ask(`GET comment ${id}`, () => read(comments.get(id))),
      isAncestor: (ancestor, of) => ask("compare", () => descends(ancestor, of)),
    };
    const writes: Partial<GitHubWrites> = {
      createCommit: (input) =>
        send("POST commit", () => {
          const sha = createHash("sha1")
            .update(`${commits.size} ${JSON.stringify(input)}`)
            .digest("hex");
          const commit: CommitInfo = {
            ...input,
            sha,
            verified: true,
            authorEmail: emailOf(app),
            committerEmail: "noreply@github.com",
            authorDate: now,
          };
          commits.set(sha, commit);
          made.add(sha);
          return { kind: "applied", status: 201, value: commit };
        }),
      createRef: (ref, sha) =>
        send(`POST ${ref}`, () => {
          if (refs.has(ref)) return refused("Reference already exists");
          if (!commits.has(sha)) return refused("Object does not exist");
          return set(ref, sha);
        }),
      updateRef: (ref, sha) =>
        send(`PATCH ${ref}`, () => {
          const head = refs.get(ref);
          if (head === undefined) return refused("Reference does not exist");
          if (!descends(head, sha)) return refused("Update is not a fast forward");
          return head === sha ? { kind: "applied", status: 200, value: { sha } } : set(ref, sha);
        }),
    };
    return {
      issue,
      app,
      // What is not here is not asked for: a test that needs it fails loudly.
      reads: reads as GitHubReads,
      writes: writes as GitHubWrites,
      clock: {
        now: () => now,
        async sleep(ms) {
          await turn(`${who}: sleeps`);
          now += ms;
        },
      },
      commits: createCommitCache(),
      namespace: "cairn",
      commitsMade: made,
    };
  }

  return {
    issue,
    site,
    addComment(id, body) {
      const author = { id: app.botId, login: app.botLogin, type: "Bot" } as const;
      comments.set(id, { id, body, author, appId: app.appId, createdAt: 0, updatedAt: 0 });
    },
    history() {
      const found: CommitInfo[] = [];
      let sha = refs.get(refOf(site("nobody", async () => {})));
      while (sha !== undefined) {
        const commit = commits.get(sha);
        if (!commit) break;
        found.unshift(commit);
        sha = commit.parents[0];
      }
      return found;
    },
  };
}
