/** `hashFiles()`: SHA-256 over the SHA-256 of each matching file in the workspace; empty where none matches. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileGlob } from "./glob.ts";

export function hashFiles(workspace: string, patterns: readonly string[]): string {
  const files = readdirSync(workspace, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(workspace, file).startsWith(".git/"))
    .sort();
  const matching = files.filter((file) => {
    const name = relative(workspace, file);
    return patterns.some((pattern) => fileGlob(pattern).test(name));
  });
  if (matching.length === 0) return "";
  const hash = createHash("sha256");
  for (const file of matching) hash.update(createHash("sha256").update(readFileSync(file)).digest());
  return hash.digest("hex");
}
