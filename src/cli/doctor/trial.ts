/**
 * What only a trial tells: each request of Cairn's that leans on something nobody has measured, once, on a scratch
 * issue. What is written on its chain is a chain as it must be, with no step in it: an app that looks finds nothing to do.
 */
import { createHash, randomUUID } from "node:crypto";
import { emailOf, type Identity } from "../../barrier/index.ts";
import { emptyChain } from "../../core/chain.ts";
import { encodeRecord } from "../../core/commit-message.ts";
import { encodeMarker, MARKER_VERSION } from "../../core/marker.ts";
import type { IssueId } from "../../core/words.ts";
import type { Clock, CommitInfo, GitHubReads, Read, Scratch } from "../../github/index.ts";
import type { CheckName } from "./checks.ts";
import { answerOf, type Finding, type Findings, ok, unknown, verdictOf, wrong } from "./findings.ts";

export interface Trial {
  readonly findings: Findings;
  readonly scratch: Scratch;
  readonly reads: GitHubReads;
  readonly app: Identity;
  readonly issue: IssueId;
  readonly defaultBranch: string;
  readonly clock: Clock;
  /** Milliseconds in which what was written must be readable. */
  readonly patience: number;
}

export async function tryGitHub(trial: Trial): Promise<void> {
  await tryCommits(trial);
  await tryChain(trial);
  await trial.findings.make("text-inline", () => tryText(trial));
  await tryComment(trial);
}

/** Git's tree without entries. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const LONG = 24_000;
/** Milliseconds by which a commit's date may differ from the time of the answer that came with it. */
const SAME_TIME = 60_000;

const messageOf = ({ issue }: Trial, by: string = randomUUID()): string =>
  encodeRecord("tried by cairn doctor", { v: 1, steps: [], state: emptyChain(issue), markers: [], by });

/** One commit that no ref will name: of no files, and with a long message. */
async function tryCommits(trial: Trial): Promise<void> {
  const { findings, scratch } = trial;
  const message = messageOf(trial, `${randomUUID()} é ${"-".repeat(LONG)}`);
  const end = await scratch.createCommit(message, EMPTY_TREE, []);
  if (end.kind !== "applied") {
    findings.put("commit-without-files", verdictOf(end), answerOf(end));
  } else findings.put("commit-without-files", "ok", end.value.sha);
  const tree = end.kind === "applied" ? EMPTY_TREE : await someTree(trial);
  const made = end.kind === "applied" ? end : await scratch.createCommit(message, tree, []);
  if (made.kind !== "applied") return;
  const read = await eventually(
    trial,
    () => trial.reads.commit(made.value.sha),
    () => true,
  );
  if (!read) return;
  judgeCommit(trial, read, message);
}

function judgeCommit(
  { findings, app }: Trial,
  { value: commit, serverTime }: Read<CommitInfo>,
  sent: string,
): void {
  const says = (name: CheckName, holds: boolean, found: string): void =>
    findings.put(name, holds ? "ok" : "wrong", found);
  const whole = commit.message.trimEnd() === sent.trimEnd();
  says("commit-message", whole, `${commit.message.trimEnd().length} of ${sent.trimEnd().length} characters`);
  says("commit-signature", commit.verified, commit.verified ? "verified" : "not verified");
  says("commit-author", commit.authorEmail === emailOf(app), commit.authorEmail);
  const apart = Math.round(Math.abs(serverTime - commit.authorDate) / 1_000);
  says("commit-date", apart * 1_000 <= SAME_TIME, `${apart} s from GitHub's clock`);
}

/** Where GitHub does not take the empty tree, the rest is tried with another one. */
async function someTree({ reads, defaultBranch }: Trial): Promise<string> {
  const head = await reads.ref(`heads/${defaultBranch}`);
  return (head && (await reads.commit(head.value))?.value.tree) ?? EMPTY_TREE;
}

/** The compare-and-set: created once, moved to what descends, and to nothing else. */
async function tryChain(trial: Trial): Promise<void> {
  const { findings, scratch } = trial;
  const tree = findings.verdict("commit-without-files") === "ok" ? EMPTY_TREE : await someTree(trial);
  const first = await commitOn(trial, tree, []);
  const second = first && (await commitOn(trial, tree, [first]));
  const sibling = first && (await commitOn(trial, tree, [first]));
  if (!first || !second || !sibling) return;
  const created = await scratch.createChain(first);
  findings.put("chain-created", verdictOf(created), `${scratch.ref}: ${answerOf(created)}`);
  if (created.kind !== "applied") return;
  await findings.make("chain-read", () => tryRead(trial, first));
  const again = await scratch.createChain(second);
  put(trial, "chain-created-once", refusal(again));
  const moved = await scratch.moveChain(second);
  findings.put("chain-moved", verdictOf(moved), answerOf(moved));
  if (moved.kind !== "applied") return;
  put(trial, "chain-not-forced", refusal(await scratch.moveChain(sibling)));
}

