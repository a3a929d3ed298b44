/** Differences of two trees, out of git's own output: raw records, line counts and patch text stand in the same order. */
import { runGit } from "./run-git.ts";
import type { ChangedFile, Sha } from "./store.ts";

const PLAIN = ["--no-color", "--no-ext-diff", "--no-textconv", "-M"] as const;
const FILE_TYPE = /^../;

interface RawRecord {
  readonly letter: string;
  readonly typeChanged: boolean;
  readonly sha: Sha;
  readonly path: string;
  readonly previousPath: string | undefined;
}

/** Files that differ between two trees or commits, renames found as git finds them. */
export async function diffFiles(directory: string, from: Sha, to: Sha): Promise<readonly ChangedFile[]> {
  const [listed, patched] = await Promise.all([
    runGit(directory, ["diff-tree", "-r", "-z", "--raw", "--numstat", ...PLAIN, from, to]),
    runGit(directory, ["diff-tree", "-r", "-p", ...PLAIN, from, to]),
  ]);
  const fields = listed.stdout.toString("utf8").split("\0");
  const records = takeRecords(fields);
  const sections = patched.stdout.toString("utf8").split(/^(?=diff --git )/m);
  return records.map((record) => {
    const counts = takeCounts(fields);
    // git prints a file that becomes a symlink (or the reverse) as a removal and an addition.
    const patch = sections
      .splice(0, record.typeChanged ? 2 : 1)
      .map(hunksOf)
      .join("");
    return {
      path: record.path,
      status: statusOf(record.letter),
      ...(record.previousPath === undefined ? {} : { previousPath: record.previousPath }),
      ...counts,
      ...(patch === "" ? {} : { patch: patch.replace(/\n$/, "") }),
      sha: record.sha,
    };
  });
}

/** The same as one unified diff. */
export async function diffText(directory: string, from: Sha, to: Sha): Promise<string> {
  const { stdout } = await runGit(directory, ["diff", ...PLAIN, from, to, "--"]);
  return stdout.toString("utf8");
}

/** Commits of `to` that `from` lacks, as mails that `git am` applies; without `from` only `to` itself. */
export async function patchText(directory: string, from: Sha | undefined, to: Sha): Promise<string> {
  const range = from === undefined ? ["-1", to] : [`${from}..${to}`];
  const { stdout } = await runGit(directory, ["format-patch", "--stdout", ...PLAIN, ...range, "--"]);
  return stdout.toString("utf8");
}

/** Takes `:<mode> <mode> <sha> <sha> <letter>` records with one path, or two after a rename, from the front. */
function takeRecords(fields: string[]): RawRecord[] {
  const records: RawRecord[] = [];
  while (fields[0]?.startsWith(":")) {
    const [before, after, oldSha, newSha, status] = fields.shift()!.slice(1).split(" ") as [
      string,
      string,
      Sha,
      Sha,
      string,
    ];
    const letter = status[0]!;
    const first = fields.shift()!;
    const second = letter === "R" ? fields.shift()! : undefined;
    records.push({
      letter,
      typeChanged: letter === "T" && FILE_TYPE.exec(before)?.[0] !== FILE_TYPE.exec(after)?.[0],
      sha: letter === "D" ? oldSha : newSha,
      path: second ?? first,
      previousPath: second === undefined ? undefined : first,
    });
  }
  return records;
}

/** Takes one `--numstat` record: counts, then the path, or an empty one and two paths after a rename. `-` counts are binary files. */
function takeCounts(fields: string[]): { additions: number; deletions: number } {
  const match = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(fields.shift() ?? "");
  if (match?.[3] === "") fields.splice(0, 2);
  const count = (text: string | undefined): number => (text === undefined || text === "-" ? 0 : Number(text));
  return { additions: count(match?.[1]), deletions: count(match?.[2]) };
}

function hunksOf(section: string): string {
  const start = section.search(/^@@ /m);
  return start < 0 ? "" : section.slice(start);
}

function statusOf(letter: string): ChangedFile["status"] {
  switch (letter) {
    case "A":
      return "added";
    case "D":
      return "removed";
    case "R":
      return "renamed";
    default:
      return "modified";
  }
}
