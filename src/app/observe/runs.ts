/** Workflow runs: the owner's, and those that were started for the open intent. */
import type { Ledger } from "../../core/ledger.ts";
import type { RunView, StartsView } from "../../core/snapshot.ts";
import type { RunId } from "../../core/words.ts";
import type { JobInfo, RunInfo } from "../../github/ports.ts";
import { callerFlaw } from "../../policy/caller.ts";
import type { Reader } from "./reader.ts";

/** The owner's run, in the owner's attempt (I9). */
export async function readRun({ site, state, note, workflowFile }: Reader): Promise<RunView> {
  const claim = state()?.open?.claim;
  if (!claim) return { kind: "cannot-tell", why: "nobody has claimed" };
  const read = await site.reads.runAttempt(claim.id, claim.attempt);
  if (!read) {
    const listed = await site.reads.dispatchedRuns(workflowFile);
    const isListed = listed === undefined || note(listed).some((run) => run.id === claim.id);
    return isListed ? { kind: "cannot-tell", why: "the run cannot be seen" } : { kind: "gone" };
  }
  const run = note(read);
  if (run.status !== "completed") return { kind: "alive", status: run.status, since: run.startedAt };
  return {
    kind: "over",
    conclusion: run.conclusion ?? "none",
    at: run.updatedAt,
    url: run.htmlUrl,
    since: run.startedAt,
  };
}

/** Key of the open intent's agent; its job has it as its name. */
const agentKey = ({ state }: Reader): string | undefined =>
  state()?.open?.effects.find((effect) => effect.kind === "agent.run")?.key;

/** The agent's job alone is charged: not what waits for a machine, nor a job that waits for a limit to end (I9). */
export async function readWorked(reader: Reader): Promise<number> {
  const { site, state, note, now } = reader;
  const claim = state()?.open?.claim;
  const key = agentKey(reader);
  if (!claim || key === undefined) return 0;
  return workedIn(note(await site.reads.jobs(claim.id)), claim, key, now());
}

/** Milliseconds that the agent of this key was at work in this attempt of a run. */
export function workedIn(jobs: readonly JobInfo[], run: RunId, key: string, now: number): number {
  const spent = ({ startedAt, completedAt }: JobInfo): number =>
    startedAt === null ? 0 : (completedAt ?? now) - startedAt;
  return jobs
    .filter((job) => job.attempt === run.attempt && job.name.endsWith(key))
    .reduce((sum, job) => sum + spent(job), 0);
}

/** Whether the agent of this key has begun in one of these jobs. */
export const hasWorked = (jobs: readonly JobInfo[], key: string): boolean =>
  jobs.some((job) => job.startedAt !== null && job.name.endsWith(key));

/** Runs for the open intent's comment. `refused`: GitHub would not start one, so the reason is looked for. */
export async function readStarts(
  reader: Reader,
  ledger: Ledger | undefined,
  refused: boolean,
): Promise<StartsView> {
  const { site, state, note, workflowFile } = reader;
  const open = state()?.open;
  const flaw = refused ? await workflowFlaw(reader) : undefined;
  if (flaw !== undefined) return { kind: "no-workflow", why: flaw };
  const read = await site.reads.dispatchedRuns(workflowFile);
  if (!read) {
    return { kind: "no-workflow", why: `there is no workflow ${workflowFile} on the default branch` };
  }
  const comment = open && ledger?.visible.get(open.digest)?.comment;
  const ours = note(read).filter((run) => run.actorId === site.app.botId);
  const mine = (run: RunInfo): boolean => intentOf(run.displayTitle) === comment;
  const key = agentKey(reader);
  const begun = async (run: RunInfo): Promise<boolean> =>
    key !== undefined && hasWorked(note(await site.reads.jobs(run.id)), key);
  // A marker that had to be written again has another comment than the one that a run was started for: where the
  // chain was moved back, its agent's key still tells. In sound chains nothing is newer than the declare but its own.
  const since = reader.headMadeAt() ?? Number.POSITIVE_INFINITY;
  const elsewhere = ours.filter(
    (run) => !mine(run) && run.createdAt >= since && issueOfRun(run.displayTitle) === site.issue.number,
  );
  const starts = [...ours.filter(mine), ...elsewhere].map(async (run) => ({
    run: { id: run.id, attempt: run.attempt },
    status: run.status,
    conclusion: run.conclusion,
    at: run.updatedAt,
    url: run.htmlUrl,
    worked: await begun(run),
  }));
  const all = await Promise.all(starts);
  return { kind: "known", starts: all.filter((one, at) => one.worked || at < all.length - elsewhere.length) };
}

/** Why GitHub may refuse to start the caller workflow, as far as its file and its state show. */
async function workflowFlaw({ site, repository, workflowFile, note }: Reader): Promise<string | undefined> {
  const path = `.github/workflows/${workflowFile}`;
  const head = await site.reads.ref(`heads/${repository.defaultBranch}`);
  if (!head) return undefined;
  const file = await site.reads.file(path, note(head));
  const flaw = callerFlaw(path, file && note(file).text);
  if (flaw !== undefined) return flaw;
  const state = await site.reads.workflowState(workflowFile);
  if (!state || note(state) === "active") return undefined;
  return `the workflow ${workflowFile} is ${state.value.replaceAll("_", " ")}: enable it under Actions`;
}

/** The caller workflow's run name names the issue. */
export function issueOfRun(title: string): number | undefined {
  const found = /#(\d+) intent\b/.exec(title)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The caller workflow's run name ends in the comment of the intent that it was started for. */
function intentOf(title: string): number | undefined {
  const found = /\bintent (\d+)\b/.exec(title)?.[1];
  return found === undefined ? undefined : Number(found);
}
