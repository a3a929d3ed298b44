/** A directory as a zip archive, made by git: in a repository of its own that goes away again. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGit } from "../../git/run-git.ts";

/** Attributes in the files themselves must change nothing of what is archived. */
const AS_IT_IS = "* -text -filter -ident -export-ignore -export-subst\n";

/** Archive of the files in `directory`, under their relative paths. Throws `GitStoreError`. */
export async function zipOf(directory: string): Promise<Buffer> {
  const scratch = await mkdtemp(join(tmpdir(), "cairn-zip-"));
  try {
    const env = { GIT_DIR: scratch, GIT_WORK_TREE: directory };
    await runGit(scratch, ["init", "--quiet", "--bare", "--template=", "."]);
    await mkdir(join(scratch, "info"), { recursive: true });
    await writeFile(join(scratch, "info", "attributes"), AS_IT_IS);
    await runGit(directory, ["add", "--all", "--force", "."], { env });
    const tree = (await runGit(directory, ["write-tree"], { env })).stdout.toString("latin1").trim();
    return (await runGit(directory, ["archive", "--format=zip", tree], { env })).stdout;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
