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
  expect(await readBacklog(folder)).toEqual([
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
    "DIR/a.md:3:9: 'labels': found \"bug\"; allowed: a list of labels",
  ],
  [
    "a file that is not there",
    { "a.md": "---\nblocked-by: [secnd]\n---\nT\n", "second.md": "S\n" },
    "DIR/a.md: 'blocked-by': found 'secnd'; allowed: a list of names of files of this folder; did you mean 'second'?",
  ],
  [
    "itself",
    { "a.md": "---\nblocked-by: [a]\n---\nT\n" },
    "DIR/a.md: 'blocked-by': found itself; allowed: a list of names of files of this folder",
  ],
])("%s is refused with its place and what is allowed", async (_what, files, message) => {
  expect(await flaw(files)).toBe(message);
});

test("a folder that is not there is refused", async () => {
  await expect(readBacklog("/nowhere/at/all")).rejects.toMatchObject({ code: 2 });
});
