/**
 * Object reads through one long-lived `git cat-file --batch-command`: it sees loose objects and packs alike,
 * also those that a push brought after it was started, and costs no process for each read.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { GitStoreError, storeClosed } from "./errors.ts";
import type { ObjectContent, ObjectInfo, ObjectReader, ObjectType } from "./object-access.ts";
import { parseCommit, parseTree } from "./objects.ts";
import { cannotStart, gitEnvironment } from "./run-git.ts";

interface Question {
  readonly wants: "info" | "contents";
  readonly answer: (found: (ObjectInfo & { content?: Buffer }) | undefined) => void;
  readonly fail: (error: Error) => void;
}

const NAME = /^[0-9a-f]{40}(\^\{(tree|commit)\})?$/;

/** Reader over the bare repository in `directory`. The process starts with the first read and never holds the event loop open. */
export function createObjectReader(directory: string): ObjectReader {
  let session: Session | undefined;
  let closed = false;

  function ask(wants: Question["wants"], name: string) {
    if (closed) return Promise.reject(storeClosed(directory));
    if (!NAME.test(name)) return Promise.resolve(undefined);
    return new Promise<(ObjectInfo & { content?: Buffer }) | undefined>((answer, fail) => {
      session ??= startSession(directory, () => {
        session = undefined;
      });
      session.ask({ wants, answer, fail }, name);
    });
  }
  const read = (name: string) => ask("contents", name) as Promise<ObjectContent | undefined>;
  return {
    info: (name) => ask("info", name),
    read,
    async tree(name) {
      const found = await read(`${name}^{tree}`);
      return found && parseTree(found.content);
    },
    async commit(name) {
      const found = await read(name);
      return found?.type === "commit" ? parseCommit(found.sha, found.content) : undefined;
    },
    async close() {
      closed = true;
      await session?.end();
    },
  };
}

interface Session {
  ask(question: Question, name: string): void;
  end(): Promise<void>;
}

function startSession(directory: string, onGone: () => void): Session {
  const child = spawn("git", ["cat-file", "--batch-command"], { cwd: directory, env: gitEnvironment() });
  const waiting: Question[] = [];
  const answers = createAnswerParser();
  let stderr = "";
  let failure: Error | undefined;

  child.stdout.on("data", (chunk: Buffer) => {
    answers.feed(chunk, waiting);
    if (waiting.length === 0) holdEventLoop(child, "no");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-2000);
  });
  child.stdin.on("error", (error) => {
    failure ??= error;
  });
  child.on("error", (cause) => {
    failure ??= cannotStart(directory, cause);
  });
  child.on("close", (code) => {
    onGone();
    const error =
      failure ??
      new GitStoreError("git-failed", {
        what: `git cat-file ended with ${code} (${stderr.trim() || "no message"})`,
        where: directory,
        next: "Run git fsck there to see whether the repository is whole.",
      });
    for (const question of waiting.splice(0)) question.fail(error);
  });
  return {
    ask(question, name) {
      if (waiting.length === 0) holdEventLoop(child, "yes");
      waiting.push(question);
      child.stdin.write(`${question.wants} ${name}\n`);
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "close");
      holdEventLoop(child, "yes");
      child.stdin.end();
      await gone;
    },
  };
}

/** A process that only waits for questions must not keep the program running; one that owes an answer must. */
function holdEventLoop(child: ChildProcessWithoutNullStreams, hold: "yes" | "no"): void {
  // With `stdio: "pipe"` the streams are sockets, which have ref and unref; their types do not say so.
  const handles = [child, child.stdin, child.stdout, child.stderr] as unknown as Pick<
    Socket,
    "ref" | "unref"
  >[];
  for (const handle of handles) {
    if (hold === "yes") handle.ref();
    else handle.unref();
  }
}

/** Cuts the stream of answers at its headers (`<sha> <type> <size>`) and hands each to the oldest question. */
function createAnswerParser() {
  let chunks: Buffer[] = [];
  let buffered = 0;
  let needed = 1;

  function feed(chunk: Buffer, waiting: Question[]): void {
    chunks.push(chunk);
    buffered += chunk.length;
    if (buffered < needed) return; // the rest of a large object is still to come
    const data = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    let offset = 0;
    needed = 1;
    while (waiting.length > 0) {
      const lineEnd = data.indexOf(10, offset);
      if (lineEnd < 0) break;
      const info = parseHeader(data.toString("latin1", offset, lineEnd));
      const question = waiting[0]!;
      if (info && question.wants === "contents") {
        const contentEnd = lineEnd + 1 + info.size;
        if (data.length < contentEnd + 1) {
          needed = contentEnd + 1 - offset;
          break;
        }
        question.answer({ ...info, content: Buffer.from(data.subarray(lineEnd + 1, contentEnd)) });
        offset = contentEnd + 1;
      } else {
        question.answer(info);
        offset = lineEnd + 1;
      }
      waiting.shift();
    }
    const rest = data.subarray(offset);
    chunks = rest.length > 0 ? [rest] : [];
    buffered = rest.length;
  }
  return { feed };
}

function parseHeader(line: string): ObjectInfo | undefined {
  const match = /^([0-9a-f]{40}) (commit|tree|blob|tag) (\d+)$/.exec(line);
  if (!match) return undefined; // `<name> missing`
  return { sha: match[1]!, type: match[2] as ObjectType, size: Number(match[3]) };
}
