/** What jobs leave for each other as artifacts: the issue for the agent, the agent's patch, the verified tree. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { canonicalJson } from "../src/core/canonical.ts";
import { HOLDS, type HoldReason } from "../src/core/holds.ts";
import type { Config } from "../src/policy/config/index.ts";
import { LONGEST_ANSWER, parseAnswer } from "../src/policy/triage-answer.ts";
import { JobFailure } from "./job-failure.ts";

interface Files {
  /** `longest`: bytes that are allowed; of a file that has more, one more is read. */
  read(path: string, longest?: number): Promise<Buffer>;
  write(path: string, content: string | Buffer): Promise<void>;
}

/** What the agent's, the verifying and the checking job work by, pinned by the gate. */
export interface AgentContext {
  readonly issue: number;
  readonly title: string;
  readonly generation: number;
  readonly attempt: number;
  readonly base: string;
  readonly commit: string;
  readonly command: string;
  readonly timeoutMinutes: number;
  readonly rules: Pick<Config, "reservedPaths" | "limits">;
  /** Of a round of fixing: its number. What is to be mended lies in `findings.md`. */
  readonly round?: number;
  /** The attempt, or round, to whose work the check said no. What it said lies in `findings.md`. */
  readonly mends?: number;
  /** Of a round that solves a conflict: the commit of the base that `commit` is merged with. */
  readonly merges?: string;
  /** Of a review: the commit of the base branch that the head is to be compared with. */
  readonly baseCommit?: string;
  /** What the patch must pass before it is published; `null`: nothing is configured. */
  readonly check: CheckContext | null;
  /** What is asked about the text before the agent begins; none: nothing is, or it was asked about this text before. */
  readonly triage?: TriageContext;
}

/** What every command of the repository's finds of the issue in its environment. */
export const issueVariables = (
  { issue, title, base }: Pick<AgentContext, "issue" | "title" | "base">,
  issueFile: string,
): Readonly<Record<string, string>> => ({
  CAIRN_ISSUE_FILE: issueFile,
  CAIRN_ISSUE_NUMBER: String(issue),
  CAIRN_ISSUE_TITLE: title,
  CAIRN_BASE: base,
});

export interface TriageContext {
  readonly command: string;
  readonly timeoutSeconds: number;
}

export interface CheckContext {
  readonly command: string;
  readonly timeoutMinutes: number;
}

