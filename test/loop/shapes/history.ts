/** Repositories out of a list of commits, made by one `git fast-import`: the same bytes each time, 10,000 files too. */
import { execFileSync } from "node:child_process";
import { gitBytes } from "./git.ts";

export type Mode = "100644" | "100755" | "120000" | "160000";

export interface Entry {
  readonly mode: Mode;
  /** Content of a file, target of a link, commit of a submodule. */
  readonly content: string | Buffer;
}

/** Path to content; `null` removes the path. */
export type Files = Readonly<Record<string, string | Buffer | Entry | null>>;

export const executable = (content: string): Entry => ({ mode: "100755", content });
export const link = (target: string): Entry => ({ mode: "120000", content: target });
export const submodule = (commit: string): Entry => ({ mode: "160000", content: commit });

export interface NewCommit {
  /** Short name of the branch that it goes on. */
  readonly branch: string;
  readonly files: Files;
  /** Files whose names are no UTF-8: ISO 8859-1 instead. */
  readonly latin1?: Files;
  /** Position of its first parent in the list; without it the branch begins here. */
  readonly from?: number;
  /** Positions of further parents. */
  readonly merges?: readonly number[];
}

/** A bare repository whose HEAD is at `head`. */
export function makeHistory(
  directory: string,
  head: string,
  commits: readonly NewCommit[],
  tags: Readonly<Record<string, number>> = {},
): void {
  execFileSync("git", ["init", "-q", "--bare", `--initial-branch=${head}`, directory]);
  const parts = commits.flatMap(commitPart);
  for (const [name, at] of Object.entries(tags)) {
    parts.push(text(`tag ${name}\nfrom :${at + 1}\ntagger Maya <maya@example.com> 1700000000 +0000\n`));
    parts.push(data(`Release ${name}\n`));
  }
  gitBytes(directory, ["fast-import", "--quiet", "--done"], Buffer.concat([...parts, text("done\n")]));
}

const text = (value: string): Buffer => Buffer.from(value, "utf8");

function data(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([text(`data ${bytes.length}\n`), bytes, text("\n")]);
}

function commitPart({ branch, files, latin1 = {}, from, merges = [] }: NewCommit, index: number): Buffer[] {
  const parents = [
    ...(from === undefined ? [] : [`from :${from + 1}\n`]),
    ...merges.map((at) => `merge :${at + 1}\n`),
  ];
  return [
    text(`commit refs/heads/${branch}\nmark :${index + 1}\n`),
    text(`committer Maya <maya@example.com> ${1_700_000_000 + index} +0000\n`),
    data(`Commit ${index}\n`),
    text(parents.join("")),
    ...Object.entries(files).flatMap(([path, file]) => filePart(quoted(path, "utf8"), file)),
    ...Object.entries(latin1).flatMap(([path, file]) => filePart(quoted(path, "latin1"), file)),
  ];
}

function filePart(path: string, file: Files[string]): Buffer[] {
  if (file === null || file === undefined) return [text(`D ${path}\n`)];
  const entry = typeof file === "string" || Buffer.isBuffer(file) ? undefined : file;
  if (entry?.mode === "160000") return [text(`M 160000 ${entry.content} ${path}\n`)];
  const content = entry?.content ?? (file as string | Buffer);
  return [text(`M ${entry?.mode ?? "100644"} inline ${path}\n`), data(content)];
}

/** As git writes names: in quotes, bytes that are not plain in octal. */
function quoted(path: string, encoding: "utf8" | "latin1"): string {
  const bytes = [...Buffer.from(path, encoding)].map((byte) =>
    /[\w ./-]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, "0")}`,
  );
  return `"${bytes.join("")}"`;
}
