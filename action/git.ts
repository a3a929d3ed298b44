/** Git on a work tree that somebody else has written to: no hook, no filter, no configuration of theirs is obeyed. */
import { spawn } from "node:child_process";

export interface GitTree {
  readonly gitDir: string;
  readonly workTree: string;
  /** An index of one's own: what another one remembers of files' times is not believed. */
  readonly indexFile: string;
}

export interface GitEnd {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Settings that make git look at nothing but its own directory and the files. */
const SAFE = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.attributesFile=/dev/null",
  "core.excludesFile=/dev/null",
  "core.autocrlf=false",
  "core.symlinks=true",
  "core.fileMode=true",
  "core.quotePath=false",
  "core.protectHFS=true",
  "core.protectNTFS=true",
  "protocol.allow=never",
  "submodule.recurse=false",
  "gc.auto=0",
].flatMap((setting) => ["-c", setting]);

/** Rejects only where git cannot be started at all. */
export function git(tree: GitTree, args: readonly string[], input?: Buffer): Promise<GitEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      "git",
      [`--git-dir=${tree.gitDir}`, `--work-tree=${tree.workTree}`, ...SAFE, ...args],
      {
        cwd: tree.workTree,
        env: {
          PATH: process.env.PATH ?? "/usr/bin:/bin",
          HOME: "/nonexistent",
          XDG_CONFIG_HOME: "/nonexistent",
          GIT_CONFIG_NOSYSTEM: "1",
          GIT_ATTR_NOSYSTEM: "1",
          GIT_TERMINAL_PROMPT: "0",
          GIT_INDEX_FILE: tree.indexFile,
          LC_ALL: "C.UTF-8",
        },
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString("utf8") });
    });
    // A git that ends early closes its input; its exit code tells.
    child.stdin.on("error", () => child.stdin.destroy());
    child.stdin.end(input);
  });
}

/** Output of a git command that has to succeed. */
export async function gitOut(tree: GitTree, args: readonly string[], input?: Buffer): Promise<Buffer> {
  const end = await git(tree, args, input);
  if (end.code === 0) return end.stdout;
  throw new GitFailure(args[0] ?? "", end);
}

/** Git said no; `message` has its first words. */
export class GitFailure extends Error {
  override readonly name = "GitFailure";

  constructor(command: string, { code, stderr }: GitEnd) {
    super(`git ${command} failed (${code}): ${stderr.trim().slice(0, 500)}`);
  }
}