const digestOf = (...parts: readonly string[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
};

/** What the agent reads: the issue, and what is to be mended. `input`: the issue as a triage command reads it. */
export interface AgentTexts {
  readonly issue: string;
  readonly findings?: string;
  readonly input?: string;
}

/** Writes the texts and their context; returns the digest over all. */
export async function leaveIssue(
  files: Files,
  directory: string,
  { issue, findings, input }: AgentTexts,
  context: AgentContext,
): Promise<string> {
  const json = canonicalJson(context);
  await files.write(join(directory, "issue.md"), issue);
  await files.write(join(directory, "context.json"), json);
  if (findings !== undefined) await files.write(join(directory, FINDINGS_FILE), findings);
  if (input !== undefined) await files.write(join(directory, INPUT_FILE), input);
  return digestOf(issue, json, findings ?? "", input ?? "");
}

/** Name of the file in which the agent finds what is to be mended, of a round of fixing or behind a check that said no. */
export const FINDINGS_FILE = "findings.md";

/** Name of the file in which a round that solves a conflict finds the paths, as a list in JSON. The agent's job makes it. */
export const CONFLICTS_FILE = "conflicts.json";

/** Name of the file in which a triage command finds the issue as JSON. */
export const INPUT_FILE = "issue.json";

/** Throws `JobFailure` `tampered` where the files are not those that the gate left. */
export async function takeIssue(files: Files, directory: string, digest: string): Promise<AgentContext> {
  const text = String(await files.read(join(directory, "issue.md")));
  const json = String(await files.read(join(directory, "context.json")));
  const findings = await files.read(join(directory, FINDINGS_FILE)).then(String, () => "");
  const input = await files.read(join(directory, INPUT_FILE)).then(String, () => "");
  if (digestOf(text, json, findings, input) !== digest) {
    throw new JobFailure("tampered", "the issue's files are not those that the gate job left");
  }
  return JSON.parse(json) as AgentContext;
}

/** How the agent ended. */
export interface AgentEnd {
  readonly outcome: "done" | "failed";
  readonly reason: HoldReason | null;
  readonly detail: string;
}

export async function leavePatch(
  files: Files,
  directory: string,
  patch: Buffer,
  end: AgentEnd,
): Promise<void> {
  await files.write(join(directory, "patch.diff"), patch);
  await files.write(join(directory, "agent.json"), canonicalJson(end));
}

/** Throws `JobFailure` `tampered` where the file is not of the shape in which it was left. */
export async function takeEnd(files: Files, directory: string): Promise<AgentEnd> {
  const text = String(await files.read(join(directory, "agent.json")));
  const { outcome, reason, detail } = parsed(text) as Partial<AgentEnd>;
  const done = outcome === "done" && reason === null;
  const failed = outcome === "failed" && typeof reason === "string" && Object.hasOwn(HOLDS, reason);
  if ((done || failed) && typeof detail === "string") return { outcome, reason, detail };
  throw new JobFailure("tampered", "what the agent's job says of its end cannot be read");
}

function parsed(text: string): object {
  try {
    return (JSON.parse(text) ?? {}) as object;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** The patch that passed, whole files in it: what is published needs no checkout and runs no git. */
export interface VerifiedPatch {
  /** Commit that the files are beside. */
  readonly base: string;
  readonly baseTree: string;
  readonly tree: string;
  readonly files: readonly {
    readonly path: string;
    readonly mode: "100644" | "100755" | "120000";
    /** Base64; `null`: removed. */
    readonly content: string | null;
  }[];
  /** Of a merge: the head that it goes onto, then `base`; else `base` is its only parent. */
  readonly parents?: readonly string[];
}

export async function leaveVerified(files: Files, directory: string, patch: VerifiedPatch): Promise<string> {
  const json = canonicalJson(patch);
  await files.write(join(directory, "verified.json"), json);
  return createHash("sha256").update(json).digest("hex");
}

/** Throws `JobFailure` `tampered` where the file is not the one that was verified (I12). */
export async function takeVerified(files: Files, directory: string, digest: string): Promise<VerifiedPatch> {
  const json = await files.read(join(directory, "verified.json")).then(String, (error: Error) => {
    throw new JobFailure("tampered", `the verified patch is not there: ${error.message}`);
  });
  const found = createHash("sha256").update(json).digest("hex");
  if (found !== digest) {
    throw new JobFailure("tampered", `its SHA-256 is ${found}, the verified one is ${digest}`);
  }
  return JSON.parse(json) as VerifiedPatch;
}

/** What the review command wrote, unread. */
export const leaveVerdict = (files: Files, directory: string, verdict: string): Promise<void> =>
  files.write(join(directory, VERDICT_FILE), verdict);

/** Throws `JobFailure` `review-unusable` where there is none. */
export const takeVerdict = (files: Files, directory: string): Promise<string> =>
  files.read(join(directory, VERDICT_FILE)).then(String, (error: Error) => {
    throw new JobFailure("review-unusable", `its verdict is not there: ${error.message}`);
  });

const VERDICT_FILE = "verdict.json";

/** What the triage command wrote, as it is. */
export const leaveAnswer = (files: Files, directory: string, answer: Buffer): Promise<void> =>
  files.write(join(directory, ANSWER_FILE), answer);

/**
 * What the triage command specifies, written beside the issue for the agent; its path. `undefined`: nothing, or nothing
 * that can be used: nobody vouches for what an earlier job left, and the issue alone is enough.
 */
export async function takeSpecification(
  files: Files,
  left: string,
  directory: string,
): Promise<string | undefined> {
  const bytes = await files.read(join(left, ANSWER_FILE), LONGEST_ANSWER).catch(() => undefined);
  const answer = bytes && parseAnswer(bytes);
  if (!answer || "why" in answer || answer.verdict !== "take" || answer.specification === undefined)
    return undefined;
  const path = join(directory, "specification.md");
  await files.write(path, `${answer.specification}\n`);
  return path;
}

const ANSWER_FILE = "answer.json";

/** What a check that said no leaves for whoever mends the work: the end of what it printed. */
export async function leaveCheckLog(
  files: Files,
  directory: string,
  { command }: CheckContext,
  { detail, log }: { readonly detail: string; readonly log: string },
): Promise<void> {
  await files.write(join(directory, "check.log"), log);
  await files.write(join(directory, "check.json"), canonicalJson({ command, detail }));
}
