/**
 * Triage: the repository's triage command on an issue that the rules would take, as untrusted as the agent, as what it reads
 * may talk to it. Whatever it does, the job ends well: it can ask a question, and else the agent begins.
 */
import { join } from "node:path";
import { parseAnswer, type TriageAnswer } from "../src/policy/triage-answer.ts";
import { leaveAnswer, takeIssue } from "./handover.ts";
import { claimRun, type Job, required, runOf, variable } from "./job.ts";
import { JobFailure } from "./job-failure.ts";
import { withoutSecrets } from "./log-tail.ts";
import { neutral } from "./report.ts";
import { code, unusableWords } from "./summary.ts";
import { NoAnswer } from "./triage-process.ts";

export async function triage(job: Job): Promise<void> {
  // A re-run is another owner: no agent begins behind it.
  if (claimRun(job).attempt !== runOf(job).attempt) {
    return neutral(job, "this attempt of the run is not the one that took the intent");
  }
  try {
    const bytes = await asked(job);
    const answer = parseAnswer(bytes);
    if ("why" in answer) throw new NoAnswer(answer.why);
    await tell(job, bytes, answer);
  } catch (error) {
    if (!(error instanceof NoAnswer || error instanceof JobFailure)) throw error;
    const why = shown(error.message);
    job.toolkit.setOutput("outcome", "unusable");
    job.toolkit.setOutput("detail", why);
    job.toolkit.warning(`the triage command gave no answer that can be used: ${why}`);
    await job.summarize(`### ${unusableWords(why)}\n`);
  }
}

/** What the command wrote. Throws `NoAnswer`; `JobFailure` where the files are not those that the gate left. */
async function asked(job: Job): Promise<Buffer> {
  const context = await takeIssue(job.machine, required(job, "directory"), required(job, "issue-digest"));
  if (!context.triage) throw new NoAnswer("no triage command is configured, and this job began");
  return job.machine.triage(job, context, context.triage);
}

/** What people get is without what looks like a secret. */
const shown = (text: string): string => withoutSecrets(text, []);

/** What is specified goes on as it was written: whoever uses it reads it anew. */
async function tell(job: Job, bytes: Buffer, answer: TriageAnswer): Promise<void> {
  const { toolkit } = job;
  const estimate = answer.estimate === undefined ? "" : `\n\nIts estimate: ${code(shown(answer.estimate))}`;
  toolkit.setOutput("outcome", answer.verdict);
  if (answer.verdict === "take") {
    const directory = join(variable(job, "RUNNER_TEMP"), "cairn-triage");
    await leaveAnswer(job.machine, directory, bytes);
    toolkit.setOutput("directory", directory);
    const more = answer.specification === undefined ? "" : " The agent gets what it specifies.";
    return job.summarize(`### Triage: nothing is missing\n\nThe command asks nothing.${more}${estimate}\n`);
  }
  toolkit.setOutput("detail", shown(answer.question));
  return job.summarize(`### Triage: a question\n\n${code(shown(answer.question))}${estimate}\n`);
}
