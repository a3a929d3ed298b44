/** What a push brings, looked at before it is let in: a store of its own that sees the repository's objects, too. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createDiskStore, type DiskStore } from "./disk.ts";
import { runGit } from "./run-git.ts";

export interface Incoming extends AsyncDisposable {
  readonly store: DiskStore;
}

/** Unpacks beside the repository. `undefined`: git does not take the pack, and will say so itself. */
export async function openIncoming(directory: string, pack: Buffer): Promise<Incoming | undefined> {
  const place = await mkdtemp(join(directory, "incoming-"));
  const remove = (): Promise<void> => rm(place, { recursive: true, force: true });
  const store = await createDiskStore(join(place, "objects.git"), { defaultBranch: "main" });
  await writeFile(join(store.directory, "objects", "info", "alternates"), `${join(directory, "objects")}\n`);
  if (pack.length > 0) {
    const args = ["index-pack", "--stdin", "--fix-thin"];
    const { code } = await runGit(store.directory, args, { input: pack, answers: [0, 1, 128] });
    if (code !== 0) {
      await remove();
      return undefined;
    }
  }
  const dispose = async (): Promise<void> => {
    await store.close();
    await remove();
  };
  return { store, [Symbol.asyncDispose]: dispose };
}
