/** The agent's process: what it gets to see beside what every command does, and what its end means. */
import { dirname, join } from "node:path";
import { type CommandEnd, type CommandSpec, runCommand } from "./command-process.ts";
import {
  type AgentContext,
  type AgentEnd,
  CONFLICTS_FILE,
  FINDINGS_FILE,
  issueVariables,
} from "./handover.ts";

export interface AgentSpec extends Omit<CommandSpec, "command" | "timeoutMinutes" | "variables"> {
  readonly context: AgentContext;
  readonly issueFile: string;
  /** What the triage command specifies; `undefined`: nothing. */
  readonly specificationFile?: string | undefined;
}

/** Runs the agent to its end, or to the end of its time. Throws `CommandStopped` where the job was told to end. */
export async function runAgent({
  context,
  issueFile,
  specificationFile,
  ...rest
}: AgentSpec): Promise<AgentEnd> {
  const { command, timeoutMinutes } = context;
  const variables = {
    ...variablesOf(context, issueFile),
    ...(specificationFile === undefined ? {} : { CAIRN_SPECIFICATION_FILE: specificationFile }),
  };
  return judge(context, await runCommand({ ...rest, command, timeoutMinutes, variables }));
}

function judge({ command, timeoutMinutes }: AgentContext, { code, late }: CommandEnd): AgentEnd {
  const failed = (reason: AgentEnd["reason"], detail: string): AgentEnd => ({
    outcome: "failed",
    reason,
    detail,
  });
  if (late) return failed("agent-timeout", `after ${timeoutMinutes} minutes`);
  // As shells say it: 127 not found, 126 not executable.
  if (code === 127 || code === 126) return failed("agent-missing", `${command} ended with ${code}`);
  if (code !== 0) return failed("agent-failed", `it ended with ${code}`);
  return { outcome: "done", reason: null, detail: "" };
}

const variablesOf = (context: AgentContext, issueFile: string): Readonly<Record<string, string>> => ({
  ...issueVariables(context, issueFile),
  CAIRN_GENERATION: String(context.generation),
  CAIRN_ATTEMPT: String(context.attempt),
  ...(context.round === undefined ? {} : { CAIRN_ROUND: String(context.round) }),
  ...(context.round === undefined && context.mends === undefined
    ? {}
    : { CAIRN_FINDINGS_FILE: join(dirname(issueFile), FINDINGS_FILE) }),
  ...(context.merges === undefined
    ? {}
    : {
        CAIRN_BASE_COMMIT: context.merges,
        CAIRN_CONFLICTS_FILE: join(dirname(issueFile), CONFLICTS_FILE),
      }),
});
