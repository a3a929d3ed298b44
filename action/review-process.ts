/** The review command's process: what it gets to see, and the file that it leaves. */
import { join } from "node:path";
import { LONGEST_VERDICT } from "../src/policy/review-verdict.ts";
import { readBounded } from "./bounded-file.ts";
import { type CommandSpec, runCommand } from "./command-process.ts";
import { type AgentContext, issueVariables } from "./handover.ts";
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
    ...issueVariables(context, issueFile),
    CAIRN_BASE_COMMIT: context.baseCommit ?? "",
    CAIRN_HEAD: context.commit,
    CAIRN_VERDICT_FILE: verdictFile,
  };
  const { late, code } = await runCommand({ ...rest, command, timeoutMinutes, variables, heard: tail.add });
  if (late || code !== 0) {
    const how = late ? `did not end within ${timeoutMinutes} minutes` : `ended with ${code}`;
    throw new JobFailure("review-unusable", tail.detail(`${command} ${how}`));
  }
  try {
    return String(await readBounded(verdictFile, LONGEST_VERDICT));
  } catch (error) {
    throw new JobFailure("review-unusable", `its verdict cannot be read: ${(error as Error).message}`);
  }
}
