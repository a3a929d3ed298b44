/** The files of this very checkout, as the sandbox hosts them: what git tracks, and what it would. */
import { execFile } from "node:child_process";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface CheckoutFile {
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000";
  readonly content: Buffer;
}

/** Top of the checkout that this program runs from. */
export const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));

/** Folders that are never part of the project, for a copy without git. */
const LEFT_OUT = new Set(["node_modules", ".git", "coverage"]);

export async function checkoutFiles(root: string = CHECKOUT): Promise<readonly CheckoutFile[]> {
  const files: CheckoutFile[] = [];
  for (const path of await paths(root)) {
    const file = join(root, path);
    const info = await lstat(file).catch(() => undefined);
    if (!info || info.isDirectory()) continue;
    if (info.isSymbolicLink())
      files.push({ path, mode: "120000", content: Buffer.from(await readlink(file)) });
    else files.push({ path, mode: info.mode & 0o100 ? "100755" : "100644", content: await readFile(file) });
  }
  return files;
}

async function paths(root: string): Promise<readonly string[]> {
  try {
    const args = ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const { stdout } = await promisify(execFile)("git", args, { maxBuffer: 64 * 1024 * 1024 });
    const found = stdout.split("\0").filter((path) => path !== "");
    if (found.length > 0) return found;
  } catch (error) {
    // Not a git checkout (an unpacked archive): everything that is there counts.
    if ((error as { code?: unknown }).code === "ENOENT") throw new Error("git is needed, and not installed");
  }
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\/+/, ""))
    .filter((path) => !path.split("/").some((part) => LEFT_OUT.has(part)));
}
