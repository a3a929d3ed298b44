/**
 * Refs and commits in memory. Refs are compared and set as GitHub does it, out of its OpenAPI description
 * (`git/create-ref`, `git/update-ref`) and its words: 422 for a ref that exists (at the same commit too), for an
 * update that is no fast forward, and for an object that is not there.
 */
import { createHash } from "node:crypto";
import type { Outcome } from "../../src/github/outcome.ts";
import type { CommitInfo, Sha } from "../../src/github/ports.ts";
import { done, refused } from "./wire.ts";

type Ended = Outcome<{ readonly sha: Sha }>;

export interface Git {
  readonly refs: Map<string, Sha>;
  readonly commits: Map<Sha, CommitInfo>;
  /** What a ref was before its last move: a replica that lags answers so. */
  readonly earlier: Map<string, Sha | undefined>;
  commit(message: string, parents: readonly Sha[], fields: Partial<CommitInfo>): CommitInfo;
  descends(ancestor: Sha, from: Sha): boolean;
  create(ref: string, sha: Sha): Ended;
  update(ref: string, sha: Sha): Ended;
}

export function createGit(): Git {
  const refs = new Map<string, Sha>();
  const commits = new Map<Sha, CommitInfo>();
  const earlier = new Map<string, Sha | undefined>();

  function set(ref: string, sha: Sha): Ended {
    earlier.set(ref, refs.get(ref));
    refs.set(ref, sha);
    return done({ sha });
  }

  const git: Git = {
    refs,
    commits,
    earlier,
    commit(message, parents, fields) {
      // Its second is part of a commit: the same words again are another commit.
      const sha = createHash("sha1").update(`${commits.size} ${parents} ${message}`).digest("hex");
      const commit: CommitInfo = {
        sha,
        message,
        parents,
        tree: "",
        verified: false,
        authorEmail: "maya@example.com",
        committerEmail: "noreply@github.com",
        authorDate: 0,
        ...fields,
      };
      commits.set(sha, commit);
      return commit;
    },
    descends(ancestor, from) {
      const queue = [from];
      for (let sha = queue.pop(); sha !== undefined; sha = queue.pop()) {
        if (sha === ancestor) return true;
        queue.push(...(commits.get(sha)?.parents ?? []));
      }
      return false;
    },
    create(ref, sha) {
      if (refs.has(ref)) return refused("Reference already exists");
      if (!commits.has(sha)) return refused("Object does not exist");
      return set(ref, sha);
    },
    update(ref, sha) {
      const head = refs.get(ref);
      if (head === undefined) return refused("Reference does not exist");
      if (!git.descends(head, sha)) return refused("Update is not a fast forward");
      return head === sha ? done({ sha }) : set(ref, sha);
    },
  };
  return git;
}
