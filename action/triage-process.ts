/** The triage command's process: what it gets to see, and the file that it leaves. */
import { join } from "node:path";
import { LONGEST_ANSWER } from "../src/policy/triage-answer.ts";
import { readBounded } from "./bounded-file.ts";
import { type CommandSpec, runCommand } from "./command-process.ts";
import { type AgentContext, issueVariables, type TriageContext } from "./handover.ts";
import { createLogTail } from "./log-tail.ts";

export interface TriageSpec extends Omit<CommandSpec, "command" | "timeoutMinutes" | "variables" | "heard"> {
  readonly context: AgentContext;
  readonly triage: TriageContext;
  readonly issueFile: string;
  /** The same as JSON. */
  readonly inputFile: string;
  /** Values that must not stand in what is told. */
  readonly secrets: readonly string[];
}

/** The command gave no answer that can be used; the message says why, in one line. The rules alone say then. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/**
 * Runs the command to its end, or to the end of its time; returns what it wrote into `CAIRN_ANSWER_FILE`, one byte more than
 * is allowed at most. Throws `NoAnswer`, or `CommandStopped` where the job was told to end.
 */
export async function runTriage(spec: TriageSpec): Promise<Buffer> {
  const { context, triage, issueFile, inputFile, secrets, ...rest } = spec;
  const { command, timeoutSeconds } = triage;
  const answerFile = join(rest.temp, "cairn-answer.json");
  const tail = createLogTail(secrets);
  const variables = {
    ...issueVariables(context, issueFile),
    CAIRN_INPUT_FILE: inputFile,
    CAIRN_ANSWER_FILE: answerFile,
  };
  const timeoutMinutes = timeoutSeconds / 60;
  const { late, code } = await runCommand({ ...rest, command, timeoutMinutes, variables, heard: tail.add });
  if (late || code !== 0) {
    const how = late ? `did not end within ${timeoutSeconds} seconds` : `ended with ${code}`;
    throw new NoAnswer(tail.detail(`${command} ${how}`));
  }
  try {
    return await readBounded(answerFile, LONGEST_ANSWER);
  } catch (error) {
    throw new NoAnswer(`its answer cannot be read: ${(error as Error).message}`);
  }
}
