/**
 * Smart HTTP for the repositories of the sandbox: clone, fetch and push with a real git client.
 * Who may do what, and what follows from a push, is the caller's; this file only carries bytes and counts refs.
 */

import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { runBackend } from "./cgi.ts";
import { type DeclinedRef, decline } from "./declined.ts";
import type { DiskStore } from "./disk.ts";
import { type GitOperation, type GitRequest, parseGitUrl, tokenOf } from "./http-request.ts";
import { openIncoming } from "./incoming.ts";
import { createExclusive, type Exclusive } from "./mutex.ts";
import { type PushedRef, readPush } from "./push-commands.ts";
import type { GitStore, Sha } from "./store.ts";

export interface AuthorizeInput {
  readonly owner: string;
  /** Without `.git`. */
  readonly repo: string;
  readonly token: string | undefined;
  readonly operation: GitOperation;
}

export type Authorization<Actor> =
  | { readonly kind: "allow"; readonly store: DiskStore; readonly actor: Actor }
  | { readonly kind: "unauthorized" }
  | { readonly kind: "not-found" }
  | { readonly kind: "forbidden"; readonly message: string }
  /** The repository has no directory that git could work on. */
  | { readonly kind: "not-on-disk" };

export interface Push<Actor> {
  readonly owner: string;
  readonly repo: string;
  readonly store: DiskStore;
  readonly actor: Actor;
  /** Every ref that changed, by name; never empty. */
  readonly updates: readonly PushedRef[];
}

/** A push that is about to be applied. */
export interface Proposal<Actor> {
  readonly owner: string;
  readonly repo: string;
  readonly actor: Actor;
  /** As the client asks; git still checks that the refs are what it thinks they are. */
  readonly updates: readonly PushedRef[];
}

export interface GitHttpOptions<Actor> {
  readonly authorize: (input: AuthorizeInput) => Authorization<Actor> | Promise<Authorization<Actor>>;
  /**
   * Called once for each push that changed something, in the order of the pushes to a repository, before the client
   * has the end of its answer. Its synchronous part runs before any later `updateRef` of the store resolves, so that
   * moves can be recorded in the order in which they were made. May use the store; must not wait for another push to
   * the same repository.
   */
  readonly onPush: (push: Push<Actor>) => void | Promise<void>;
  /** Is anything ruled about a ref? Asked before the push is looked into, which costs. Absent: nothing ever is. */
  readonly isRuled?: (proposal: Proposal<Actor>) => boolean;
  /** Refs that are declined. `incoming` has what the push brings, and the repository's own objects. */
  readonly judge?: (proposal: Proposal<Actor>, incoming: GitStore) => Promise<readonly DeclinedRef[]>;
}

/** `false`: the request is not for git, and nothing was answered. */
export type GitHttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

const NO_SHA = "0".repeat(40);
const BAD_TOKEN = "Invalid username or token. Password authentication is not supported for Git operations.";
const IN_MEMORY =
  "This sandbox keeps its repositories in memory; git can neither clone nor push them. Start it with git on disk.";

/**
 * Handler for `/{owner}/{repo}[.git]/info/refs`, `/git-upload-pack` and `/git-receive-pack`.
 * Rejects only when a callback does or the machine fails; the response is destroyed then.
 */
export function createGitHttp<Actor>(options: GitHttpOptions<Actor>): GitHttpHandler {
  const pushQueues = new WeakMap<DiskStore, Exclusive>();
  const queueOf = (store: DiskStore): Exclusive => {
    const queue = pushQueues.get(store) ?? createExclusive();
    pushQueues.set(store, queue);
    return queue;
  };
  return async (request, response) => {
    const asked = parseGitUrl(request.url ?? "/");
    if (!asked) return false;
    try {
      if (refuseMalformed(request, response, asked)) return true;
      const operation = asked.service === "git-receive-pack" ? "write" : "read";
      const token = tokenOf(request.headers);
      const { owner, repo } = asked;
      const decision = await options.authorize({ owner, repo, token, operation });
      if (decision.kind !== "allow") {
        refuse(response, decision, token);
      } else if (asked.endpoint === "git-receive-pack") {
        await servePush(request, response, asked, decision, queueOf(decision.store), options);
      } else {
        await serveRead(request, response, asked, decision.store.directory);
      }
    } catch (error) {
      response.destroy();
      throw error;
    }
    return true;
  };
}

function refuseMalformed(request: IncomingMessage, response: ServerResponse, asked: GitRequest): boolean {
  const method = asked.endpoint === "info/refs" ? "GET" : "POST";
  if (request.method !== method) {
    answer(response, 405, "Method not allowed.", { Allow: method });
    return true;
  }
  if (asked.service !== undefined) return false;
  answer(response, 403, "Please upgrade your git client: only the smart HTTP protocol is served here.");
  return true;
}

