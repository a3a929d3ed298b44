/** The formats of git's commits and trees, and how it names objects. */
import { createHash } from "node:crypto";
import { GitStoreError } from "./errors.ts";
import type { ObjectType, RawEntry } from "./object-access.ts";
import type { Commit, FileMode, Person, Sha } from "./store.ts";

/** What stands before the content of an object, in its name and in its file. */
export const objectHeader = (type: ObjectType, content: Buffer): Buffer =>
  Buffer.from(`${type} ${content.length}\0`, "latin1");

/** Name of the object with this content. */
export const objectName = (type: ObjectType, content: Buffer): Sha =>
  createHash("sha1").update(objectHeader(type, content)).update(content).digest("hex");

const MODES: Readonly<Record<string, FileMode>> = {
  "100644": "100644",
  "100664": "100644", // very old repositories have it; git reads it as a plain file
  "100755": "100755",
  "120000": "120000",
  "160000": "160000",
  "40000": "040000",
};

export const toRawName = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
export const fromRawName = (raw: string): string => Buffer.from(raw, "latin1").toString("utf8");

/** Type of the object that an entry of this mode points at. */
export function typeOfMode(mode: FileMode): "blob" | "tree" | "commit" {
  switch (mode) {
    case "040000":
      return "tree";
    case "160000":
      return "commit";
    case "100644":
    case "100755":
    case "120000":
      return "blob";
  }
}

/** Entries of a tree object's content. Throws `invalid-object` where the bytes are not a tree. */
export function parseTree(content: Buffer): RawEntry[] {
  const entries: RawEntry[] = [];
  let offset = 0;
  while (offset < content.length) {
    const space = content.indexOf(32, offset);
    const end = content.indexOf(0, space);
    const mode = MODES[content.toString("latin1", offset, space)];
    if (space < 0 || end < 0 || mode === undefined || content.length < end + 21) {
      throw invalidObject("a tree with an entry that cannot be read", `byte ${offset}`);
    }
    const sha = content.toString("hex", end + 1, end + 21);
    entries.push({ name: content.toString("latin1", space + 1, end), mode, sha });
    offset = end + 21;
  }
  return entries;
}

/** Content of the tree object with these entries, in the order that git demands (a tree sorts as if its name ended in a slash). */
export function encodeTree(entries: Iterable<RawEntry>): Buffer {
  const sortKey = (entry: RawEntry): string => (entry.mode === "040000" ? `${entry.name}/` : entry.name);
  const sorted = [...entries].map((entry) => ({ entry, key: sortKey(entry) }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const parts = sorted.flatMap(({ entry }) => [
    Buffer.from(`${entry.mode.replace(/^0/, "")} ${entry.name}\0`, "latin1"),
    Buffer.from(entry.sha, "hex"),
  ]);
  return Buffer.concat(parts);
}

/** Content of a commit object. Throws `invalid-object` for what git would not store. */
export function encodeCommit(input: Omit<Commit, "sha">): Buffer {
  if (input.message.includes("\0")) throw invalidObject("a commit message with a NUL character", "message");
  const lines = [
    `tree ${input.tree}`,
    ...input.parents.map((parent) => `parent ${parent}`),
    `author ${encodePerson(input.author)}`,
    `committer ${encodePerson(input.committer)}`,
  ];
  return Buffer.from(`${lines.join("\n")}\n\n${input.message}`, "utf8");
}

/** Head and message of a commit or tag. A header `encoding` is honoured. */
export function splitHead(content: Buffer): {
  readonly message: string;
  /** Every value of a header, in order. */
  values(key: string): string[];
} {
  const blank = content.indexOf("\n\n");
  const headEnd = blank < 0 ? content.length : blank;
  const charset = /^encoding (\S+)$/m.exec(content.toString("latin1", 0, headEnd))?.[1];
  const decode = decoder(charset);
  const head = decode(content.subarray(0, headEnd));
  return {
    message: blank < 0 ? "" : decode(content.subarray(blank + 2)),
    values: (key) =>
      head.split("\n").flatMap((line) => (line.startsWith(`${key} `) ? [line.slice(key.length + 1)] : [])),
  };
}

/** A commit out of its object's content; signatures and other headers are passed over. */
export function parseCommit(sha: Sha, content: Buffer): Commit {
  const { values, message } = splitHead(content);
  const [tree] = values("tree");
  const [author] = values("author");
  const [committer] = values("committer");
  if (tree === undefined || author === undefined || committer === undefined) {
    throw invalidObject("a commit without tree, author or committer", sha);
  }
  return {
    sha,
    tree,
    parents: values("parent"),
    author: parsePerson(author),
    committer: parsePerson(committer),
    message,
  };
}

function decoder(charset: string | undefined): (bytes: Buffer) => string {
  if (charset === undefined) return (bytes) => bytes.toString("utf8");
  try {
    const text = new TextDecoder(charset);
    return (bytes) => text.decode(bytes);
  } catch (error) {
    // Anyone can write any charset there; git then shows the bytes as they are.
    if (error instanceof RangeError) return (bytes) => bytes.toString("utf8");
    throw error;
  }
}

export function encodePerson(person: Person): string {
  if (!Number.isSafeInteger(person.timestamp) || person.timestamp < 0) {
    throw invalidObject(
      "a person with a time that is not whole seconds since the epoch",
      `${person.timestamp}`,
    );
  }
  if (!/^[+-]\d{4}$/.test(person.timezone)) {
    throw invalidObject("a person with a time zone that is not like +0000", JSON.stringify(person.timezone));
  }
  return `${cleanName(person.name)} <${cleanName(person.email)}> ${person.timestamp} ${person.timezone}`;
}

/** As git's own `ident.c` does: what would break the line is dropped, and "crud" at both ends. */
function cleanName(text: string): string {
  return text
    .replace(/^[\x00-\x20.,:;<>"\\']+/, "")
    .replace(/[\x00-\x20.,:;<>"\\']+$/, "")
    .replace(/[<>\n\0]/g, "");
}

export function parsePerson(line: string): Person {
  const match = /^(.*?) ?<([^>]*)>(?: (-?\d+) ([+-]\d+))?/.exec(line);
  if (!match) return { name: line, email: "", timestamp: 0, timezone: "+0000" };
  return {
    name: match[1]!,
    email: match[2]!,
    timestamp: Number(match[3] ?? 0),
    timezone: match[4] ?? "+0000",
  };
}

export function invalidObject(what: string, where: string): GitStoreError {
  return new GitStoreError("invalid-object", { what, where, next: "Correct the input and create it again." });
}
