/** Issues as files: markdown, title on the first line; in a backlog with front matter. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { nearest } from "../core/nearest.ts";
import { problemLines, readYamlFile } from "../policy/yaml-file.ts";
import { ExitError } from "./exit.ts";

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

const frontMatter = z.strictObject({
  labels: z.array(z.string().regex(/\S/)).default([]),
  author: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/)
    .optional(),
  "blocked-by": z.array(z.string()).default([]),
});
const KEYS = Object.keys(frontMatter.shape);
const ALLOWED: Readonly<Record<string, string>> = {
  labels: "a list of labels",
  author: "a login",
  "blocked-by": "a list of names of files of this folder",
};

/** One issue, without front matter. Throws `ExitError` 2. `option`: how it was named, for the error. */
export async function readIssue(option: string, file: string): Promise<DemoIssue> {
  return issueOf(`${option} ${file}`, await textOf(`${option} ${file}`, file));
}

/** Every `*.md` of the folder, in the order of their names. Throws `ExitError` 2 with all that is wrong. */
export async function readBacklog(folder: string): Promise<readonly DemoIssue[]> {
  const names = await readdir(folder).catch((error: Error) => {
    throw new ExitError(2, `--backlog ${folder} cannot be read: ${error.message}`);
  });
  const files = names.filter((name) => name.endsWith(".md")).sort();
  if (files.length === 0)
    throw new ExitError(
      2,
      `--backlog ${folder} has no file *.md: put an issue into each, its title on the first line`,
    );
  const issues = await Promise.all(files.map((name) => backlogIssue(folder, name)));
  const known = issues.map((one) => one.name);
  for (const { name, blockedBy } of issues) {
    for (const other of blockedBy) {
      if (known.includes(other) && other !== name) continue;
      const near = nearest(other, known);
      const meant = near === null || near === name ? "" : `; did you mean '${near}'?`;
      const found = other === name ? "itself" : `'${other}'`;
      throw new ExitError(
        2,
        `${join(folder, name)}.md: 'blocked-by': found ${found}; allowed: ${ALLOWED["blocked-by"]}${meant}`,
      );
    }
  }
  return issues;
}

async function backlogIssue(folder: string, file: string) {
  const path = join(folder, file);
  const text = (await textOf(`--backlog: ${path}`, path)).replaceAll("\r\n", "\n");
  const [whole = "", yaml = ""] = /^---\n([\s\S]*?\n)?---(?:\n|$)/.exec(text) ?? [];
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
    name: file.slice(0, -".md".length),
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
