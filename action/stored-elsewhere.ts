/**
 * Files that a clean filter turns into something else before they are committed. No filter runs here, so that the
 * tree would get what the filter keeps out of it: large content, or a secret in plain text.
 */
import { type GitTree, gitOut } from "./git.ts";
import type { VerifiedPatch } from "./handover.ts";
import { JobFailure } from "./job-failure.ts";

interface Filter {
  readonly name: RegExp;
  readonly tool: string;
  /** How what belongs into the tree begins. */
  readonly start: Buffer;
}

const FILTERS: readonly Filter[] = [
  // https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md#the-pointer
  { name: /^lfs$/, tool: "Git LFS", start: Buffer.from("version https://git-lfs.github.com/spec/v1") },
  // Further keys have their name behind a dash; the header is in git-crypt's commands.cpp.
  { name: /^git-crypt(?:-.+)?$/, tool: "git-crypt", start: Buffer.from("\0GITCRYPT\0") },
];

/** Throws `JobFailure` where a file's content would have had to go through such a filter. */
export async function assertNotFiltered(tree: GitTree, files: VerifiedPatch["files"]): Promise<void> {
  const paths = files.filter(({ mode }) => mode !== "120000").map(({ path }) => `${path}\0`);
  const args = ["check-attr", "--cached", "-z", "--stdin", "filter"];
  const answer = (await gitOut(tree, args, Buffer.from(paths.join("")))).toString("utf8").split("\0");
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  for (let at = 0; at + 2 < answer.length; at += 3) {
    const [path = "", , value = ""] = answer.slice(at, at + 3);
    const filter = FILTERS.find(({ name }) => name.test(value));
    const content = Buffer.from(contents.get(path) ?? "", "base64");
    // Both tools leave an empty file as it is.
    if (!filter || content.length === 0 || content.indexOf(filter.start) === 0) continue;
    throw new JobFailure("patch-unsafe", `${path} belongs to ${filter.tool}, which does not run here`);
  }
}
