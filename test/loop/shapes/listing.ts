/** A tree as a list of its files' modes and blobs, once as git tells it and once out of the contents alone. */
import { createHash } from "node:crypto";
import { gitBytes } from "./git.ts";
import type { Files } from "./history.ts";

/** Path to `mode blob`. */
export type Listing = Readonly<Record<string, string>>;

export function listingOf(directory: string, commit: string): Listing {
  const entries = gitBytes(directory, ["ls-tree", "-r", "-z", commit]).toString("utf8").split("\0");
  return Object.fromEntries(
    entries.flatMap((entry) => {
      const [, mode, sha, path] = /^(\d+) \w+ (\S+)\t(.*)$/s.exec(entry) ?? [];
      return path === undefined ? [] : [[path, `${mode} ${sha}`]];
    }),
  );
}

/** The same of files; names of blobs are computed here, not by git. */
export function listingIn(files: Files): Listing {
  return Object.fromEntries(
    Object.entries(files).flatMap(([path, file]) => {
      if (file === null) return [];
      const { mode, content } =
        typeof file === "string" || Buffer.isBuffer(file)
          ? ({ mode: "100644", content: file } as const)
          : file;
      return [[path, `${mode} ${mode === "160000" ? content : blobName(Buffer.from(content))}`]];
    }),
  );
}

const blobName = (content: Buffer): string =>
  createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
