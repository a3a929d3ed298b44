/** The files through which a step speaks to the runner: outputs, variables, paths, the summary. */
import { readFile, rm, writeFile } from "node:fs/promises";

const NAMES = ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"];

/**
 * Remembers what stands in them. The agent is not told where they are; what it finds out and writes there all the
 * same is undone by the returned function, before the runner or a later step reads it (I12).
 */
export async function keepRunnerFiles(
  env: Readonly<Record<string, string | undefined>>,
): Promise<() => Promise<void>> {
  const paths = NAMES.flatMap((name) => env[name] || []);
  const kept = await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const));
  return async () => {
    for (const [path, content] of kept) {
      // Not through a link that may stand there now.
      await rm(path, { recursive: true, force: true });
      await writeFile(path, content);
    }
  };
}
