/** The review command's process: what it gets to see, and the file that it leaves. */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { LONGEST_VERDICT } from "../src/policy/review-verdict.ts";
import { type CommandSpec, runCommand } from "./command-process.ts";
import type { AgentContext } from "./handover.ts";
import { JobFailure } from "./job-failure.ts";
import { createLogTail } from "./log-tail.ts";

export interface ReviewSpec extends Omit<CommandSpec, "command" | "timeoutMinutes" | "variables" | "heard"> {
  readonly context: AgentContext;
  readonly issueFile: string;
  /** Values that must not stand in what is told. */
  readonly secrets: readonly string[];
}

/**
 * Runs the command to its end, or to the end of its time; returns what it wrote into `CAIRN_VERDICT_FILE`. Throws
 * `JobFailure` `review-unusable` where that is nothing, `CommandStopped` where the job was told to end.
 */
export async function runReview({ context, issueFile, secrets, ...rest }: ReviewSpec): Promise<string> {
  const { command, timeoutMinutes } = context;
  const verdictFile = join(rest.temp, "cairn-verdict.json");
  const tail = createLogTail(secrets);
  const variables = {
    CAIRN_ISSUE_FILE: issueFile,
    CAIRN_ISSUE_NUMBER: String(context.issue),
    CAIRN_ISSUE_TITLE: context.title,
    CAIRN_BASE: context.base,
    CAIRN_BASE_COMMIT: context.baseCommit ?? "",
    CAIRN_HEAD: context.commit,
    CAIRN_VERDICT_FILE: verdictFile,
  };
  const { late, code } = await runCommand({ ...rest, command, timeoutMinutes, variables, heard: tail.add });
  if (late || code !== 0) {
    const how = late ? `did not end within ${timeoutMinutes} minutes` : `ended with ${code}`;
    throw new JobFailure("review-unusable", tail.detail(`${command} ${how}`));
  }
  return readBounded(verdictFile);
}

/** The file's beginning, one byte more than is allowed: whoever reads it sees that it is too long. */
async function readBounded(path: string): Promise<string> {
  try {
    await using file = await open(path);
    if (!(await file.stat()).isFile()) throw new Error("it is no file");
    const { bytesRead, buffer } = await file.read(
      Buffer.alloc(LONGEST_VERDICT + 1),
      0,
      LONGEST_VERDICT + 1,
      0,
    );
    return buffer.toString("utf8", 0, bytesRead);
  } catch (error) {
    throw new JobFailure("review-unusable", `its verdict cannot be read: ${(error as Error).message}`);
  }
}