const put = ({ findings }: Trial, name: CheckName, { verdict, found }: Finding): void =>
  findings.put(name, verdict, found);

/** It must be refused, and as a race is: by 422, or 409 where git itself was overtaken. */
function refusal(end: Awaited<ReturnType<Scratch["moveChain"]>>): Finding {
  if (end.kind === "applied") return wrong(answerOf(end));
  if (end.kind === "unknown") return unknown(answerOf(end));
  return end.reason === "invalid" || end.reason === "conflict" ? ok(answerOf(end)) : unknown(answerOf(end));
}

async function commitOn(trial: Trial, tree: string, parents: readonly string[]): Promise<string | undefined> {
  const end = await trial.scratch.createCommit(messageOf(trial), tree, parents);
  return end.kind === "applied" ? end.value.sha : undefined;
}

async function tryRead(trial: Trial, sha: string): Promise<Finding> {
  const { reads, scratch } = trial;
  const name = scratch.ref.slice("refs/".length);
  const one = await eventually(
    trial,
    () => reads.ref(name),
    (read) => read.value === sha,
  );
  if (!one) return wrong(`git/ref/${name} does not show it`);
  const prefix = name.slice(0, name.lastIndexOf("/") + 1);
  const listed = await eventually(
    trial,
    () => reads.matchingRefs(prefix),
    (read) => read.value.some(({ ref }) => ref === scratch.ref),
  );
  return listed ? ok(`${scratch.ref} at ${sha}`) : wrong(`git/matching-refs/${prefix} does not list it`);
}

/** What a patch may bring as text: a NUL, both line ends, letters beyond ASCII, no newline at the end. */
const TEXT = "a\0b\r\nc\né€\u{1f44d}";

async function tryText({ scratch }: Trial): Promise<Finding> {
  const path = "cairn-doctor";
  const end = await scratch.createTree(path, TEXT);
  if (end.kind !== "applied") return { verdict: verdictOf(end), found: answerOf(end) };
  const expected = treeOf(path, TEXT);
  return end.value.sha === expected
    ? ok(`tree ${expected}`)
    : wrong(`GitHub made tree ${end.value.sha}, git makes ${expected}`);
}

/** Name that git gives to a tree of one file. */
function treeOf(path: string, content: string): string {
  const blob = Buffer.from(gitObject("blob", Buffer.from(content)), "hex");
  return gitObject("tree", Buffer.concat([Buffer.from(`100644 ${path}\0`), blob]));
}

const gitObject = (type: string, content: Buffer): string =>
  createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");

/** With an alarm's marker: it authorises nothing, needs no chain, and an app that reads it has nothing to do. */
const commentOf = ({ issue }: Trial): string =>
  encodeMarker("Tried by `cairn doctor`: nothing to do here.", {
    v: MARKER_VERSION,
    type: "alarm",
    issue,
    seq: 1,
    reason: "chain-foreign",
    detail: "é € -- <!-- --> no alarm, but a trial",
    head: "none",
  });

async function tryComment(trial: Trial): Promise<void> {
  const { findings, scratch, reads, app } = trial;
  const sent = commentOf(trial);
  const end = await scratch.comment(sent);
  if (end.kind !== "applied") {
    findings.put("comment-kept", verdictOf(end), answerOf(end));
    return;
  }
  const { id } = end.value;
  const read = await eventually(
    trial,
    () => reads.comment(id),
    () => true,
  );
  if (!read) {
    findings.put("comment-kept", "unknown", `comment ${id} cannot be read`);
    return;
  }
  const { body, appId } = read.value;
  const kept = body === sent;
  findings.put(
    "comment-kept",
    kept ? "ok" : "wrong",
    kept ? `comment ${id}` : `it came back as ${JSON.stringify(body)}`,
  );
  const ours = appId === app.appId;
  findings.put(
    "comment-app",
    ours ? "ok" : "wrong",
    ours ? `app ${app.appId}` : `app ${appId ?? "none"}, not ${app.appId}`,
  );
}

/** Reads until it is there and as expected; `undefined`: it never was, within the patience. */
async function eventually<T>(
  { clock, patience }: Trial,
  read: () => Promise<Read<T> | undefined>,
  expected: (read: Read<T>) => boolean,
): Promise<Read<T> | undefined> {
  const end = clock.now() + patience;
  for (let pause = 250; ; pause = Math.min(2 * pause, 2_000)) {
    const found = await read();
    if (found && expected(found)) return found;
    if (clock.now() + pause > end) return undefined;
    await clock.sleep(pause);
  }
}
