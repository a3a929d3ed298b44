/** Files by lines of patterns, as the toolkit's `glob` reads them: for artifacts, caches and `hashFiles`. */
import { type Dirent, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileGlob } from "./glob.ts";

export interface Found {
  /** Whole paths, sorted; links as themselves. */
  readonly files: readonly string[];
  /** The folder that all patterns share. */
  readonly root: string;
}

/** What relative patterns and `~` mean. */
export interface Places {
  readonly base: string;
  readonly home: string;
}

interface Pattern {
  readonly kind: "takes" | "takes-away";
  /** The folders before the first wildcard. */
  readonly root: string;
  readonly matcher: RegExp;
}

/** Files that the lines name: files, folders with all in them, globs; a later `!` takes away, `#` is a comment. */
export function findFiles(lines: readonly string[], places: Places): Found {
  const found = new Set<string>();
  const roots: string[] = [];
  for (const { kind, root, matcher } of lines.flatMap((line) => parsed(line, places))) {
    if (kind === "takes-away") {
      for (const file of found) if (matcher.test(file)) found.delete(file);
      continue;
    }
    for (const file of walk(root)) if (matcher.test(file)) found.add(file);
    roots.push(isFolder(root) ? root : dirname(root));
  }
  return { files: [...found].sort(), root: commonFolder(roots) };
}

/** Files without those in hidden folders or with a hidden name, seen from the root. */
export const withoutHidden = ({ files, root }: Found): readonly string[] =>
  files.filter(
    (file) =>
      !relative(root, file)
        .split(sep)
        .some((part) => part.startsWith(".")),
  );

function parsed(line: string, { base, home }: Places): readonly Pattern[] {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return [];
  const excludes = text.startsWith("!");
  const path = (excludes ? text.slice(1) : text).trim().replace(/^~(?=\/|$)/, home);
  const whole = join(path.startsWith("/") ? path : join(base, path)).replace(/(?<=.)\/+$/, "");
  const parts = whole.split("/");
  const wild = parts.findIndex((part) => /[*?[]/.test(part));
  const root = wild < 0 ? whole : parts.slice(0, wild).join("/") || "/";
  return [{ kind: excludes ? "takes-away" : "takes", root, matcher: fileGlob(whole) }];
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** All that is no folder at or below a path. */
export function walk(path: string): readonly string[] {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return [];
  if (!info.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry: Dirent) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function commonFolder(folders: readonly string[]): string {
  const [first = "/", ...rest] = folders;
  let common = first.split("/");
  for (const folder of rest) {
    const parts = folder.split("/");
    const differs = common.findIndex((part, index) => part !== parts[index]);
    if (differs >= 0) common = common.slice(0, differs);
  }
  return common.join("/") || "/";
}
