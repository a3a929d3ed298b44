/**
 * Writes for whoever tries GitHub out: on an issue that it has opened itself, on that issue's chain, and objects that
 * no ref names. Nothing else can be reached from here, so no intent is needed; each is sent once, through the governor.
 */

import type { Address } from "./address.ts";
import { type ClientOptions, createClient } from "./client.ts";
import type { Outcome } from "./outcome.ts";
import type { CommitInfo, Sha } from "./ports.ts";
import { createWrites } from "./writes.ts";

export interface Scratch {
  readonly issue: number;
  /** In full: `refs/cairn/12`. */
  readonly ref: string;
  createCommit(message: string, tree: Sha, parents: readonly Sha[]): Promise<Outcome<CommitInfo>>;
  /** A tree of this one file, its text inline. */
  createTree(path: string, content: string): Promise<Outcome<{ readonly sha: Sha }>>;
  createChain(sha: Sha): Promise<Outcome<{ readonly sha: Sha }>>;
  /** Never forced. */
  moveChain(sha: Sha): Promise<Outcome<{ readonly sha: Sha }>>;
  comment(body: string): Promise<Outcome<{ readonly id: number }>>;
  close(): Promise<Outcome<null>>;
}

export interface ScratchOptions extends ClientOptions {
  readonly address: () => Address;
  readonly title: string;
  readonly body: string;
  /** Name of the chain's ref of an issue, in full. */
  readonly refOf: (issue: number) => string;
}

/** Opens the issue. Throws `GitHubError` where nothing was sent. */
export async function openScratch(options: ScratchOptions): Promise<Outcome<Scratch>> {
  const { address, title, body } = options;
  const client = createClient(options);
  const opened = await client.send(
    "content",
    "POST /repos/{owner}/{repo}/issues",
    { ...address(), title, body },
    numberIn,
  );
  if (opened.kind !== "applied") return opened;
  const issue = opened.value;
  const ref = options.refOf(issue);
  const to = createWrites(client, address);
  const scratch: Scratch = {
    issue,
    ref,
    createCommit: (message, tree, parents) => to.createCommit({ message, tree, parents }),
    createTree: (path, content) =>
      client.send(
        "atomic",
        "POST /repos/{owner}/{repo}/git/trees",
        { ...address(), tree: [{ path, mode: "100644", type: "blob", content }] },
        shaIn,
      ),
    createChain: (sha) => to.createRef(ref, sha),
    moveChain: (sha) => to.updateRef(ref, sha),
    comment: (text) => to.createComment(issue, text),
    close: () => to.closeIssue(issue, "not_planned"),
  };
  return { ...opened, value: scratch };
}

function numberIn(data: unknown): number | undefined {
  const { number } = (data ?? {}) as { readonly number?: unknown };
  return typeof number === "number" ? number : undefined;
}

function shaIn(data: unknown): { readonly sha: Sha } | undefined {
  const { sha } = (data ?? {}) as { readonly sha?: unknown };
  return typeof sha === "string" ? { sha } : undefined;
}
