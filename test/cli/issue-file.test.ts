/** The files of a backlog: what is read of them, and what is said of one that cannot be. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readBacklog } from "../../src/cli/issue-file.ts";

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cairn-backlog-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const flaw = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await folderOf(files);
  const error = await readBacklog(folder).catch((thrown: Error) => thrown);
  if (!(error instanceof Error)) throw new Error("it can be read");
  expect(error).toMatchObject({ name: "ExitError", code: 2 });
  return error.message.replaceAll(folder, "DIR");
};

test("each markdown file is an issue, in the order of the names; front matter is optional, and no part of the text", async () => {
  const folder = await folderOf({
    "b.md":
      "---\nlabels: [bug, 'good first issue']\nauthor: oda\nblocked-by: [a]\n---\n\n# Second\n\ntext\n---\nmore\n",
    "a.md": "First\r\n\r\ntext\r\n",
    "c.md": "---\n---\nThird\n",
    "notes.txt": "no issue",
  });
  const { issues, passedOver } = await readBacklog(folder);
  expect(passedOver).toEqual(["notes.txt"]);
  expect(issues).toEqual([
    { name: "a", title: "First", body: "text", labels: [], blockedBy: [] },
    {
      name: "b",
      title: "Second",
      body: "text\n---\nmore",
      labels: ["bug", "good first issue"],
      author: "oda",
      blockedBy: ["a"],
    },
    { name: "c", title: "Third", body: "", labels: [], blockedBy: [] },
  ]);
});

test.each([
  [
    "a folder that is empty",
    {},
    "--backlog DIR has no file *.md: put an issue into each, its title on the first line",
  ],
  [
    "a file without a title",
    { "a.md": "---\nlabels: []\n---\n\n" },
    "--backlog: DIR/a.md is empty: put the title on the first line",
  ],
  [
    "a key that nobody knows",
    { "a.md": "---\nlabel: [x]\n---\nT\n" },
    "DIR/a.md:2:1: the file: found the key 'label'; did you mean 'labels'? Allowed: labels, author, blocked-by",
  ],
  [
    "a value of another kind",
    { "a.md": "---\nauthor: oda\nlabels: bug\n---\nT\n" },
    "DIR/a.md:3:9: 'labels': found \"bug\"; allowed: a list of labels of at most 50 characters",
  ],
  [
    "a file that is not there",
    { "a.md": "---\nblocked-by: [secnd]\n---\nT\n", "second.md": "S\n" },
    "DIR/a.md: 'blocked-by': found 'secnd'; allowed: a list of names of files of this folder, without .md; a name that is a number stands in quotes; did you mean 'second'?",
  ],
  [
    "itself",
    { "a.md": "---\nblocked-by: [a]\n---\nT\n" },
    "DIR/a.md: 'blocked-by': found itself; allowed: a list of names of files of this folder, without .md; a name that is a number stands in quotes",
  ],
  [
    "a name with its ending",
    { "a.md": "---\nblocked-by: [foo.md]\n---\nT\n", "foo.md": "F\n" },
    "DIR/a.md: 'blocked-by': found 'foo.md'; allowed: a list of names of files of this folder, without .md; a name that is a number stands in quotes; did you mean 'foo'?",
  ],
  [
    "a name that YAML reads as a number",
    { "a.md": "---\nblocked-by: [01]\n---\nT\n", "01.md": "F\n" },
    "DIR/a.md:2:14: 'blocked-by.0': found 1; allowed: a list of names of files of this folder, without .md; a name that is a number stands in quotes",
  ],
  [
    "a circle",
    {
      "a.md": "---\nblocked-by: [c]\n---\nT\n",
      "b.md": "---\nblocked-by: [a]\n---\nT\n",
      "c.md": "---\nblocked-by: [b]\n---\nT\n",
    },
    "--backlog DIR: 'blocked-by' goes in a circle: a -> c -> b -> a; take one of them out",
  ],
  [
    "front matter without its end",
    { "a.md": "---\nlabels: [x]\nT\n" },
    "DIR/a.md:1:1: front matter has no end: put a line '---' behind it",
  ],
  [
    "more than one file",
    { "a.md": "---\nlabel: [x]\n---\nT\n", "b.md": "\n", "c.md": "---\nlabels: x\n---\nT\n" },
    "DIR/a.md:2:1: the file: found the key 'label'; did you mean 'labels'? Allowed: labels, author, blocked-by\n" +
      "--backlog: DIR/b.md is empty: put the title on the first line\n" +
      "DIR/c.md:2:9: 'labels': found \"x\"; allowed: a list of labels of at most 50 characters",
  ],
])("%s is refused with its place and what is allowed", async (_what, files, message) => {
  expect(await flaw(files)).toBe(message);
});

test("a label and a login are as long as GitHub takes them, and no longer", async () => {
  const text = (label: number, login: number): string =>
    `---\nlabels: [${"l".repeat(label)}]\nauthor: ${"o".repeat(login)}\n---\nT\n`;
  expect((await readBacklog(await folderOf({ "a.md": text(50, 39) }))).issues).toHaveLength(1);
  expect(await flaw({ "a.md": text(51, 39) })).toContain("of at most 50 characters");
  expect(await flaw({ "a.md": text(50, 40) })).toContain("a person's login of at most 39 characters");
});

test("a byte order mark is no part of the text, and README.md is no issue", async () => {
  const folder = await folderOf({ "a.md": "\uFEFF---\nlabels: [x]\n---\nT\n", "README.md": "Read\n" });
  expect(await readBacklog(folder)).toEqual({
    issues: [{ name: "a", title: "T", body: "", labels: ["x"], blockedBy: [] }],
    passedOver: ["README.md"],
  });
});

test("an organization files no issue", async () => {
  expect(await flaw({ "a.md": "---\nauthor: Acme\n---\nT\n" })).toBe(
    "DIR/a.md:2:9: 'author': found \"Acme\"; allowed: a person's login of at most 39 characters, no organization's (acme, cairn-dev)",
  );
});

test("a folder that is not there is refused", async () => {
  await expect(readBacklog("/nowhere/at/all")).rejects.toMatchObject({ code: 2 });
});
