/** The check command's process: on which files it runs, what its end means, and what is told of a bad one. */
import { join } from "node:path";
import { type CommandSpec, runCommand } from "./command-process.ts";
import { type GitTree, gitOut } from "./git.ts";
import type { CheckContext, VerifiedPatch } from "./handover.ts";
import { JobFailure } from "./job-failure.ts";
import { createLogTail } from "./log-tail.ts";

export type CheckEnd =
  | { readonly kind: "green" }
  /** `detail`: one line; `log`: the end of what the command printed. */
  | { readonly kind: "red"; readonly detail: string; readonly log: string };

export interface CheckSpec extends Omit<CommandSpec, "command" | "timeoutMinutes" | "variables" | "heard"> {
  readonly check: CheckContext;
  /** Values that must not stand in what is told. */
  readonly secrets: readonly string[];
}

/** Runs the command to its end, or to the end of its time. Throws `CommandStopped` where the job was told to end. */
export async function runCheck({ check, secrets, ...rest }: CheckSpec): Promise<CheckEnd> {
  const tail = createLogTail(secrets);
  const { late, code } = await runCommand({ ...rest, ...check, variables: {}, heard: tail.add });
  if (!late && code === 0) return { kind: "green" };
  const how = late ? `did not end within ${check.timeoutMinutes} minutes` : `ended with ${code}`;
  return { kind: "red", detail: tail.detail(`${check.command} ${how}`), log: tail.log() };
}

/**
 * Brings the checkout of the base to what was verified, and proves that it is exactly that: the tree that would be
 * published. Throws `JobFailure` `tampered` where it is not.
 */
export async function applyVerified(tree: GitTree, patch: VerifiedPatch): Promise<void> {
  const aside = { ...tree, indexFile: join(tree.gitDir, "cairn-index") };
  const told = async (args: readonly string[], input?: Buffer): Promise<string> =>
    (await gitOut(aside, args, input)).toString("utf8").trim();
  const head = await told(["rev-parse", "HEAD"]);
  if (head !== patch.base) throw new JobFailure("tampered", `the checkout is at ${head}, not ${patch.base}`);
  await told(["read-tree", patch.base]);
  const entries: string[] = [];
  for (const { path, mode, content } of patch.files) {
    const written = content === null ? undefined : Buffer.from(content, "base64");
    const sha = written && (await told(["hash-object", "-w", "--stdin"], written));
    entries.push(sha === undefined ? `0 ${"0".repeat(40)}\t${path}\0` : `${mode} ${sha}\t${path}\0`);
  }
  await told(["update-index", "-z", "--index-info"], Buffer.from(entries.join("")));
  const made = await told(["write-tree"]);
  if (made !== patch.tree)
    throw new JobFailure("tampered", `its tree is ${made}, the verified one ${patch.tree}`);
  await gitOut(tree, ["read-tree", "--reset", "-u", made]);
}