/** GitHub's answers: who does not show who they are learns nothing of what exists. */
function refuse(
  response: ServerResponse,
  decision: Exclude<Authorization<unknown>, { kind: "allow" }>,
  token: string | undefined,
): void {
  switch (decision.kind) {
    case "forbidden":
      answer(response, 403, decision.message);
      break;
    case "not-on-disk":
      answer(response, 501, IN_MEMORY);
      break;
    case "not-found":
      if (token === undefined) challenge(response, "Authentication required.");
      else answer(response, 404, "Repository not found.");
      break;
    case "unauthorized":
      if (token === undefined) challenge(response, "Authentication required.");
      else challenge(response, BAD_TOKEN);
      break;
  }
}

function challenge(response: ServerResponse, message: string): void {
  answer(response, 401, message, { "WWW-Authenticate": 'Basic realm="GitHub"' });
}

function answer(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  // The body that came with the request is not read; the connection cannot be used again.
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    Connection: "close",
    ...headers,
  });
  response.end(`${message}\n`);
}

async function serveRead(
  request: IncomingMessage,
  response: ServerResponse,
  asked: GitRequest,
  directory: string,
): Promise<void> {
  const stated = request.headers["content-length"];
  const length = stated === undefined ? undefined : Number(stated);
  await runBackend({ directory, asked, request, response, body: request, length, whenAbandoned: "stop" });
  response.end();
}

/**
 * A push is first received whole, then applied while no other change of refs runs: a slow or lost client can neither
 * hold up the repository nor leave half a push, and what differs afterwards is this push's doing.
 */
async function servePush<Actor>(
  request: IncomingMessage,
  response: ServerResponse,
  asked: GitRequest,
  { store, actor }: Extract<Authorization<Actor>, { kind: "allow" }>,
  inOrder: Exclusive,
  options: GitHttpOptions<Actor>,
): Promise<void> {
  const { directory } = store;
  const spool = join(directory, `incoming-${randomBytes(6).toString("hex")}`);
  try {
    if (!(await receive(request, spool))) return;
    const { size } = await stat(spool);
    await inOrder(async () => {
      const updates = await store.exclusively(async () => {
        const proposed = { owner: asked.owner, repo: asked.repo, actor };
        const declined = await judge(options, proposed, store, spool, request.headers["content-encoding"]);
        await using declining = declined.length > 0 ? await decline(directory, declined) : undefined;
        const before = await store.listRefs("");
        const body = createReadStream(spool);
        await runBackend({
          directory,
          asked,
          request,
          response,
          body,
          length: size,
          ...(declining ? { environment: declining.environment } : {}),
          whenAbandoned: "finish",
        });
        store.refsChanged();
        return differences(before, await store.listRefs(""));
      });
      if (updates.length > 0)
        await options.onPush({ owner: asked.owner, repo: asked.repo, store, actor, updates });
    });
    response.end();
  } finally {
    await rm(spool, { force: true });
  }
}

/** What the rules say of it; nothing of a request that git itself will not take. */
async function judge<Actor>(
  options: GitHttpOptions<Actor>,
  proposed: Omit<Proposal<Actor>, "updates">,
  store: DiskStore,
  spool: string,
  encoding: string | undefined,
): Promise<readonly DeclinedRef[]> {
  if (!options.judge) return [];
  const push = await readPush(spool, encoding);
  if (!push) return [];
  const proposal = { ...proposed, updates: push.commands };
  if (!options.isRuled?.(proposal)) return [];
  await using incoming = await openIncoming(store.directory, push.pack);
  return incoming ? await options.judge(proposal, incoming.store) : [];
}

/** `false`: the client went away before all of it had come; there is nobody left to tell. */
async function receive(request: IncomingMessage, spool: string): Promise<boolean> {
  try {
    await pipeline(request, createWriteStream(spool, { flags: "wx" }));
    return true;
  } catch (error) {
    if (!request.complete && request.destroyed) return false;
    throw error;
  }
}

type Refs = readonly { readonly ref: string; readonly sha: Sha }[];

function differences(before: Refs, after: Refs): PushedRef[] {
  const old = new Map(before.map(({ ref, sha }) => [ref, sha]));
  const now = new Map(after.map(({ ref, sha }) => [ref, sha]));
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.flatMap((ref) => {
    const change = { ref, before: old.get(ref) ?? NO_SHA, after: now.get(ref) ?? NO_SHA };
    return change.before === change.after ? [] : [change];
  });
}
