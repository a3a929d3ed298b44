/** Verify: the patch on the newest base, by rules that the agent has no hand in. What passes is fixed by its digest. */
import { readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkClaim } from "../src/barrier/index.ts";
import { judgePatch, type PatchEntry } from "../src/policy/patch-rules.ts";
import { identityOf, siteOf } from "./connect.ts";
import { type GitTree, git, gitOut } from "./git.ts";
import { type AgentEnd, leaveVerified, takeIssue, type VerifiedPatch } from "./handover.ts";
import { claimRun, type Job, JobFailure, required, runOf, variable } from "./job.ts";

export async function verify(job: Job): Promise<void> {
  const site = siteOf(job, required(job, "github-token"), identityOf(job));
  await checkClaim(site, required(job, "claim"), claimRun(job), runOf(job));
  const root = required(job, "directory");
  const context = await takeIssue(join(root, "cairn-issue"), required(job, "issue-digest"));
  const end = JSON.parse(await readFile(join(root, "cairn-patch", "agent.json"), "utf8")) as AgentEnd;
  if (end.outcome !== "done") throw new JobFailure(end.reason ?? "agent-failed", end.detail);
  const patch = await readFile(join(root, "cairn-patch", "patch.diff"));
  const workTree = variable(job, "GITHUB_WORKSPACE");
  const verified = await applyAndJudge({ gitDir: join(workTree, ".git"), workTree }, patch, context.rules);
  const directory = join(variable(job, "RUNNER_TEMP"), "cairn-verified");
  const digest = await leaveVerified(directory, verified);
  job.toolkit.setOutput("directory", directory);
  job.toolkit.setOutput("digest", digest);
  job.toolkit.setOutput("outcome", "go");
  await job.summarize(
    `### Verified\n\n${verified.files.length} files on ${verified.base}, digest \`${digest}\`.\n`,
  );
}

type Rules = Parameters<typeof judgePatch>[1];

/** Applies the patch on the checked-out commit and judges the outcome. Throws `JobFailure` with the reason. */
export async function applyAndJudge(tree: GitTree, patch: Buffer, rules: Rules): Promise<VerifiedPatch> {
  const text = (buffer: Buffer): string => buffer.toString("utf8").trim();
  const base = text(await gitOut(tree, ["rev-parse", "HEAD"]));
  const baseTree = text(await gitOut(tree, ["rev-parse", "HEAD^{tree}"]));
  if (patch.length === 0) throw new JobFailure("no-change", "");
  const applied = await git(tree, ["apply", "--index", "--3way", "--whitespace=nowarn", "-"], patch);
  if (applied.code !== 0) throw new JobFailure("conflict", conflictWords(applied.stderr));
  const unmerged = text(await gitOut(tree, ["diff", "--name-only", "--diff-filter=U"]));
  if (unmerged !== "") throw new JobFailure("conflict", unmerged.split("\n").slice(0, 5).join(", "));
  const entries = await changedEntries(tree, base);
  const filesBefore =
    (await gitOut(tree, ["ls-tree", "-r", "--name-only", "-z", base])).toString("utf8").split("\0").length -
    1;
  const problem = judgePatch({ entries, filesBefore }, rules);
  if (problem) throw new JobFailure(problem.reason, problem.detail);
  const written = text(await gitOut(tree, ["write-tree"]));
  return {
    base,
    baseTree,
    tree: written,
    files: await Promise.all(entries.map((entry) => withContent(tree, entry))),
  };
}

function conflictWords(stderr: string): string {
  const paths = [...stderr.matchAll(/error: (?:patch failed: )?([^\n:]+?)(?::\d+)?(?:: .*)?$/gm)].map(
    (found) => found[1],
  );
  return [...new Set(paths)].slice(0, 5).join(", ") || stderr.trim().slice(0, 200);
}

/** What the index has, beside the base: mode, path and size of each entry. */
async function changedEntries(tree: GitTree, base: string): Promise<PatchEntry[]> {
  const raw = await gitOut(tree, ["diff", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", base]);
  const parts = raw.toString("utf8").split("\0");
  const entries: PatchEntry[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const mode = (parts[index] ?? "").split(" ")[1] ?? "";
    const path = parts[index + 1] ?? "";
    entries.push(await entryOf(tree, path, mode));
  }
  return entries;
}

async function entryOf(tree: GitTree, path: string, mode: string): Promise<PatchEntry> {
  if (mode === "000000" || mode === "160000") return { path, mode, size: 0 };
  const file = join(tree.workTree, path);
  if (mode === "120000") {
    const target = await readlink(file);
    return { path, mode, size: target.length, target };
  }
  return { path, mode, size: (await stat(file)).size };
}

async function withContent(
  tree: GitTree,
  { path, mode }: PatchEntry,
): Promise<VerifiedPatch["files"][number]> {
  if (mode === "000000") return { path, mode: "100644", content: null };
  // Out of the index, not the work tree: exactly what the tree was written from.
  const content = await gitOut(tree, ["cat-file", "blob", `:${path}`]);
  return { path, mode: mode as "100644", content: content.toString("base64") };
}
