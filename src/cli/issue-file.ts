/** Issues as files: markdown, title on the first line; in a backlog with front matter. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { nearest } from "../core/nearest.ts";
import { problemLines, readYamlFile } from "../policy/yaml-file.ts";
import { ExitError } from "./exit.ts";
import { ORGANIZATIONS } from "./stage.ts";

export interface DemoIssue {
  readonly title: string;
  readonly body: string;
  /** The file's name without `.md`; `undefined`: it is no backlog's. */
  readonly name?: string;
  /** Beside `cairn:ready`. */
  readonly labels?: readonly string[];
  /** Login of who files it. */
  readonly author?: string;
  /** Names of the backlog's issues that it depends on. */
  readonly blockedBy?: readonly string[];
}

/** Characters that GitHub takes. */
const LONGEST_LABEL = 50;
const LONGEST_LOGIN = 39;

const frontMatter = z.strictObject({
  labels: z.array(z.string().regex(/\S/).max(LONGEST_LABEL)).default([]),
  author: z
    .string()
    .max(LONGEST_LOGIN)
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/)
    .refine((login) => !ORGANIZATIONS.includes(login.toLowerCase()))
    .optional(),
  "blocked-by": z.array(z.string()).default([]),
});
const KEYS = Object.keys(frontMatter.shape);
const ALLOWED: Readonly<Record<string, string>> = {
  labels: `a list of labels of at most ${LONGEST_LABEL} characters`,
  author: `a person's login of at most ${LONGEST_LOGIN} characters, no organization's (${ORGANIZATIONS.join(", ")})`,
  "blocked-by":
    "a list of names of files of this folder, without .md; a name that is a number stands in quotes",
};

/** One issue, without front matter. Throws `ExitError` 2. `option`: how it was named, for the error. */
export async function readIssue(option: string, file: string): Promise<DemoIssue> {
  return issueOf(`${option} ${file}`, await textOf(`${option} ${file}`, file));
}

export interface Backlog {
  readonly issues: readonly DemoIssue[];
  /** What else is in the folder, by name. */
  readonly passedOver: readonly string[];
}

/** Every `*.md` of the folder but README.md, in the order of their names. Throws `ExitError` 2 with all that is wrong, a line each. */
export async function readBacklog(folder: string): Promise<Backlog> {
  const names = await readdir(folder).catch((error: Error) => {
    throw new ExitError(2, `--backlog ${folder} cannot be read: ${error.message}`);
  });
  const files = names.filter((name) => name.endsWith(".md") && !isReadme(name)).sort();
  if (files.length === 0)
    throw new ExitError(
      2,
      `--backlog ${folder} has no file *.md: put an issue into each, its title on the first line`,
    );
  const read = await Promise.allSettled(files.map((name) => backlogIssue(folder, name)));
  const issues = read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const known = files.map(nameOf);
  const flaws = read.flatMap((one, at) => {
    if (one.status === "rejected") {
      if (!(one.reason instanceof ExitError)) throw one.reason;
      return [one.reason.message];
    }
    return one.value.blockedBy.flatMap((other) => blockerFlaw(join(folder, files[at] ?? ""), other, known));
  });
  const circle = circleOf(issues);
  if (circle)
    flaws.push(
      `--backlog ${folder}: 'blocked-by' goes in a circle: ${circle.join(" -> ")}; take one of them out`,
    );
  if (flaws.length > 0) throw new ExitError(2, flaws.join("\n"));
  const passedOver = names.filter((name) => !files.includes(name) && !name.startsWith(".")).sort();
  return { issues, passedOver };
}

/** What people read of the folder, and no issue. */
const isReadme = (file: string): boolean => file.toLowerCase() === "readme.md";

const nameOf = (file: string): string => file.slice(0, -".md".length);

/** What is wrong with `other` as a blocker of the issue of the file; empty: nothing. */
function blockerFlaw(path: string, other: string, known: readonly string[]): readonly string[] {
  const name = nameOf(basename(path));
  if (known.includes(other) && other !== name) return [];
  const bare = other.endsWith(".md") ? nameOf(other) : other;
  const near = known.includes(bare) ? bare : nearest(bare, known);
  const meant = near === null || near === name ? "" : `; did you mean '${near}'?`;
  const found = other === name ? "itself" : `'${other}'`;
  return [`${path}: 'blocked-by': found ${found}; allowed: ${ALLOWED["blocked-by"]}${meant}`];
}

/** Names along one circle of dependencies, the first again at its end; `undefined`: there is none. */
function circleOf(
  issues: readonly { readonly name: string; readonly blockedBy: readonly string[] }[],
): readonly string[] | undefined {
  const blockers = new Map(issues.map(({ name, blockedBy }) => [name, blockedBy]));
  const cleared = new Set<string>();
  const walk = (name: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    if (cleared.has(name)) return undefined;
    for (const other of blockers.get(name) ?? []) {
      // Itself is told with its file.
      const circle = other === name ? undefined : walk(other, [...way, name]);
      if (circle) return circle;
    }
    cleared.add(name);
    return undefined;
  };
  for (const { name } of issues) {
    const circle = walk(name, []);
    if (circle) return circle;
  }
  return undefined;
}

async function backlogIssue(folder: string, file: string) {
  const path = join(folder, file);
  const text = (await textOf(`--backlog: ${path}`, path)).replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const [whole = "", yaml = ""] = /^---\n([\s\S]*?\n)?---(?:\n|$)/.exec(text) ?? [];
  if (whole === "" && /^---(?:\n|$)/.test(text))
    throw new ExitError(2, `${path}:1:1: front matter has no end: put a line '---' behind it`);
  // An empty line in the place of the first keeps the numbers of all others.
  const read = readYamlFile(`\n${yaml}`, frontMatter, {
    known: (at) => (at.length === 0 ? KEYS : undefined),
    allowed: ([key]) => ({ words: ALLOWED[String(key)] ?? "", choices: [] }),
  });
  if (read.kind === "invalid") throw new ExitError(2, problemLines(path, read.problems).join("\n"));
  const { labels, author, "blocked-by": blockedBy } = read.value;
  const issue = issueOf(`--backlog: ${path}`, text.slice(whole.length));
  return {
    ...issue,
    name: nameOf(file),
    labels,
    blockedBy,
    ...(author === undefined ? {} : { author }),
  };
}

const textOf = (what: string, file: string): Promise<string> =>
  readFile(file, "utf8").catch((error: Error) => {
    throw new ExitError(2, `${what} cannot be read: ${error.message}`);
  });

/** Title on the first line that is not empty, `#` or not; the rest is the text. */
function issueOf(what: string, text: string): DemoIssue {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  const title = (lines[first] ?? "").replace(/^#+\s*/, "").trim();
  if (title === "") throw new ExitError(2, `${what} is empty: put the title on the first line`);
  const body = lines.slice(first + 1).join("\n");
  return { title: title.slice(0, 256), body: body.trim() };
}
