/** A loop on a repository of the test's own, with one scripted agent for each issue, and the tree that plain git makes. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { SAMPLE_ISSUE } from "../../../src/cli/sample.ts";
import { decodeMarker } from "../../../src/core/marker.ts";
import { type Loop, startLoop } from "../loop.ts";
import { done, labelled } from "../observing.ts";
import { git, gitBytes } from "./git.ts";

/** Of a test with several whole loops or many files: the machine may be busy with others. */
export const LONGEST = { timeout: 240_000 };

export interface Shape extends AsyncDisposable {
  readonly loop: Loop;
  /** Temporary folder of the test. */
  readonly folder: string;
  /** The bare repository as the sandbox hosts it. */
  readonly bare: string;
  /** Commit on the default branch before any issue. */
  readonly base: string;
  /** Opens an issue that this shell script works on, and sets the label. */
  ask(script: string): Promise<number>;
  /** Waits until the issue is merged; its merge commit. */
  merged(issue: number): Promise<string>;
  /** Waits until the issue is on hold; reason and words. */
  held(issue: number): Promise<{ readonly reason: string; readonly text: string }>;
  /** Tree of `base` after the issue's script, made by plain git in a clone that Cairn never saw. */
  expectedTree(issue: number): string;
  /** The merge commit's tree is that of base plus patch, or of git's own merge where the base moved. */
  expectExact(issue: number): Promise<void>;
}

export async function startShape(make: (directory: string) => void): Promise<Shape> {
  const folder = mkdtempSync(join(tmpdir(), "cairn-shape-"));
  const repo = join(folder, "shape.git");
  make(repo);
  const script = (issue: number | string): string => join(folder, `${issue}.sh`);
  const loop = await startLoop({ repo, agent: `bash "${script("$CAIRN_ISSUE_NUMBER")}"` });
  const { repository, sandbox } = loop.stage;
  const bare = sandbox.services.stores.get(repository.id)?.directory ?? "";
  const base = repository.refs.get(`refs/heads/${repository.defaultBranch}`) ?? "";

  async function merged(issue: number): Promise<string> {
    const pulls = sandbox.world.pulls;
    const pull = await loop.until("its pull request", () =>
      [...pulls.values()].find((one) => one.headRef === `cairn/${issue}-g1`),
    );
    // Several at once come near what an installation may send in a minute, and wait for the next one.
    await done(loop, issue, { most: 200_000 });
    expect(pull).toMatchObject({ merged: true, baseRef: repository.defaultBranch });
    return pull.mergeCommitSha ?? "";
  }

  function expectedTree(issue: number): string {
    const clone = mkdtempSync(join(folder, "clone-"));
    git(clone, "clone", "-q", "--no-checkout", "-c", "core.autocrlf=false", bare, ".");
    git(clone, "checkout", "-q", "--detach", base);
    // An index newer than its files: what nobody touched is not looked at again, as in a clone of yesterday.
    const tomorrow = Date.now() / 1_000 + 86_400;
    utimesSync(join(clone, ".git/index"), tomorrow, tomorrow);
    execFileSync("bash", [script(issue)], {
      cwd: clone,
      env: { PATH: process.env.PATH, LANG: "C.UTF-8", CAIRN_ISSUE_NUMBER: String(issue) },
    });
    git(clone, "add", "--all");
    const tree = git(clone, "write-tree");
    gitBytes(bare, ["unpack-objects", "-q"], packOf(clone, tree));
    return tree;
  }

  return {
    loop,
    folder,
    bare,
    base,
    async ask(text) {
      const issue = await loop.issue({ title: "A change", body: SAMPLE_ISSUE.body });
      writeFileSync(script(issue), `set -eu\n${text}\n`);
      await loop.ready(issue);
      return issue;
    },
    merged,
    async held(issue) {
      await labelled(loop, issue, "cairn:hold");
      const text = (await loop.shown(issue)).comments.at(-1)?.body ?? "";
      const marker = decodeMarker(text);
      const reason = marker.kind === "marker" && marker.marker.type === "hold" ? marker.marker.reason : "";
      return { reason, text };
    },
    expectedTree,
    async expectExact(issue) {
      const merge = await merged(issue);
      const tree = expectedTree(issue);
      const [onto = "", head = ""] = git(bare, "rev-parse", `${merge}^1`, `${merge}^2`).split("\n");
      const work = git(bare, "commit-tree", "-p", base, "-m", "The same by hand", tree);
      const own = ownCommit(bare, head);
      expect(treeOf(bare, own)).toBe(mergedTree(bare, `${own}^`, work));
      expect(treeOf(bare, merge)).toBe(mergedTree(bare, onto, work));
    },
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const treeOf = (bare: string, commit: string): string => git(bare, "rev-parse", `${commit}^{tree}`);

/** The commit of the work itself; behind it only the base was merged into the head, as git does it. */
function ownCommit(bare: string, head: string): string {
  const [first = "", base] = git(bare, "log", "-1", "--format=%P", head).split(" ");
  if (base === undefined) return head;
  expect(treeOf(bare, head)).toBe(mergedTree(bare, first, base));
  return ownCommit(bare, first);
}

/** `git merge-tree`; where `onto` is the parent of `work`, that is the tree of `work` itself. */
const mergedTree = (bare: string, onto: string, work: string): string =>
  git(bare, "merge-tree", "--write-tree", onto, work);

const packOf = (clone: string, tree: string): Buffer =>
  gitBytes(clone, ["pack-objects", "-q", "--stdout", "--revs"], Buffer.from(`${tree}\n--not\nHEAD\n`));
