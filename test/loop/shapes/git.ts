/** Plain git, closed off from the machine: what the loop's trees are compared with knows nothing of Cairn. */
import { execFileSync } from "node:child_process";

const ENVIRONMENT = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Maya",
  GIT_AUTHOR_EMAIL: "maya@example.com",
  GIT_COMMITTER_NAME: "Maya",
  GIT_COMMITTER_EMAIL: "maya@example.com",
  GIT_AUTHOR_DATE: "1700000000 +0000",
  GIT_COMMITTER_DATE: "1700000000 +0000",
  LC_ALL: "C.UTF-8",
};

/** What git prints, as bytes. Throws with git's words where it fails. */
export function gitBytes(directory: string, args: readonly string[], input?: Buffer): Buffer {
  return execFileSync("git", ["-C", directory, ...args], {
    env: ENVIRONMENT,
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["pipe", "pipe", "pipe"],
    ...(input === undefined ? {} : { input }),
  });
}

export const git = (directory: string, ...args: readonly string[]): string =>
  gitBytes(directory, args).toString("utf8").trim();
