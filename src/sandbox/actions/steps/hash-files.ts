/** `hashFiles()`: SHA-256 over the SHA-256 of each matching file in the workspace; empty where none matches. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { JobPlaces } from "../environment.ts";
import { findFiles } from "../file-patterns.ts";
import { WorkflowError } from "../tokens.ts";

export function hashFiles({ workspace, home }: JobPlaces, patterns: readonly string[]): string {
  const option = patterns.find((pattern) => pattern.startsWith("--"));
  if (option !== undefined) throw new WorkflowError(`hashFiles(): this sandbox does not honour '${option}'`);
  const { files } = findFiles(
    patterns.flatMap((pattern) => pattern.split("\n")),
    { base: workspace, home },
  );
  const hashed = files.filter(
    (file) => file.startsWith(`${workspace}/`) && statSync(file, { throwIfNoEntry: false })?.isFile(),
  );
  if (hashed.length === 0) return "";
  const hash = createHash("sha256");
  for (const file of hashed) hash.update(createHash("sha256").update(readFileSync(file)).digest());
  return hash.digest("hex");
}
